/** A BuildStream project of many small elements on one large root, and that root. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../workspace.mjs';
import { time } from './turns.mjs';

/** Lists of Debian's packages in this machine's own form. */
const LISTS = ['/etc/apt/sources.list.d/debian.sources', '/etc/apt/sources.list'];
/** Directories of a root that hold no files of packages, or special ones. */
const LEFT_OUT = ['dev', 'proc', 'run', 'sys', 'tmp'];
/** Each element depends on so many others, in the shape in which it depends on any. */
const DEPENDENCIES = 4;

/** How elements depend on one another: not at all, or each on some of those before it. */
export const SHAPES = ['beside one another', 'on one another'];

/** A directory with a root of this machine's Debian, made by mmdebstrap once and kept in `.cache`. */
export function debianRoot(env) {
  const release = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  const kept = join(root, '.cache', `bench-root-${release}`);
  if (existsSync(kept)) return kept;
  mkdirSync(join(root, '.cache'), { recursive: true });
  const fresh = mkdtempSync(`${kept}.`);
  const [archive, directory] = [join(fresh, 'root.tar'), join(fresh, 'root')];
  const lists = LISTS.filter((path) => existsSync(path)).slice(0, 1);
  time(['mmdebstrap', '--variant=minbase', '--include=ca-certificates,perl', release, archive, ...lists], {
    cwd: fresh,
    env: { ...env, PATH: `/usr/sbin:/sbin:${env.PATH}` },
  });
  mkdirSync(directory);
  const excluded = LEFT_OUT.map((name) => `--exclude=./${name}`);
  time(['tar', '--extract', '--file', archive, '--no-same-owner', ...excluded], { cwd: directory, env });
  renameSync(directory, kept);
  rmSync(fresh, { recursive: true });
  return kept;
}

/**
 * Writes the project: `base.bst` imports the root and integrates it, `all.bst` is a stack of the others, each of which
 * installs a small file.
 *
 * @param shape one of {@link SHAPES}
 */
export function writeRootsProject(directory, { base, count, shape }) {
  const elements = join(directory, 'elements');
  mkdirSync(elements, { recursive: true });
  writeFileSync(join(directory, 'project.conf'), 'name: roots\nmin-version: 2.0\nelement-path: elements\n');
  cpSync(base, join(directory, 'root'), { recursive: true, verbatimSymlinks: true });
  const write = (name, lines) => writeFileSync(join(elements, `${name}.bst`), `${lines.join('\n')}\n`);
  const list = (names) => names.map((name) => `- ${name}.bst`);
  const source = ['sources:', '- kind: local', '  path: root'];
  write('base', ['kind: import', ...source, 'public:', '  bst:', '    integration-commands:', '    - ldconfig']);
  const pick = picker();
  const names = [];
  for (let index = 0; index < count; index++) {
    const name = `e-${String(index).padStart(4, '0')}`;
    const chosen = new Set();
    const wanted = shape === SHAPES[1] ? Math.min(DEPENDENCIES, index) : 0;
    while (chosen.size < wanted) chosen.add(names[pick(index)]);
    write(name, [
      ...['kind: manual', 'build-depends:', '- base.bst'],
      ...(wanted === 0 ? [] : ['depends:', ...list([...chosen].sort())]),
      ...['config:', '  install-commands:', `  - mkdir -p %{install-root}%{datadir}/${name}`],
      `  - echo ${name} > %{install-root}%{datadir}/${name}/content`,
    ]);
    names.push(name);
  }
  write('all', ['kind: stack', 'depends:', ...list(names)]);
}

/** The same numbers in each run: those of a linear congruential generator. */
function picker() {
  let state = 1;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
}
