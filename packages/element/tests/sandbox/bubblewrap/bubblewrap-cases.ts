import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Digest, type Layer } from '@wheelhouse/element';
import { differenceLayer, digestOf, readDirectory, subtree, walkTree, writeBlob } from '@wheelhouse/element/internal';
import { SANDBOX_FILES } from '../../../src/sandbox/contract.js';
import {
  entriesOf,
  failure,
  outputOf,
  runSteps,
  shellStep,
  treeOf,
  type SandboxCase,
} from '../../../src/testing/sandbox-subject.js';
import { hostMounts, openSubject, type BubblewrapSubject } from './bubblewrap-subject.js';

const LARGE = 'large\n'.repeat(50_000);

const LAYERS: readonly Readonly<Record<string, string>>[] = [
  { 'opt/a': 'lowest', 'opt/both': 'hidden', 'opt/large': LARGE, 'usr/share/one/x': '1', 'lib-link': '-> usr/share' },
  { 'opt/both': 'shown', 'opt/tool': '#!/bin/sh\necho tool\n', 'opt/same': LARGE, 'usr/share/one/y': '2' },
  {
    'opt/a': 'top',
    'opt/link': '-> ../opt/a',
    'opt/dangling': '-> /no/where',
    'opt/empty/': '',
    'caf\u00e9/\u{1f40d}': 'utf-8',
  },
];
/** A root of which much is changed. */
const MANY: Readonly<Record<string, string>> = {
  'opt/gone/a': 'a',
  'opt/gone/b/c': 'c',
  'opt/list/a': 'a',
  'opt/list/b': 'b',
  'opt/list/c': 'other',
  'opt/type': 'a file',
  'opt/other/d': 'd',
  'opt/kept': 'kept',
  'usr/share/x': 'x',
};
const MERGED: Readonly<Record<string, string>> = Object.assign({}, ...LAYERS) as Record<string, string>;

