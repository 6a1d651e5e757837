import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProxyOptions } from '@wheelhouse/cache/internal';
import { temporaryDirectories } from '../support/directories.js';
import { startFaultyUpstream, type Fault, type FaultyUpstream } from '../support/faulty-upstream.js';
import { MAJORS, nxVersion, SOAK } from '../support/nx-versions.js';
import { buildPackage, nxWorkspace, recordedProxies, warnings, type NxClone } from '../support/nx-workspace.js';
import { askingProxy } from '../support/proxy.js';
import { startServer } from '../support/server.js';

const directory = temporaryDirectories();
const PROJECTS = 3;
const BUILD = ['run-many', '-t', 'build'];
/** Where the proxies of this test keep their data, each test's by itself. */
const homes: string[] = [];
const closing: (() => Promise<void>)[] = [];

async function faultyUpstream(): Promise<FaultyUpstream> {
  const upstream = await startFaultyUpstream();
  closing.push(() => upstream.close());
  return upstream;
}

beforeAll(buildPackage, 120_000);

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  for (const { pid } of homes.splice(0).flatMap(recordedProxies)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
});

/** For runs in which it does not matter in which process Nx loads the plugin: one of its own costs more than the rest. */
const ONE_PROCESS = { NX_ISOLATE_PLUGINS: 'false' };

/** Two clones on two machines: each has a proxy of its own. */
function machines(
  options: ProxyOptions,
  major: (typeof MAJORS)[number] = 23,
  more: Readonly<Record<string, string>> = {},
): { readonly clone: () => NxClone; readonly home: string }[] {
  return [0, 1].map(() => {
    const home = directory();
    homes.push(home);
    const all = { idle: '1m', ...options };
    const env = { WHEELHOUSE_CACHE_DIR: home, ...more };
    return { home, clone: nxWorkspace({ nx: nxVersion(major), options: all, projects: PROJECTS, directory, env }) };
  });
}

const begun = ({ root }: NxClone): string[] =>
  existsSync(join(root, 'begun')) ? readFileSync(join(root, 'begun'), 'utf8').trim().split('\n') : [];
const ALL = Array.from({ length: PROJECTS }, (_, index) => `p${index}`);

let uncached: Record<string, string>;
beforeAll(async () => {
  const clone = nxWorkspace({ nx: nxVersion(23), options: {}, projects: PROJECTS, directory })();
  const { exitCode } = await clone.run([...BUILD, '--skipNxCache', '--skipRemoteCache'], {
    WHEELHOUSE_CACHE_DIR: directory(),
  });
  expect(exitCode).toBe(0);
  uncached = clone.outputs();
  expect(Object.keys(uncached)).toHaveLength(3 * PROJECTS);
}, 120_000);

describe.each(MAJORS)('Nx %d with the plugin and nothing else set up', (major) => {
  it('stores what one machine built and gives it to another one, byte for byte as without a cache', async () => {
    const server = await startServer({ directory: directory() });
    closing.push(() => server.server.stop(1000));
    const [one, two] = machines({ upstream: server.url, tokenVariable: 'CACHE_TOKEN' }, major);
    const env = { CACHE_TOKEN: server.tokens.main };
    const [first, second, third] = [one!.clone(), two!.clone(), two!.clone()];
    const runs = [await first.run(BUILD, env), await second.run(BUILD, env), await third.run(BUILD, env)];
    expect(runs.map(({ exitCode, output }) => [exitCode, warnings(output)])).toEqual(runs.map(() => [0, []]));
    expect([begun(first), begun(second), begun(third)]).toEqual([ALL, [], []]);
    for (const clone of [first, second, third]) expect(clone.outputs()).toEqual(uncached);
    expect(runs[1]?.output).toContain('[remote cache]');
    expect(server.outcomes().sort()).toEqual(
      [...ALL.map(() => 'GET hit'), ...ALL.map(() => 'GET miss'), ...ALL.map(() => 'PUT stored')].sort(),
    );
  }, 240_000);

  it("takes the server in Nx's own variables for the shared cache, also for runs in tasks", async () => {
    const upstream = await faultyUpstream();
    const [one] = machines({}, major);
    const clone = one!.clone();
    const { exitCode, output } = await clone.run(BUILD, {
      NX_SELF_HOSTED_REMOTE_CACHE_SERVER: upstream.url,
      NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN: 'the-token',
    });
    expect([exitCode, warnings(output)]).toEqual([0, []]);
    expect(upstream.entries.size).toBe(PROJECTS);
    expect(upstream.lastHeaders.authorization).toBe('Bearer the-token');
    expect(
      (upstream.reports as { tasks: { project: string; target: string; durationMs: number }[] }[])[0]?.tasks
        .map(({ project, target }) => `${project}:${target}`)
        .sort(),
    ).toEqual(ALL.map((name) => `${name}:build`));
    expect(recordedProxies(one!.home)).toHaveLength(1);
  }, 240_000);

  it('continues without a remote cache if the proxy cannot start, and reports why', async () => {
    const [one] = machines({ quota: 'much' }, major);
    const clone = one!.clone();
    const { exitCode, output } = await clone.run(BUILD, {
      NX_SELF_HOSTED_REMOTE_CACHE_SERVER: 'http://127.0.0.1:9',
    });
    expect([exitCode, warnings(output)]).toEqual([
      0,
      [
        'The cache proxy could not be started: `quota` is `much`; it must be a size such as `500MB` or `20GiB`. The run continues without a remote cache.',
      ],
    ]);
    expect(clone.outputs()).toEqual(uncached);
  }, 240_000);
});

