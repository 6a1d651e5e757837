import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { createToken, DiskStore, Ledger, TieredCache, type Tier } from '@wheelhouse/cache/internal';
import { someBytes } from '@wheelhouse/element/testing';
import { startServer, type TestServer } from './server.js';

const DAY_MS = 86_400_000;

/** A project of the made-up shop: its targets, each with how many seconds it runs and how many bytes it makes. */
const PROJECTS: Readonly<Record<string, Readonly<Record<string, readonly [number, number]>>>> = {
  checkout: { test: [412, 40_000], 'build-wheel': [38, 310_000], lint: [9, 2000] },
  catalogue: { test: [236, 31_000], 'build-wheel': [52, 640_000], lint: [7, 2000] },
  payments: { test: [168, 22_000], 'build-wheel': [31, 190_000] },
  search: { test: [340, 27_000], 'build-wheel': [97, 1_450_000], lint: [12, 3000] },
  accounts: { test: [94, 18_000], 'build-wheel': [22, 120_000] },
  'warehouse-forecast': { test: [655, 64_000], 'build-wheel': [143, 2_300_000] },
  notifications: { test: [41, 12_000], 'build-wheel': [17, 88_000], lint: [4, 1000] },
};

const TASKS = Object.entries(PROJECTS).flatMap(([project, targets]) =>
  Object.entries(targets).map(([target, [seconds, bytes]]) => ({ project, target, seconds, bytes })),
);

/** A source of numbers from 0 to 1 that are the same each time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export interface SeededServer extends TestServer {
  /** The token of someone who reads another workspace on the same server. */
  readonly otherReader: string;
}

/** Starts a server that a team has used for some weeks: all by requests, at times of a clock that is turned on. */
export async function startSeededServer(directory: string, days = 30): Promise<SeededServer> {
  let now = Date.now() - days * DAY_MS;
  const clock = (): number => now;
  const data = join(directory, 'data');
  const store = new DiskStore({
    directory: data,
    retention: { quotaBytes: 1e12, shares: [], maxAgeMs: 1e12 },
    now: clock,
  });
  const ledger = await Ledger.open({ directory: join(data, 'ledger'), now: clock, onFault: () => undefined });
  const server = await startServer({ directory, options: { cache: new TieredCache(store, clock), ledger } });
  const token = (name: string, tier: Tier, workspace = 'default'): Promise<string> =>
    createToken(server.tokenFile, { name, tier, workspace }, new Date());
  const writers = {
    main: await token('ci-main', { kind: 'trusted' }),
    first: await token('ci-pull-request-128', { kind: 'pull-request', number: 128 }),
    second: await token('ci-pull-request-131', { kind: 'pull-request', number: 131 }),
    mobile: await token('mobile-main', { kind: 'trusted' }, 'mobile'),
  };
  const otherReader = await token('mobile-reader', { kind: 'read' }, 'mobile');

  const random = numbers(11);
  const versions = TASKS.map(() => 0);
  const get = async (hash: string, by: string): Promise<void> => {
    await (await server.get(hash, by)).arrayBuffer();
  };
  const run = async (by: string, part: number, name: string): Promise<void> => {
    const tasks: object[] = [];
    for (const [index, { project, target, seconds, bytes }] of TASKS.entries()) {
      now += 700 + Math.round(random() * 40_000);
      const isChanged = random() < part;
      if (isChanged && by === writers.main) versions[index] = (versions[index] ?? 0) + 1;
      const state = isChanged && by !== writers.main ? name : '';
      const hash = hashOf(`${project}:${target}`, `${versions[index] ?? 0}${state}`);
      await get(hash, by);
      const size = Math.round(bytes * (0.8 + random() * 0.4));
      const response = await server.put(hash, someBytes(size, size), by, { 'wheelhouse-commit': commitOf(name) });
      if (response.status !== 200 || random() < 0.05) continue;
      tasks.push({ hash, project, target, durationMs: Math.round(seconds * 1000 * (0.85 + random() * 0.3)) });
    }
    await report(server, tasks, by);
  };
  for (let day = 0; day <= days; day++) {
    const today = Date.now() - (days - day) * DAY_MS;
    const isWeekend = [0, 6].includes(new Date(today).getUTCDay());
    if (isWeekend && random() < 0.6) continue;
    const learnt = day / days;
    const hours = day === days ? [1.5, 0.9, 0.4] : [9, 6, 2];
    const part = (base: number): number => base * (1.5 - learnt) * (0.6 + random() * 0.8);
    now = today - (hours[0] ?? 0) * 3_600_000;
    await run(writers.main, part(isWeekend ? 0.1 : 0.45), `main ${day}`);
    if (isWeekend) continue;
    now = today - (hours[1] ?? 0) * 3_600_000;
    await run(writers.first, part(0.3), `first ${day}`);
    if (day % 3 === 0) await run(writers.second, part(0.5), `second ${day}`);
    now = today - (hours[2] ?? 0) * 3_600_000;
    for (const [index, { project, target }] of TASKS.entries()) {
      const stale = random() < 0.25 * (1.2 - learnt) ? 'local' : '';
      await get(hashOf(`${project}:${target}`, `${versions[index] ?? 0}${stale}`), server.tokens.reader);
    }
  }
  await server.put('9001', 'x'.repeat(5000), writers.mobile);
  await get('9001', otherReader);
  return { ...server, otherReader };
}

/** Sends a report of a run. */
export async function report(server: TestServer, tasks: unknown, token: string): Promise<Response> {
  return await fetch(`${server.url}/v1/runs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ tasks }),
  });
}

/** A hash of Nx's form: a number of 19 or 20 digits. */
function hashOf(task: string, state: string): string {
  return BigInt(`0x${sha256(`${task} ${state}`).slice(0, 16)}`).toString();
}

function commitOf(name: string): string {
  return sha256(name).slice(0, 40);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