/** What bubblewrap in particular does, for one subject of each realisation and each user. */
export const bubblewrapCases: readonly SandboxCase<BubblewrapSubject>[] = [
  {
    name: 'shows exactly the tree of the root, layered or not',
    async run(subject) {
      const root = await treeOf(subject.blobs, MERGED);
      const layers = layersOf(await Promise.all(LAYERS.map((layer) => treeOf(subject.blobs, layer))));
      await assertShows(subject, root, layers);
      await assertShows(subject, root, undefined);
    },
  },
  {
    name: 'shows the same when a layer comes twice',
    async run(subject) {
      const [low, middle] = await Promise.all([
        treeOf(subject.blobs, { f: 'low', g: 'g' }),
        treeOf(subject.blobs, { f: 'middle' }),
      ]);
      await assertShows(subject, await treeOf(subject.blobs, { f: 'low', g: 'g' }), layersOf([low, middle, low]));
    },
  },
  ...[120, 450].map((count): SandboxCase<BubblewrapSubject> => ({
    name: `stacks ${count} layers`,
    async run(subject) {
      const all: Record<string, string> = {};
      const layers: Layer[] = [];
      for (let index = 0; index < count; index++) {
        const layer = { 'opt/top': String(index), [`opt/layer-${index}/file`]: `${index}\n` };
        layers.push({ tree: await treeOf(subject.blobs, layer) });
        Object.assign(all, layer);
      }
      const root = await treeOf(subject.blobs, all);
      const log = await outputOf(subject, 'cat /opt/layer-*/file | sort -n | uniq | wc -l; cat /opt/top', {
        root,
        layers,
      });
      assert.equal(log.trim(), `${count}\n${count - 1}`);
    },
  })),
  {
    name: 'gives the modes of a tree whatever the umask of the machine is',
    async run(subject) {
      const umask = process.umask(0o077);
      try {
        const root = await treeOf(subject.blobs, { 'opt/umask': 'x', 'build/source': 'x' });
        await assertShows(subject, root, layersOf([root]));
        const log = await outputOf(subject, 'stat -c "%a %n" / /opt /build source', { root });
        assert.equal(log, '755 /\n755 /opt\n755 /build\n644 source');
      } finally {
        process.umask(umask);
      }
    },
  },
  {
    name: 'keeps writable paths out of the layers and fills them from the root',
    async run(subject) {
      const layer = await treeOf(subject.blobs, { 'opt/file': 'x' });
      const root = await treeOf(subject.blobs, { 'opt/file': 'x', 'build/source': 'y' });
      const result = await runSteps(subject, ['cat /opt/file source; echo z >> source'], {
        root,
        layers: [{ tree: layer }],
      });
      assert.deepEqual(await entriesOf(subject.blobs, result.outputs[0]), { source: 'yz\n' });
    },
  },
  {
    name: 'never lets commands reach the blobs and trees of the store',
    async run(subject) {
      const layers = layersOf([
        await treeOf(subject.blobs, { 'opt/large': LARGE, 'opt/small': 'small', 'opt/dir/run': '#!/bin/sh\n' }),
      ]);
      const root = await treeOf(subject.blobs, {
        ...{ 'opt/large': LARGE, 'opt/small': 'small', 'opt/dir/run': '#!/bin/sh\n' },
        ...{ 'build/large': LARGE, 'build/small': 'small' },
      });
      const attack = shellStep(
        'set +e; for f in /opt/large /opt/small /opt/dir /opt/dir/run /build/large /build/small; do ' +
          'chmod 777 $f; chmod u+s $f; touch $f; chown 0:0 $f; echo broken >> $f; truncate -s 0 $f; ' +
          'ln $f /build/hard; echo broken >> /build/hard; rm -rf /build/hard; setfattr -n user.x -v y $f; done 2>/dev/null; ' +
          'mount -o remount,rw / 2>/dev/null; rm -rf /opt 2>/dev/null; true',
        { label: 'attack', cwd: '/' },
      );
      await runSteps(subject, [shellStep('true')], { root, layers });
      const before = snapshot(subject);
      assert.ok([...before.keys()].some((path) => path.startsWith('cas/')));
      assert.equal((await runSteps(subject, [attack], { root, layers })).exitCode, 0);
      for (const some of [{}, { layers }]) {
        assert.equal((await runSteps(subject, [attack], { root, ...some, writable: 'all', outputs: [] })).exitCode, 0);
      }
      const after = snapshot(subject);
      for (const [path, facts] of before) assert.equal(after.get(path), facts, path);
    },
  },
  {
    name: 'lets every lower directory of a writable root be removed and moved',
    async run(subject) {
      const layer = await treeOf(subject.blobs, { 'opt/rm/a/b': 'x', 'opt/mv/c/d': 'y', 'opt/ch/e': 'z' });
      const result = await runSteps(
        subject,
        [shellStep('rm -rf /opt/rm; mv /opt/mv /opt/moved; chmod -R go-rx /opt/ch; mv /opt/ch/e /e', { cwd: '/' })],
        { root: layer, layers: [{ tree: layer }], writable: 'all', outputs: ['/'] },
      );
      assert.equal(result.exitCode, 0, result.log);
      assert.deepEqual(await entriesOf(subject.blobs, result.outputs[0]), {
        e: 'z',
        'opt/': '',
        'opt/ch/': '',
        'opt/moved/': '',
        'opt/moved/c/': '',
        'opt/moved/c/d': 'y',
      });
    },
  },
  {
    name: 'does not show what a layer removes, however many layers there are',
    async run(subject) {
      const before = await treeOf(subject.blobs, MANY);
      const after = await treeOf(subject.blobs, {
        'opt/kept': 'kept',
        'opt/type/now/a': 'directory',
        'opt/other': 'a file',
        'opt/list/b': 'b',
        'opt/empty/': '',
      });
      const last = { 'opt/gone/again': 'new' };
      const root = await treeOf(subject.blobs, {
        ...{ 'opt/kept': 'kept', 'opt/type/now/a': 'directory', 'opt/other': 'a file', 'opt/list/b': 'b' },
        ...{ 'opt/empty/': '', ...last },
      });
      const difference = await differenceLayer(subject.blobs, before, after);
      assert.deepEqual(difference.removed, ['opt/gone', 'opt/list/a', 'opt/list/c', 'usr']);
      const layers = [{ tree: before }, difference, { tree: await treeOf(subject.blobs, last) }];
      await assertShows(subject, root, layers);
      const fillers: Layer[] = [];
      const all: Record<string, string> = {};
      for (let index = 0; index < 420; index++) {
        const filler = { [`srv/${index}/f`]: 'x' };
        fillers.push({ tree: await treeOf(subject.blobs, filler) });
        Object.assign(all, filler);
      }
      const many = await treeOf(subject.blobs, {
        ...{ 'opt/kept': 'kept', 'opt/type/now/a': 'directory', 'opt/other': 'a file', 'opt/list/b': 'b' },
        ...{ 'opt/empty/': '', ...last, ...all },
      });
      const [bottom, ...others] = layers;
      assert.ok(bottom !== undefined);
      await assertShows(subject, many, [bottom, ...fillers.slice(0, 210), ...others, ...fillers.slice(210)]);
    },
  },
  {
    name: 'collects from a layered root that can be written exactly what commands leave',
    async run(subject) {
      const tree = await treeOf(subject.blobs, MANY);
      const top = await treeOf(subject.blobs, { 'opt/top/a/b': 'deep', 'opt/kept': 'later' });
      const root = await treeOf(subject.blobs, { ...MANY, 'opt/top/a/b': 'deep', 'opt/kept': 'later' });
      const command = [
        'set -e; cd /opt',
        'rm -rf gone; mkdir gone; echo new > gone/n; rm list/a; rm list/c; echo c > list/c; mv list/b list/d',
        'rm type; mkdir type; echo in > type/in; rm -rf other; ln -s kept other; chmod 755 kept',
        'mkdir -p top/a/new; rm -rf top/a/b; mv top top2; rm -rf empty; mkdir /made; rm -rf /usr/share',
      ].join('\n');
      const result = await runSteps(subject, [shellStep(command, { label: 'all', cwd: '/' })], {
        ...{
          root,
          layers: layersOf([tree, top]),
          writable: 'all',
          outputs: ['/', '/opt/top2', '/opt/list', '/opt/no'],
        },
      });
      assert.equal(result.exitCode, 0, result.log);
      const [whole, moved, list, none] = result.outputs;
      assert.deepEqual(await entriesOf(subject.blobs, whole), {
        'made/': '',
        'opt/': '',
        'opt/gone/': '',
        'opt/gone/n': 'new\n',
        'opt/kept': 'later',
        'opt/list/': '',
        'opt/list/c': 'c\n',
        'opt/list/d': 'b',
        'opt/other': '-> kept',
        'opt/top2/': '',
        'opt/top2/a/': '',
        'opt/top2/a/new/': '',
        'opt/type/': '',
        'opt/type/in': 'in\n',
        'usr/': '',
      });
      assert.deepEqual(await entriesOf(subject.blobs, moved), { 'a/': '', 'a/new/': '' });
      assert.deepEqual(await entriesOf(subject.blobs, list), { c: 'c\n', d: 'b' });
      assert.equal(none, undefined);
      assert.ok(whole !== undefined);
      const opt = await subtree(subject.blobs, whole, 'opt');
      assert.ok(opt !== undefined);
      const [kept] = (await readDirectory(subject.blobs, opt)).files;
      assert.deepEqual([kept?.name, kept?.isExecutable], ['kept', true]);
    },
  },
  {
    name: 'lets directories of a layered root be renamed by the system call',
    async run(subject) {
      const tree = await treeOf(subject.blobs, { 'opt/from/a': 'x' });
      const rename = shellStep(`perl -e 'rename("/opt/from", "/opt/to") or die "$!"'`, { cwd: '/', label: 'rename' });
      const result = await runSteps(subject, [rename], {
        ...{ root: tree, layers: layersOf([tree]), writable: 'all', outputs: ['/'] },
      });
      assert.equal(result.exitCode, 0, result.log);
      assert.deepEqual(await entriesOf(subject.blobs, result.outputs[0]), {
        'opt/': '',
        'opt/to/': '',
        'opt/to/a': 'x',
      });
    },
  },
  {
    name: 'collects what is closed to the user from a layered root that can be written',
    async run(subject) {
      const tree = await treeOf(subject.blobs, { 'opt/d/f': 'f', 'opt/e': 'e' });
      const closing = shellStep('chmod 000 /opt/d/f /opt/d /opt/e; mkdir -m 000 /opt/n', { cwd: '/', label: 'close' });
      const result = await runSteps(subject, [closing], {
        ...{ root: tree, layers: layersOf([tree]), writable: 'all', outputs: ['/opt'] },
      });
      assert.equal(result.exitCode, 0, result.log);
      assert.deepEqual(await entriesOf(subject.blobs, result.outputs[0]), { 'd/': '', 'd/f': 'f', e: 'e', 'n/': '' });
    },
  },
  {
    name: 'gives a layered root that can be written back as it was when nothing was changed',
    async run(subject) {
      const tree = await treeOf(subject.blobs, MANY);
      const result = await runSteps(subject, [shellStep('true', { cwd: '/' })], {
        ...{ root: tree, layers: layersOf([tree]), writable: 'all', outputs: ['/'] },
      });
      assert.deepEqual(result.outputs, [tree]);
    },
  },
  {
    name: 'binds parts of the machine read-only at their own paths and hides what is masked',
    async run(subject) {
      const directory = scratch();
      try {
        mkdirSync(join(directory, 'tool/site'), { recursive: true });
        writeFileSync(join(directory, 'tool/file'), 'bound');
        writeFileSync(join(directory, 'tool/site/hidden'), 'x');
        writeFileSync(join(directory, 'tool/customize.py'), 'x');
        writeFileSync(join(directory, 'single'), 'one file');
        writeFileSync(join(directory, 'beside'), 'not bound');
        const host = [
          ...hostMounts(),
          { type: 'mask' as const, path: join(directory, 'tool/site') },
          { type: 'mask' as const, path: join(directory, 'tool/customize.py') },
          { type: 'mask' as const, path: join(directory, 'tool/absent') },
          { type: 'bind' as const, path: join(directory, 'tool') },
          { type: 'bind' as const, path: join(directory, 'single') },
        ];
        const log = await outputOf(
          subject,
          `cd ${directory}; ls; cat tool/file single; echo; ls -A tool/site; wc -c < tool/customize.py; stat -c %Y tool/site; ` +
            'for f in tool/file tool/new tool/site/x tool/customize.py single; do if (echo x > $f) 2>/dev/null; then echo wrote $f; fi; done',
          { host },
        );
        assert.equal(log, 'single\ntool\nboundone file\n0\n1321009871');
      } finally {
        rmSync(directory, { recursive: true });
      }
    },
  },
  {
    name: 'says which directory keeps an ordinary user from a part of the machine, and what is not there',
    async run(subject) {
      const directory = scratch();
      const closed = join(directory, 'closed');
      try {
        mkdirSync(join(closed, 'python'), { recursive: true });
        chmodSync(closed, 0o000);
        const host = [...hostMounts(), { type: 'bind' as const, path: join(closed, 'python') }];
        if (process.getuid?.() === 0) assert.equal(await outputOf(subject, 'echo in', { host }), 'in');
        else {
          await assert.rejects(
            runSteps(subject, ['true'], { host }),
            failure(
              'TOOLCHAIN',
              `\`${closed}/python\` cannot be reached: \`${closed}\` is not accessible to this user`,
            ),
          );
        }
        await assert.rejects(
          runSteps(subject, ['true'], { host: [{ type: 'bind', path: join(directory, 'absent') }] }),
          failure('TOOLCHAIN', `\`${directory}/absent\` of the toolchain does not exist on this machine`),
        );
      } finally {
        chmodSync(closed, 0o700);
        rmSync(directory, { recursive: true });
      }
    },
  },
  {
    name: 'refuses what would be hidden by a part of the machine or lies where its link has to be',
    async run(subject) {
      const hidden = await treeOf(subject.blobs, { 'usr/bin/mine': 'x' });
      await assert.rejects(
        runSteps(subject, ['true'], { root: hidden }),
        failure('STAGING', "`/usr/bin/mine` is staged where this machine's toolchain has `/usr/bin`"),
      );
      const link = await treeOf(subject.blobs, { 'alias/file': 'x' });
      await assert.rejects(
        runSteps(subject, ['true'], {
          root: link,
          host: [...hostMounts(), { type: 'link', path: '/alias', target: 'usr' }],
        }),
        failure('STAGING', 'Destination is a directory, not a symlink: `/alias`'),
      );
    },
  },
  {
    name: 'refuses a writable directory that cannot be made in a part of the machine',
    async run(subject) {
      await assert.rejects(
        runSteps(subject, ['true'], { writable: ['/usr/bin/no-such-directory'], outputs: [] }),
        failure(
          'SANDBOX',
          '`/usr/bin/no-such-directory`, a directory that commands may write, cannot be created in `/usr/bin`, which is bound read-only from this machine',
        ),
      );
    },
  },
  {
    name: 'binds parts of the machine into a writable directory without collecting their places',
    async run(subject) {
      const root = await treeOf(subject.blobs, { 'usr/share/own': 'x' });
      const result = await runSteps(subject, [shellStep('ls /usr/bin/env; echo y > /usr/share/new', { cwd: '/' })], {
        root,
        writable: ['/usr'],
        outputs: ['/usr'],
      });
      assert.equal(result.exitCode, 0, result.log);
      assert.deepEqual(await entriesOf(subject.blobs, result.outputs[0]), {
        'share/': '',
        'share/new': 'y\n',
        'share/own': 'x',
      });
    },
  },
  {
    name: 'is not led astray by commands that put links in place of its mount points',
    async run(subject) {
      const directory = scratch();
      try {
        mkdirSync(join(directory, 'passwd-directory'));
        const victim = join(directory, 'etc');
        mkdirSync(victim);
        for (const [path, content] of Object.entries(SANDBOX_FILES)) writeFileSync(join(directory, path), content);
        const result = await runSteps(
          subject,
          [
            shellStep(
              `rm -rf /etc; ln -s ${victim} /etc; perl -e 'rename("/usr", "/usr2") && symlink("/", "/usr") or die $!'`,
              { cwd: '/' },
            ),
          ],
          {
            host: hostMounts().filter(({ path }) => !path.startsWith('/etc')),
            writable: 'all',
            outputs: ['/'],
          },
        );
        assert.equal(result.exitCode, 0, result.log);
        assert.deepEqual(
          [...readdirSync(victim)].sort(),
          Object.keys(SANDBOX_FILES)
            .map((path) => path.slice('/etc/'.length))
            .sort(),
        );
        const left = await entriesOf(subject.blobs, result.outputs[0]);
        assert.deepEqual([left.etc, left.usr], [`-> ${victim}`, '-> /']);
      } finally {
        rmSync(directory, { recursive: true });
      }
    },
  },
  {
    name: 'makes do with a shell alone and keeps the environment exact as far as the shell can',
    async run(subject) {
      const shell = await writeBlob(subject.blobs, readFileSync(realpathSync('/bin/sh')));
      const bin = await subject.blobs.findMissing([shell]);
      assert.deepEqual(bin, []);
      const root = await toolTree(subject, shell);
      const environment = { PATH: '/tools', ONE: "it's\n1", LC_ALL: 'C' };
      const steps = ['a', 'b'].map((label) => ({
        argv: ['sh', '-c', 'export -p'],
        label,
        cwd: '/build',
        environment: label === 'a' ? { ...environment, ONLY: 'a' } : environment,
      }));
      const host = hostMounts().filter(({ path }) => !path.endsWith('/bin') && path !== '/etc/alternatives');
      const { log, exitCode } = await runSteps(subject, steps, { root, host });
      assert.equal(exitCode, 0, log);
      const [first = '', second = ''] = log.split(/^\+ [ab]\n/m).slice(1);
      assert.match(first, /ONLY=/);
      assert.doesNotMatch(second, /ONLY|SHLVL|OLDPWD/);
      assert.match(second, /ONE=/);
    },
  },
  {
    name: 'leaves nothing behind, however a run ends',
    async run(subject) {
      const marker = `20.${process.pid}`;
      const controller = new AbortController();
      setTimeout(() => {
        controller.abort();
      }, 300);
      await Promise.allSettled([
        runSteps(subject, ['mkdir closed; touch closed/x; chmod 000 closed']),
        runSteps(subject, ['exit 3']),
        runSteps(subject, ['mkfifo x']),
        runSteps(subject, [`setsid sleep ${marker} & sleep ${marker}`], {}, { signal: controller.signal }),
        runSteps(subject, [`setsid sleep ${marker} & sleep ${marker}`], { limits: { timeoutSeconds: 0.2 } }),
        runSteps(subject, [`setsid sleep ${marker} > /dev/null 2>&1 &`]),
        runSteps(subject, ['true'], { host: [] }),
      ]);
      assert.equal(countProcesses(marker), 0);
      assert.deepEqual([...readdirSync(join(subject.store.directory, 'work'))], []);
      assert.equal(readFileSync('/proc/self/mountinfo', 'utf8').includes(subject.store.directory), false);
    },
  },
  {
    name: 'falls back to merged trees where the kernel refuses overlays',
    async run(subject) {
      const directory = scratch();
      try {
        writeFileSync(join(directory, 'mount'), '#!/bin/sh\necho "mount: no overlay here" >&2\nexit 32\n', {
          mode: 0o755,
        });
        const path = `${directory}:/usr/bin:/bin`;
        const layers = layersOf(await Promise.all(LAYERS.map((layer) => treeOf(subject.blobs, layer))));
        const root = await treeOf(subject.blobs, MERGED);
        const plain = await openSubject(subject.store.directory, path);
        await assertShows(plain, root, layers);
        await assertShows(plain, root, layers);
        const forced = await openSubject(subject.store.directory, path, { realisation: 'overlay' });
        await assert.rejects(
          runSteps(forced, ['true'], { root, layers }),
          failure('SANDBOX', 'the kernel refuses an overlay: mount: no overlay here'),
        );
      } finally {
        rmSync(directory, { recursive: true });
      }
    },
  },
];

