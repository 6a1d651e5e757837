import { join } from 'node:path';
import { proxyDirectory, readRecord, recordPath, type ProxyRecord } from '../proxy/proxy-record.js';
import type { ProxyStart } from '../proxy/proxy.js';
import { askProxy } from './ask-proxy.js';

/** How long a proxy may take to come up. */
const START_MS = 10_000;
/** How long one that was found may take to answer. */
const ANSWER_MS = 1000;

/** What a run begins with: its process, where that is known, and its commit. */
export interface RunFacts {
  readonly pid?: number;
  readonly commit?: string;
}

/**
 * Finds the proxy of the key, or starts one, and begins a run with it.
 *
 * @returns the proxy, or a message that says why there is none
 */
export async function findProxy(
  start: ProxyStart,
  facts: { readonly environment: NodeJS.ProcessEnv; readonly run: string; readonly runFacts: RunFacts },
): Promise<{ readonly record: ProxyRecord } | { readonly problems: readonly string[] }> {
  const { environment, run, runFacts } = facts;
  const found = readRecord(pathOf(start, environment));
  if (found !== undefined && (await begins(found, run, runFacts))) return { record: found };
  const started = await spawnProxy(start, environment);
  if ('problems' in started) return started;
  if (await begins(started.record, run, runFacts)) return started;
  return { problems: ['it does not respond'] };
}

/** The proxy of the key as it is written down, whether or not it answers. */
export function knownProxy(start: ProxyStart, environment: NodeJS.ProcessEnv): ProxyRecord | undefined {
  return readRecord(pathOf(start, environment));
}

function pathOf({ options, workspace, key }: ProxyStart, environment: NodeJS.ProcessEnv): string {
  const directory =
    typeof options === 'object' && options !== null && 'directory' in options ? options.directory : undefined;
  return recordPath(proxyDirectory(environment, typeof directory === 'string' ? directory : undefined, workspace), key);
}

async function begins(record: ProxyRecord, run: string, facts: RunFacts): Promise<boolean> {
  return (
    (await askProxy(record, { method: 'POST', path: `/runs/${run}`, body: facts, timeoutMs: ANSWER_MS })) !== undefined
  );
}

/** A process of its own, that no signal to the terminal reaches and that the run does not wait for. */
async function spawnProxy(
  start: ProxyStart,
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly record: ProxyRecord } | { readonly problems: readonly string[] }> {
  const { spawn } = await import('node:child_process');
  const env = { ...environment, NODE_OPTIONS: nodeOptions(environment.NODE_OPTIONS) };
  const child = spawn(process.execPath, [PROGRAM], {
    cwd: '/',
    env,
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  });
  try {
    return await new Promise((resolve) => {
      let text = '';
      const fail = (problem: string): void => {
        resolve({ problems: [problem] });
      };
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        fail(`it did not start within ${START_MS / 1000} seconds`);
      }, START_MS);
      child.once('error', (error) => {
        clearTimeout(timer);
        fail(error.message);
      });
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        fail(`it exited at once (${signal ?? code ?? 'for an unknown reason'})`);
      });
      child.stdin.on('error', () => undefined).end(JSON.stringify(start));
      child.stdout.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
        if (!text.includes('\n')) return;
        clearTimeout(timer);
        resolve(JSON.parse(text) as { readonly record: ProxyRecord } | { readonly problems: readonly string[] });
      });
    });
  } finally {
    child.stdout.destroy();
    child.removeAllListeners();
    child.on('error', () => undefined);
    child.unref();
  }
}

/** The program of the proxy, which is beside this one in the package. */
const PROGRAM = join(__dirname, '..', '..', 'bin', 'wheelhouse-cache-proxy.js');

/** The options of Node that decide which certificates it trusts; a debugger or a loader does not concern the proxy. */
function nodeOptions(text = ''): string {
  return text
    .split(/\s+/)
    .filter((option) => /^--(?:use-(?:system|openssl|bundled)-ca|tls-)/.test(option))
    .join(' ');
}
