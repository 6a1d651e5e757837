import { execFile } from 'node:child_process';
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ElementError, type SourceStore } from '@wheelhouse/element';
import { errnoOf } from '@wheelhouse/element/internal';

const run = promisify(execFile);

/** apt's own client: it has apt's proxies, credentials and certificates. */
const APT_HELPER = '/usr/lib/apt/apt-helper';

/** A place that packages are downloaded from. */
export interface Mirror {
  /** Without a slash at the end. */
  readonly url: string;
  /** A file by its path relative to the mirror. @throws ElementError SOURCE */
  get(path: string): AsyncIterable<Uint8Array>;
}

/** What mirrors are found and read with. */
export interface MirrorAccess {
  /** The URL of the mirror of all suites; default: what this machine's apt has for a suite. */
  readonly mirror?: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  readonly scratch: SourceStore['scratch'];
  readonly signal?: AbortSignal | undefined;
}

/** Finds the mirror of a suite. @throws ElementError SOURCE if none is set, and apt knows none */
export async function mirrorOf(suite: string, access: MirrorAccess): Promise<Mirror> {
  if (access.mirror !== undefined) return directMirror(access.mirror.replace(/\/+$/, ''), access.signal);
  const url = (await aptMirrors(access.environment)).get(suite);
  if (url !== undefined) return aptMirror(url, access);
  throw new ElementError({
    code: 'SOURCE',
    message: `no mirror is set for the suite \`${suite}\`, and apt of this machine has none`,
    hint: 'set the option `mirror` of `debian`',
  });
}

/** The mirrors of apt's sources, by suite. */
async function aptMirrors(environment: NodeJS.ProcessEnv): Promise<ReadonlyMap<string, string>> {
  if (!existsSync(APT_HELPER)) return new Map();
  const format = ['indextargets', '--format', '$(RELEASE) $(REPO_URI)', 'Created-By: Packages'];
  const { stdout } = await run('apt-get', format, { env: environment });
  const found = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const [suite = '', url = ''] = line.split(' ');
    if (url !== '' && !found.has(suite)) found.set(suite, url.replace(/\/+$/, ''));
  }
  return found;
}

function directMirror(url: string, signal: AbortSignal | undefined): Mirror {
  return {
    url,
    async *get(path) {
      if (url.startsWith('file:')) {
        yield* fileOf(join(fileURLToPath(url), path), `${url}/${path}`);
        return;
      }
      const response = await fetch(`${url}/${path}`, { signal: signal ?? null }).catch((cause: unknown) => {
        signal?.throwIfAborted();
        const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
        throw failed(`${url}/${path}`, inner, cause);
      });
      if (!response.ok) throw failed(`${url}/${path}`, `it was answered with ${response.status}`);
      if (response.body !== null) yield* response.body as unknown as AsyncIterable<Uint8Array>;
    },
  };
}

async function* fileOf(path: string, label: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path) as AsyncIterable<Uint8Array>;
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') throw failed(label, 'it does not exist', cause);
    throw cause;
  }
}

function aptMirror(url: string, { environment, scratch, signal }: MirrorAccess): Mirror {
  return {
    url,
    async *get(path) {
      const temporary = await scratch.directory();
      try {
        const file = join(temporary.path, 'file');
        await run(APT_HELPER, ['download-file', `${url}/${path}`, file], { env: environment, signal }).catch(
          (cause: unknown) => {
            signal?.throwIfAborted();
            const { stderr = String(cause) } = cause as { stderr?: string };
            throw failed(`${url}/${path}`, stderr.trim(), cause);
          },
        );
        yield* createReadStream(file) as AsyncIterable<Uint8Array>;
      } finally {
        await temporary.dispose();
      }
    },
  };
}

function failed(url: string, reason: string, cause?: unknown): ElementError {
  return new ElementError({ code: 'SOURCE', message: `cannot download ${url}: ${reason}`, cause });
}
