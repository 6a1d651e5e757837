import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, parseArguments, usage, type Command } from '@wheelhouse/element/program';
import { formatSize } from '../../config/quantity.js';
import { askProxy } from '../../plugin/ask-proxy.js';
import { proxyDirectory, readRecord, type ProxyRecord } from '../../proxy/proxy-record.js';

const ANSWER_MS = 5000;

/** `wheelhouse-cache proxy` */
export const proxy: Command = {
  summary: 'show or stop the loopback proxies of this machine',
  help: `wheelhouse-cache proxy status|stop [--directory DIR]

  status    prints a line for each proxy: its process, its shared cache, pending uploads and problems
  stop      stops them; pending uploads are left to the next one

  --directory DIR    where the proxies keep their data, if the plugin's options set it; default: nx-cache in
                     $WHEELHOUSE_CACHE_DIR, or in ~/.cache/wheelhouse

The Nx plugin starts a proxy on the first run that needs one, and an idle proxy exits by itself after a while.
A run of Nx that is in progress fails if its proxy is stopped.
`,
  run: async (argv, { cwd, environment, output }) => {
    const { values, positionals } = parseArguments('wheelhouse-cache proxy', {
      args: [...argv],
      options: { directory: { type: 'string' } },
      allowPositionals: true,
    });
    const [action, ...more] = positionals;
    if ((action !== 'status' && action !== 'stop') || more.length > 0) {
      throw usage('wheelhouse-cache proxy', `\`${positionals.join(' ')}\` is neither \`status\` nor \`stop\``);
    }
    const directory = proxyDirectory(environment, values.directory, cwd);
    const records = recordsIn(join(directory, 'proxies'));
    if (records.length === 0) output.write(`no proxy is running in ${directory}\n`);
    for (const record of records) {
      const line = action === 'status' ? await statusOf(record) : await stopped(record);
      output.write(`${record.pid}  ${line ?? 'does not respond; the next run of Nx starts a new one'}\n`);
    }
    return EXIT.done;
  },
};

function recordsIn(directory: string): ProxyRecord[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => readRecord(join(directory, name)) ?? []);
}

async function statusOf(record: ProxyRecord): Promise<string | undefined> {
  const status = await askProxy(record, { method: 'GET', path: '/status', timeoutMs: ANSWER_MS });
  if (status === undefined) return undefined;
  const { upstream, activeRuns, pendingUploads, readOnly, downloads, uploads, memoryBytes } = status;
  return [
    `shared cache: ${String(upstream)}${readOnly === true ? ' (read only)' : ''}`,
    `runs: ${String(activeRuns)}`,
    `pending uploads: ${String(pendingUploads)}`,
    `downloads: ${String(downloads)}`,
    `uploads: ${String(uploads)}`,
    `memory: ${formatSize(Number(memoryBytes))}`,
  ].join(', ');
}

async function stopped(record: ProxyRecord): Promise<string | undefined> {
  const answer = await askProxy(record, { method: 'POST', path: '/stop', timeoutMs: ANSWER_MS });
  return answer === undefined ? undefined : 'is ended';
}
