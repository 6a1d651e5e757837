import { createHash } from 'node:crypto';
import type { ProxyStart } from '../proxy/proxy.js';
import { askProxy } from './ask-proxy.js';
import { findProxy, knownProxy } from './find-proxy.js';
import { newestNxProcess } from './nx-process.js';
import { givenBy, pointAt, pointNowhere, proxyKey } from './proxy-key.js';
import { warn } from './warn.js';

/** What Nx tells a hook of a run; by its own types, these are `PreTasksExecutionContext` and `PostTasksExecutionContext`. */
export interface RunContext {
  /** The same for all hooks of a run. */
  readonly id: string;
  /** Absolute path. */
  readonly workspaceRoot: string;
}

/** What became of a task. */
export interface FinishedTask {
  readonly status: string;
  readonly task: {
    readonly hash?: string;
    readonly target: { readonly project: string; readonly target: string; readonly configuration?: string };
    /** Milliseconds since 1970. */
    readonly startTime?: number;
    readonly endTime?: number;
  };
}

/** How long the end of a run waits for its uploads, unless an option says so. */
const FLUSH_ON_CI_MS = 60_000;
const FLUSH_MS = 150;

/** Starts the proxy, or finds it, and points Nx at it. Nothing that goes wrong here ends a run. */
export async function preTasksExecution(options: unknown, { id, workspaceRoot }: RunContext): Promise<void> {
  const { env } = process;
  try {
    const start = startOf(options, env, workspaceRoot);
    const commit = env.GITHUB_SHA ?? env.CI_COMMIT_SHA;
    const pid = isInDaemon(env) ? undefined : runnerOf();
    const runFacts = { ...(pid === undefined ? {} : { pid }), ...(commit === undefined ? {} : { commit }) };
    const run = runName(id);
    const found = await findProxy(start, { environment: env, run, runFacts });
    if ('record' in found) {
      pointAt(env, { url: `${found.record.url}/runs/${run}`, secret: found.record.secret });
      return;
    }
    pointNowhere(env);
    warn(
      `The cache proxy could not be started: ${found.problems.join('; ')}. The run continues without a remote cache.`,
      pid ?? newestNxProcess(workspaceRoot),
    );
  } catch (error) {
    pointNowhere(env);
    warn(
      `The cache proxy could not be started: ${String(error)}. The run continues without a remote cache.`,
      isInDaemon(env) ? newestNxProcess(workspaceRoot) : undefined,
    );
  }
}

/** Tells the proxy what was executed, and the user about problems with the shared cache, if there were any. */
export async function postTasksExecution(
  options: unknown,
  { id, workspaceRoot, taskResults }: RunContext & { readonly taskResults: Readonly<Record<string, FinishedTask>> },
): Promise<void> {
  const { env } = process;
  try {
    const record = knownProxy(startOf(options, env, workspaceRoot), env);
    if (record === undefined) return;
    const tasks = Object.values(taskResults).flatMap(({ task, status }) => {
      const { startTime: begin, endTime: end } = task;
      if (status !== 'success' || task.hash === undefined || begin === undefined || end === undefined) return [];
      const { project, target, configuration } = task.target;
      const name = configuration === undefined ? target : `${target}:${configuration}`;
      return [{ hash: task.hash, project, target: name, durationMs: Math.max(0, Math.round(end - begin)) }];
    });
    const waitMs = flushOf(options, env);
    const answer = await askProxy(record, {
      method: 'POST',
      path: `/runs/${runName(id)}/end`,
      body: { tasks, waitMs },
      timeoutMs: waitMs + 5000,
    });
    if (typeof answer?.warning !== 'string') return;
    warn(
      answer.warning,
      isInDaemon(env) ? (typeof answer.pid === 'number' ? answer.pid : newestNxProcess(workspaceRoot)) : undefined,
    );
  } catch (error) {
    warn(`The cache proxy did not report its results: ${String(error)}`);
  }
}

function startOf(options: unknown, env: NodeJS.ProcessEnv, workspace: string): ProxyStart {
  const tokenVariable = optionOf(options, 'tokenVariable');
  const given = givenBy(env, tokenVariable);
  return { key: proxyKey(env, { options, given, workspace }), options, ...given, workspace };
}

/** One name for both hooks, even if they run in different processes. */
function runName(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 24);
}

function flushOf(options: unknown, env: NodeJS.ProcessEnv): number {
  const text = optionOf(options, 'flush');
  if (text === '0') return 0;
  const [, digits, unit = ''] = /^(\d{1,9}) ?(ms|s|m|h)$/.exec(text ?? '') ?? [];
  const ms = Number(digits) * ({ ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit] ?? Number.NaN);
  if (Number.isFinite(ms)) return ms;
  return env.CI === undefined || env.CI === '' || env.CI === 'false' ? FLUSH_MS : FLUSH_ON_CI_MS;
}

function optionOf(options: unknown, name: string): string | undefined {
  const value =
    typeof options === 'object' && options !== null ? (options as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Whether these hooks run in Nx's daemon, or in a process of it. */
function isInDaemon(env: NodeJS.ProcessEnv): boolean {
  return env.NX_DAEMON_PROCESS === 'true' || 'NX_DAEMON' in globalThis;
}

/** The process that runs the tasks: this one, or the one that started this for the plugin. */
function runnerOf(): number {
  return 'NX_PLUGIN_WORKER' in globalThis ? process.ppid : process.pid;
}