describe("a run whose hooks are in Nx's daemon", () => {
  it.each(['pipe', 'terminal'] as const)(
    'shows its one warning where the output is a %s',
    async (output) => {
      const upstream = await faultyUpstream();
      const home = directory();
      homes.push(home);
      const clone = nxWorkspace({
        nx: nxVersion(23),
        options: { idle: '1m' },
        projects: PROJECTS,
        directory,
        env: {
          WHEELHOUSE_CACHE_DIR: home,
          NX_DAEMON: 'true',
          NX_SELF_HOSTED_REMOTE_CACHE_SERVER: upstream.url,
          NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN: 'the-token',
        },
        output,
      })();
      try {
        const good = await clone.run(BUILD);
        expect([good.exitCode, warnings(good.output)]).toEqual([0, []]);
        expect(upstream.entries.size).toBe(PROJECTS);
        upstream.fault = 502;
        for (const name of ALL) appendFileSync(join(clone.root, name, 'build.sh'), '# another input\n');
        const { exitCode, output: text } = await clone.run(BUILD);
        expect([exitCode, warnings(text)]).toEqual([0, [expect.stringContaining('502')]]);
      } finally {
        await clone.run(['daemon', '--stop']);
      }
    },
    240_000,
  );
});

describe('a run of Nx whose shared cache goes wrong in its midst', () => {
  const faults: (Exclude<Fault, 'none'> | 'killed')[] = [
    'killed',
    'frozen',
    'frozen body',
    'cut',
    'damaged',
    'full',
    401,
    403,
    500,
    502,
  ];

  const everywhere: typeof faults = ['killed', 502];

  it.each(
    MAJORS.flatMap((major) => (major === 23 || SOAK ? faults : everywhere).map((fault) => [major, fault] as const)),
  )(
    'Nx %d, %s: every task runs, outputs are right, Nx ends with 0 and shows one warning',
    async (major, fault) => {
      const upstream: FaultyUpstream = await faultyUpstream();
      const [one] = machines({ upstream: upstream.url, timeout: '1s', flush: '500ms' }, major, ONE_PROCESS);
      const clone = one!.clone();
      const { ended } = clone.start(BUILD, { PACE: '0.7' });
      while (begun(clone).length === 0) await sleep(20);
      if (fault === 'killed') await upstream.close();
      else upstream.fault = fault;
      const { exitCode, output } = await ended;
      expect([exitCode, begun(clone)]).toEqual([0, ALL]);
      expect(clone.outputs()).toEqual(uncached);
      expect(warnings(output)).toEqual([
        expect.stringMatching(/^The shared cache at http:\S+ .*The run continued without it/),
      ]);
    },
    120_000,
  );

  it('sends later what it could not send, though the proxy is killed', async () => {
    const upstream = await faultyUpstream();
    upstream.fault = 500;
    const [one] = machines({ upstream: upstream.url, timeout: '1s', flush: '0' });
    const clone = one!.clone();
    expect((await clone.run(BUILD)).exitCode).toBe(0);
    const [record] = recordedProxies(one!.home);
    process.kill(record!.pid, 'SIGKILL');
    upstream.fault = 'none';
    expect(upstream.entries.size).toBe(0);
    const { exitCode, output } = await one!.clone().run(['run', 'p0:build']);
    expect([exitCode, warnings(output)]).toEqual([0, []]);
    await askingProxy(recordedProxies(one!.home)[0]!).delivered();
    expect(upstream.entries.size).toBe(PROJECTS);
  }, 120_000);
});