/** How many processes of this machine have `argument` among their arguments. */
export function countProcesses(argument: string): number {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && argumentsOf(name).includes(argument)).length;
}

function argumentsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch (error) {
    // It has ended meanwhile.
    if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return [];
  }
}

function scratch(): string {
  return realpathSync(mkdtempSync(join(realpathSync(tmpdir()), 'wheelhouse-host-')));
}

async function toolTree(subject: BubblewrapSubject, shell: Digest): Promise<Digest> {
  const { encodeDirectory } = await import('../../../src/cas/directory.js');
  const tools = await writeBlob(
    subject.blobs,
    encodeDirectory({ files: [{ name: 'sh', digest: shell, isExecutable: true }], directories: [], symlinks: [] }),
  );
  return await writeBlob(
    subject.blobs,
    encodeDirectory({ files: [], directories: [{ name: 'tools', digest: tools }], symlinks: [] }),
  );
}

function layersOf(trees: readonly Digest[]): Layer[] {
  return trees.map((tree) => ({ tree }));
}

/** Walks the root from inside, and compares every entry with the tree's: path, type, mode, time, content, target. */
async function assertShows(
  subject: BubblewrapSubject,
  root: Digest,
  layers: readonly Layer[] | undefined,
): Promise<void> {
  const bound = (subject.base.host ?? []).flatMap(({ type, path }) =>
    type === 'bind' ? [`-path ${path} -prune -o`] : [],
  );
  const find = `find / -xdev -mindepth 1 ${bound.join(' ')}`;
  const command =
    `${find} -printf '%P\\t%y\\t%m\\t%T@\\t%l\\t\\0' ; printf '\\n'; ` +
    `${find} -type f -print0 | xargs -0 sha256sum -z; printf '\\n'; stat -c '%a %Y' /`;
  const action = { root, writable: [], outputs: [], ...(layers === undefined ? {} : { layers }) };
  const result = await runSteps(subject, [shellStep(command, { label: 'walk', cwd: '/' })], action);
  assert.equal(result.exitCode, 0, result.log);
  const [entries = '', sums = '', top = ''] = result.log.slice('+ walk\n'.length).split('\n');
  const seen = new Map(
    entries
      .split('\0')
      .filter(Boolean)
      .map((line) => {
        const [path = '', ...facts] = line.split('\t');
        return [path, facts.slice(0, 4)];
      }),
  );
  const hashes = new Map(
    sums
      .split('\0')
      .filter(Boolean)
      .map((line) => [line.slice(67), line.slice(0, 64)]),
  );
  const time = '1321009871.0000000000';
  const expected = new Set<string>();
  for await (const entry of walkTree(subject.blobs, root)) {
    expected.add(entry.path);
    const facts = seen.get(entry.path);
    if (entry.type === 'directory') assert.deepEqual(facts, ['d', '755', time, ''], entry.path);
    else if (entry.type === 'symlink') assert.deepEqual(facts, ['l', '777', time, entry.target], entry.path);
    else {
      assert.deepEqual(facts, ['f', entry.isExecutable ? '755' : '644', time, ''], entry.path);
      assert.equal(hashes.get(entry.path), entry.digest.hash, entry.path);
    }
  }
  const added = [
    ...Object.keys(SANDBOX_FILES),
    '/proc',
    '/dev',
    '/tmp',
    ...(subject.base.host ?? []).map(({ path }) => path),
  ];
  for (const path of seen.keys()) {
    const known = added.some((mount) => mount === `/${path}` || mount.startsWith(`/${path}/`));
    assert.ok(known || expected.has(path), `${path} is not of the tree`);
  }
  for (const [path, content] of Object.entries(SANDBOX_FILES)) {
    if (!expected.has(path.slice(1))) assert.equal(hashes.get(path.slice(1)), digestOf(content).hash, path);
  }
  assert.equal(top, '755 1321009871');
}

/** What the store's files are: mode, time, size and content, of all blobs and kept trees. */
function snapshot(subject: BubblewrapSubject): Map<string, string> {
  const facts = new Map<string, string>();
  const visit = (relative: string): void => {
    const path = join(subject.store.directory, relative);
    if (!existsSync(path)) return;
    const stat = lstatSync(path);
    const content = stat.isFile() ? digestOf(readFileSync(path)).hash : '';
    const time = stat.isDirectory() && !relative.startsWith('trees/') ? '' : stat.mtimeMs;
    facts.set(relative, [stat.mode, time, stat.isFile() ? stat.size : '', content].join(' '));
    if (stat.isDirectory()) for (const name of readdirSync(path)) visit(join(relative, name));
  };
  visit('cas');
  visit('trees');
  return facts;
}
