import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ProxyOptions, ProxyRecord } from '@wheelhouse/cache/internal';
import { askingProxy, type TestProxy } from './proxy.js';

const PROGRAM = join(__dirname, '..', '..', 'bin', 'wheelhouse-cache-proxy.js');

/** A proxy in a process of its own, made of the bundle as the plugin starts it. */
export interface ProxyProcess extends Omit<TestProxy, 'proxy'> {
  /** Ends it by SIGKILL. */
  kill(): Promise<void>;
}

/** @throws Error if it does not start */
export async function startProxyProcess(setting: {
  readonly directory: string;
  readonly options: ProxyOptions;
  readonly token?: string;
  readonly environment?: NodeJS.ProcessEnv;
}): Promise<ProxyProcess> {
  const { directory, options, token, environment = {} } = setting;
  const env = { PATH: process.env.PATH, HOME: directory, ...environment };
  const child: ChildProcess = spawn(process.execPath, [PROGRAM], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const start = { key: 'test', options: { ...options, directory }, token, workspace: directory };
  child.stdin!.end(JSON.stringify(start));
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  const started = JSON.parse(line) as { readonly record?: ProxyRecord; readonly problems?: readonly string[] };
  if (started.record === undefined) throw new Error(started.problems?.join('\n'));
  return {
    ...askingProxy(started.record),
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
