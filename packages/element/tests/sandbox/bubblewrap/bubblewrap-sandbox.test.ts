import { mkdirSync, mkdtempSync, realpathSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Action, type Step } from '@wheelhouse/element';
import { BubblewrapSandbox, LocalStore, probeBubblewrap } from '@wheelhouse/element/internal';
import { removeTree } from '../../../src/store/removal.js';
import { countProcesses } from './bubblewrap-cases.js';
import { openSubject, type BubblewrapSubject } from './bubblewrap-subject.js';
import { allCases, realisations, type CaseReport } from './case-runs.js';
import { copyForOrdinaryUser, runAsOrdinaryUser, spawnAsOrdinaryUser, type OrdinaryCopy } from './ordinary-user.js';

const PATH = process.env.PATH ?? '';
/** Directories of root's own are closed to others. */
const PUBLIC_PATH = PATH.split(delimiter)
  .filter((directory) => !directory.startsWith(homedir()))
  .join(delimiter);

describe.each(realisations)('BubblewrapSandbox by %s', (realisation) => {
  let directory: string;
  let subject: BubblewrapSubject;

  beforeAll(async () => {
    directory = mkdtempSync(join(realpathSync(tmpdir()), 'wheelhouse-sandbox-'));
    subject = await openSubject(directory, PATH, { realisation });
  });

  afterAll(async () => {
    await removeTree(directory);
  });

  it.each(allCases)('$name', async ({ run }) => {
    await run(subject);
  });
});

// An ordinary user cannot become another one, and has run the cases above as what it is.
if (process.getuid?.() === 0) {
  describe('BubblewrapSandbox of an ordinary user', () => {
    let copy: OrdinaryCopy;
    let reports: readonly CaseReport[];

    beforeAll(async () => {
      copy = copyForOrdinaryUser();
      const output = await runAsOrdinaryUser(copy, [
        copy.node,
        copy.main,
        'cases',
        PUBLIC_PATH,
        join(copy.home, 'stores'),
      ]);
      reports = output
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as CaseReport);
    }, 240_000);

    afterAll(async () => {
      await removeTree(copy.directory);
    });

    it.each(realisations.flatMap((realisation) => allCases.map(({ name }) => ({ realisation, name }))))(
      'by $realisation: $name',
      ({ realisation, name }) => {
        const report = reports.find((found) => found.realisation === realisation && found.name === name);
        expect(report).toEqual({ realisation, name });
      },
    );

    it('reports which setting forbids user namespaces', async () => {
      const forbid = `echo 0 > /proc/sys/user/max_user_namespaces && exec "${copy.node}" "${copy.main}" probe "$0"`;
      const output = await runAsOrdinaryUser(copy, [
        'unshare',
        '--user',
        '--map-root-user',
        'sh',
        '-c',
        forbid,
        PUBLIC_PATH,
      ]);
      expect(JSON.parse(output)).toEqual({
        message: expect.stringMatching(/^bubblewrap cannot create a sandbox on this machine: bwrap: /) as string,
        hint: 'user namespaces are disabled: `sysctl -w user.max_user_namespaces=15000` as root',
      });
    });

    it('ends a sandbox with the process that started it, however that ends', async () => {
      const seconds = `600.${process.pid}`;
      const child = spawnAsOrdinaryUser(copy, [
        copy.node,
        copy.main,
        'sleep',
        PUBLIC_PATH,
        join(copy.home, 'killed'),
        seconds,
      ]);
      await new Promise<void>((resolve) => {
        child.stdout.on('data', (chunk: Buffer) => {
          if (chunk.includes('ready\n')) resolve();
        });
      });
      const wait = async (done: () => boolean): Promise<void> => {
        for (let waited = 0; !done() && waited < 5000; waited += 20) await sleep(20);
      };
      // The command is ready a moment before its child is.
      await wait(() => countProcesses(seconds) >= 2);
      expect(countProcesses(seconds)).toBeGreaterThanOrEqual(2);
      child.kill('SIGKILL');
      await wait(() => countProcesses(seconds) === 0);
      expect(countProcesses(seconds)).toBe(0);
    });
  });
}

