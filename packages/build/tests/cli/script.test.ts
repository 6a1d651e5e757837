import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BubblewrapSandbox,
  BuildSession,
  captureTree,
  checkoutTree,
  coreElements,
  coreSources,
  digestOnlyBlobs,
  diskDocuments,
  emptyTree,
  formatDigest,
  LocalStore,
  PluginRegistry,
  Scheduler,
  writeTree,
  type Engine,
} from '@wheelhouse/element/internal';
import { wheelhouse } from '../support/command.js';
import { ELEMENTS } from '../support/element-project.js';
import { temporaryDirectories } from '../support/workspace.js';

const directory = temporaryDirectories();
const INSTALL_ROOT = 'buildstream-install';
const BUILD_ROOT = 'buildstream/shop/hello.bst';

/** What the sandbox made of hello.bst, and the root it was made in. */
async function build(project: string): Promise<{ session: BuildSession; engine: Engine }> {
  const store = LocalStore.open(directory());
  const engine: Engine = {
    store,
    sandbox: new BubblewrapSandbox({ store, path: process.env.PATH ?? '' }),
    scheduler: new Scheduler(),
    listener: () => undefined,
    signal: new AbortController().signal,
    retryFailed: false,
  };
  const session = await BuildSession.open(engine, {
    documents: diskDocuments(project),
    directory: project,
    targets: ['hello.bst'],
    registry: new PluginRegistry().register({
      elements: coreElements({ memo: (name) => store.memo(name), verify: false }),
      sources: coreSources,
    }),
  });
  await session.build();
  return { session, engine };
}

/** Runs a script by dash with `root` as its root directory, and what the toolchain takes from this machine in it. */
function runIn(root: string, session: BuildSession): ReturnType<typeof spawnSync> {
  const mounts = session.element('toolchain.bst').hostMounts();
  const binds = mounts.flatMap((mount) => {
    switch (mount.type) {
      case 'bind':
        return ['--ro-bind', mount.path, mount.path];
      case 'link':
        return ['--symlink', mount.target, mount.path];
      default:
        return ['--tmpfs', mount.path];
    }
  });
  const args = ['--unshare-all', '--clearenv', '--bind', root, '/', ...binds, '--dev', '/dev', '--proc', '/proc'];
  return spawnSync('bwrap', [...args, '--tmpfs', '/tmp', '/bin/dash', '/script.sh'], { encoding: 'utf8' });
}

describe('wheelhouse script', () => {
  const project = directory(ELEMENTS);
  let built: Awaited<ReturnType<typeof build>>;
  let script: string;

  beforeAll(async () => {
    built = await build(project);
    script = wheelhouse(['script', 'hello.bst'], { cwd: project }).stdout;
  });

  /** A copy of the root that the sandbox ran in, with the script beside it. */
  async function copyOfRoot(): Promise<string> {
    const root = mkdtempSync(join(realpathSync(tmpdir()), 'wheelhouse-root-'));
    roots.push(root);
    const record = built.session.recordOf('hello.bst');
    await checkoutTree(built.engine.store.blobs, record.root ?? record.tree, root);
    writeFileSync(join(root, 'script.sh'), script);
    return root;
  }
  const roots: string[] = [];
  afterAll(() => {
    for (const root of roots) rmSync(root, { recursive: true, force: true });
  });

  it.each<[string, (root: string) => void]>([
    ['in the build root, as in the sandbox', () => undefined],
    [
      'in `$build_root/$normal_name`',
      (root) => {
        renameSync(join(root, BUILD_ROOT), join(root, 'aside'));
        mkdirSync(join(root, BUILD_ROOT));
        renameSync(join(root, 'aside'), join(root, BUILD_ROOT, 'hello'));
      },
    ],
  ])('makes what the sandbox made, by dash in a copied root with the sources %s', async (_where, arrange) => {
    const root = await copyOfRoot();
    arrange(root);
    const { status, stderr } = runIn(root, built.session);
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    const made = await captureTree(digestOnlyBlobs(), join(root, INSTALL_ROOT), { label: 'install root' });
    expect(formatDigest(made)).toBe(formatDigest(built.session.recordOf('hello.bst').tree));
    expect(formatDigest(made)).not.toBe(formatDigest(await writeTree(digestOnlyBlobs(), emptyTree())));
  });

  it('exports every variable and the environment, and starts in `$build_root/$normal_name` with an empty `$PREFIX`', async () => {
    const root = await copyOfRoot();
    const [prologue = ''] = script.split('(set -ex;');
    writeFileSync(
      join(root, 'script.sh'),
      `${prologue}\nprintf '%s\\n' "$(pwd)" "$PREFIX" "$install_root" "$odd" "$GREETING" "$max_jobs" "$HOME"; ls -A "$PREFIX"\n`,
    );
    const { stdout } = runIn(root, built.session);
    expect(String(stdout).split('\n')).toEqual([
      `/${BUILD_ROOT}/hello`,
      `/${INSTALL_ROOT}`,
      `/${INSTALL_ROOT}`,
      "it's $HOME `id`",
      'a b',
      expect.stringMatching(/^\d+$/) as string,
      '/tmp',
      '',
    ]);
  });

  it('fails where a command fails, and runs none after it', async () => {
    const root = await copyOfRoot();
    writeFileSync(join(root, 'script.sh'), script.replace('cc -o hello hello.c', 'false'));
    const { status } = runIn(root, built.session);
    expect(status).toBe(1);
    const made = await captureTree(digestOnlyBlobs(), join(root, INSTALL_ROOT), { label: 'install root' });
    expect(formatDigest(made)).toBe(formatDigest(await writeTree(digestOnlyBlobs(), emptyTree())));
  });

  it('refuses an install root that is not empty', async () => {
    const root = await copyOfRoot();
    mkdirSync(join(root, INSTALL_ROOT, 'left'), { recursive: true });
    const { status, stderr } = runIn(root, built.session);
    expect([status, stderr]).toEqual([1, `/${INSTALL_ROOT} is not empty\n`]);
  });

  it('is POSIX sh', () => {
    const path = join(directory({ 'script.sh': script }), 'script.sh');
    expect(execFileSync('dash', ['-n', path], { encoding: 'utf8' })).toBe('');
  });

  it('says which kinds have none', () => {
    const { exitCode, stdout, stderr } = wheelhouse(['script', 'toolchain.bst'], { cwd: project });
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        'toolchain.bst [line 1 column 0]: Elements of kind `host` have no build script\n' +
        'hint: kinds that run commands have one, such as `manual`\n',
    });
  });
});
