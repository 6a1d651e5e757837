import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf, Interruption, listenForInterruption, type Interruptible } from '@wheelhouse/element/internal';
import { EXIT, type Command } from '@wheelhouse/element/program';
import type { Settings } from '../../config/settings.js';
import { cacheError } from '../../errors.js';
import { Ledger } from '../../ledger/ledger.js';
import { CacheServer } from '../../server/cache-server.js';
import { Metrics } from '../../server/metrics.js';
import { TieredCache } from '../../tiers/tiered-cache.js';
import { serverProblems, bucketProblems } from '../problems.js';
import { SETTINGS_HELP, settingsOf } from '../settings-options.js';
import { openIdentity } from '../identity.js';
import { openStores } from '../stores.js';

const PACE_WINDOW_MS = 30_000;
/** Timers of Node that are longer fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Between questions to a bucket whether it can be used. */
const ASK_EVERY_MS = 5000;

const help = `wheelhouse-cache serve [OPTION]...

Serves the cache until SIGINT or SIGTERM, then finishes the requests in progress. Logs to standard output, one line of
JSON per request. Point Nx at it with NX_SELF_HOSTED_REMOTE_CACHE_SERVER and NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN.

${SETTINGS_HELP}`;

/** `wheelhouse-cache serve`: what a server is made of is put together here. */
export const serve: Command = {
  summary: 'serve the cache',
  help,
  run: async (argv, context) => {
    const settings = settingsOf('wheelhouse-cache serve', argv, { context, required: ['data', 'tokens'] });
    const metrics = new Metrics();
    const say = (level: 'info' | 'warn' | 'error', message: object): void => {
      if (settings.logLevel !== 'silent')
        context.output.write(`${JSON.stringify({ level, time: Date.now(), ...message })}\n`);
    };
    const { identify, guard } = await openIdentity(settings, (reason, issuer) => {
      if (settings.logLevel !== 'warn' && settings.logLevel !== 'error') {
        say('info', { msg: 'an OpenID Connect token was refused', issuer, reason });
      }
    });
    // Problems of the tokens are reported before the first request.
    guard?.refresh();
    const { store, kept, collected, disk, spool, bucket } = await openStores(settings, {
      onCollection: (collection) => {
        metrics.countCollection(collection);
      },
      onNearFault: (error) => {
        say('warn', { msg: 'the disk in front of the bucket failed', error: String(error) });
      },
    });
    const askBucket = bucketProblems(bucket, ASK_EVERY_MS);
    const tls = tlsOf(settings);
    const ledger = await Ledger.open({
      directory: join(settings.data ?? '', 'ledger'),
      now: Date.now,
      onFault: (error) => {
        say('warn', { msg: 'the figures of the overview cannot be saved', error: String(error) });
      },
    });
    const server = await listen(settings, {
      cache: new TieredCache(store, Date.now),
      spool,
      identify,
      problems: async () => [...(await serverProblems(disk, guard, settings.maxEntry)), ...(await askBucket())],
      limits: {
        maxEntryBytes: settings.maxEntry,
        pace: { windowMs: PACE_WINDOW_MS, minBytes: settings.minRate * (PACE_WINDOW_MS / 1000) },
        headTimeoutMs: settings.headTimeout,
        transferTimeoutMs: settings.transferTimeout,
        idleTimeoutMs: settings.idleTimeout,
        maxConnections: settings.maxConnections,
      },
      metrics,
      ledger,
      survey: () => kept.surveyEntries(),
      logLevel: settings.logLevel,
      log: context.output,
      ...(tls === undefined ? {} : { tls }),
    });
    const collect = (): void => {
      for (const each of collected) {
        const where = each === disk ? 'disk' : 'bucket';
        each.collect().then(
          ({ entries, bytes, removed }) => {
            say('info', { msg: 'collected', where, entries, bytes, removed });
          },
          (error: unknown) => {
            say('error', { msg: 'garbage collection failed', where, error: String(error) });
          },
        );
      }
    };
    say('info', { msg: 'serving', url: server.url });
    if (settings.collectEvery !== undefined) collect();
    const timer =
      settings.collectEvery === undefined
        ? undefined
        : setInterval(collect, Math.min(settings.collectEvery, LONGEST_TIMER_MS));
    const interruptible = listenForInterruption(context.process);
    try {
      const signal = await signalled(interruptible);
      clearInterval(timer);
      say('info', { msg: 'ending', signal });
      await server.stop(settings.shutdownTimeout);
    } finally {
      interruptible.dispose();
    }
    bucket?.close();
    return EXIT.done;
  },
};

async function listen(settings: Settings, options: Parameters<typeof CacheServer.start>[0]): Promise<CacheServer> {
  try {
    return await CacheServer.start(options, settings.listen);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    const { host, port } = settings.listen;
    throw cacheError(
      'CACHE_SETTINGS',
      `cannot listen on \`${host}:${port}\`: ${errno}`,
      'choose another address with `--listen HOST:PORT`',
      error,
    );
  }
}

function tlsOf({ tlsCertificate, tlsKey }: Settings): { certificate: string; key: string } | undefined {
  if (tlsCertificate === undefined || tlsKey === undefined) return undefined;
  const read = (name: string, path: string): string => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === undefined) throw error;
      throw cacheError('CACHE_SETTINGS', `cannot read \`${path}\`, the \`${name}\`: ${errno}`, undefined, error);
    }
  };
  return { certificate: read('tls-certificate', tlsCertificate), key: read('tls-key', tlsKey) };
}

/** @returns the signal that ends the service, once it arrives */
async function signalled({ signal }: Interruptible): Promise<string> {
  return await new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve(signal.reason instanceof Interruption ? signal.reason.signal : String(signal.reason));
    });
  });
}