describe('BubblewrapSandbox.supports', () => {
  let directory: string;
  let action: Action;

  beforeAll(async () => {
    directory = mkdtempSync(join(realpathSync(tmpdir()), 'wheelhouse-sandbox-'));
    const { base, platform } = await openSubject(directory, PATH);
    action = { ...base, steps: [], writable: [], tmpfs: [], outputs: [], platform, limits: {} };
  });

  afterAll(async () => {
    await removeTree(directory);
  });

  const sandbox = (machine?: { readonly platform: string; readonly arch: string }): BubblewrapSandbox =>
    new BubblewrapSandbox({
      store: LocalStore.open(directory),
      path: PATH,
      ...(machine === undefined ? {} : { machine }),
    });
  const step = (argv: string[], environment: Record<string, string> = {}): Step => ({
    argv,
    label: 'step',
    cwd: '/',
    environment,
  });

  it('takes what is built for this machine', () => {
    expect(sandbox().supports({ ...action, steps: [step(['sh', '-c', 'true'], { PATH: '/bin' })] })).toBeUndefined();
  });

  it('refuses every machine but Linux, and run says the same', async () => {
    const refusal = {
      message: 'bubblewrap only runs on Linux, and this machine is `darwin`',
      hint: 'build on a Linux machine, or in a Linux virtual machine',
    };
    const mac = sandbox({ platform: 'darwin', arch: 'arm64' });
    expect(mac.supports(action)).toEqual(refusal);
    const io = { log: { write: () => undefined }, signal: new AbortController().signal };
    await expect(mac.run(action, io)).rejects.toMatchObject({ code: 'SANDBOX', ...refusal });
  });

  it.each([
    [
      { os: 'linux', arch: 'aarch64' },
      'bubblewrap runs programs for `linux` on `x86-64`, not for `linux` on `aarch64`',
    ],
    [{ os: 'aix', arch: 'x86-64' }, 'bubblewrap runs programs for `linux` on `x86-64`, not for `aix` on `x86-64`'],
  ])('refuses the platform %j on another machine', (platform, message) => {
    expect(sandbox({ platform: 'linux', arch: 'x64' }).supports({ ...action, platform })).toEqual({
      message,
      hint: 'change `build-os` and `build-arch` of the element, or build it on such a machine',
    });
  });

  it.each([
    [step([]), "`` of 'step' cannot be the name of a program"],
    [step(['a=b']), "`a=b` of 'step' cannot be the name of a program"],
    [step(['-i']), "`-i` of 'step' cannot be the name of a program"],
    [step(['x'], { '-u': 'PATH' }), "`-u` of 'step' cannot be the name of a variable"],
    [step(['x', 'a\0b']), "'step' contains a NUL byte"],
  ])('refuses a step that cannot be started: %j', (bad, message) => {
    expect(sandbox().supports({ ...action, steps: [bad] })).toMatchObject({ message });
  });

  it('says how to install bubblewrap if it is missing', async () => {
    const io = { log: { write: () => undefined }, signal: new AbortController().signal };
    const bare = join(directory, 'bin');
    mkdirSync(bare);
    symlinkSync('/usr/bin/mkfifo', join(bare, 'mkfifo'));
    const without = new BubblewrapSandbox({ store: LocalStore.open(directory), path: bare });
    const message = `Did not find \`bwrap\` in PATH: ${bare}`;
    await expect(without.run({ ...action, steps: [step(['true'])] }, io)).rejects.toMatchObject({
      code: 'HOST_TOOL',
      message,
      hint: expect.stringContaining(
        '`apt install bubblewrap` (Debian, Ubuntu), `dnf install bubblewrap` (Fedora)',
      ) as string,
    });
    await expect(probeBubblewrap(bare)).resolves.toMatchObject({ message });
    await expect(probeBubblewrap(PATH)).resolves.toBeUndefined();
  });
});
