import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DiskBody } from '../store/disk-body.js';
import { isCommitId, isEntryHash, type Commit } from '../store/entry.js';
import { StoreFailure } from '../store/store-failure.js';
import type { Principal } from '../tiers/principal.js';
import { formatTier } from '../tiers/tier.js';
import { admitFault, say } from './answers.js';
import { bearerToken } from './authentication.js';
import type { ServerOptions } from './server-options.js';
import { report } from './report.js';
import { RequestPacing } from './request-pacing.js';
import { watchPace } from './slow-peer.js';

const PATH = '/v1/cache/:hash';

type CacheRequest = FastifyRequest<{ Params: { hash: string } }>;

/**
 * `GET` and `PUT /v1/cache/{hash}` as Nx's OpenAPI document has them ("Build your own caching server", Nx 20.8 and
 * later): 200, 401, 403, 404 and 409. Beyond it are only answers to what Nx never sends: 400 to a hash that cannot be
 * one, 411 to a PUT without Content-Length, 415 to one with another type or an encoding.
 */
export function addCacheRoutes(app: FastifyInstance, options: ServerOptions): void {
  const asked: Asked = { options, pacing: new RequestPacing(app.server) };
  const route = (work: (request: CacheRequest, reply: FastifyReply, asked: Asked) => Promise<void>) => {
    return async (request: CacheRequest, reply: FastifyReply): Promise<FastifyReply> => {
      try {
        await asked.pacing.connectionsAccepted();
        await work(request, reply, asked);
      } catch (error) {
        request.log.error({ err: error }, 'the store failed');
        admitFault(reply, 'store');
      } finally {
        report(request, options);
      }
      return reply;
    };
  };
  app.get(PATH, route(get));
  app.put(PATH, route(put));
}

/** What a request is dealt with by. */
interface Asked {
  readonly options: ServerOptions;
  readonly pacing: RequestPacing;
}

async function get(request: CacheRequest, reply: FastifyReply, asked: Asked): Promise<void> {
  const principal = await authenticate(request, reply, asked.options);
  if (principal === undefined || !hasHash(request, reply)) return;
  await download(request, reply, { ...asked, principal });
}

async function put(request: CacheRequest, reply: FastifyReply, asked: Asked): Promise<void> {
  const principal = await authenticate(request, reply, asked.options);
  if (principal === undefined || !hasHash(request, reply)) return;
  const known = { ...asked, principal };
  if (await isWelcome(request, reply, known)) await upload(request, reply, known);
}

/** The client; `undefined` if the request has already been answered. */
async function authenticate(
  request: CacheRequest,
  reply: FastifyReply,
  { identify, limits }: ServerOptions,
): Promise<Principal | undefined> {
  const token = bearerToken(request.raw);
  let principal: Principal | undefined;
  try {
    principal = token === undefined ? undefined : await identify(token);
  } catch (error) {
    request.log.error({ err: error }, 'the client cannot be identified');
    admitFault(reply, 'identity');
    return undefined;
  }
  if (principal !== undefined) {
    request.exchange.principal = principal;
    request.exchange.unwantedBytes = limits.maxEntryBytes;
    return principal;
  }
  request.exchange.outcome = 'unauthenticated';
  reply.header('www-authenticate', 'Bearer');
  const words =
    token === undefined
      ? 'This cache requires a token: set NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN.'
      : 'The token in NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN is not valid: it is wrong, revoked or expired.';
  say(reply, 401, words);
  return undefined;
}

function hasHash(request: CacheRequest, reply: FastifyReply): boolean {
  const { hash } = request.params;
  if (isEntryHash(hash)) {
    request.exchange.hash = hash;
    return true;
  }
  request.exchange.outcome = 'refused';
  say(reply, 400, 'A hash has 1 to 128 letters, digits, `_` and `-`.');
  return false;
}

interface Known extends Asked {
  readonly principal: Principal;
}

async function download(
  request: CacheRequest,
  reply: FastifyReply,
  { principal, options, pacing }: Known,
): Promise<void> {
  const { exchange } = request;
  const hit = await options.cache.find(principal, request.params.hash);
  await pacing.iterationEnd();
  if (hit === undefined) {
    exchange.outcome = 'miss';
    say(reply, 404, 'No such entry.');
    return;
  }
  const { record, body } = hit;
  exchange.entry = record.name;
  exchange.sizeBytes = record.digest.sizeBytes;
  reply.hijack();
  reply.raw.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': record.digest.sizeBytes,
    // RFC 9530: a proxy between Nx and this server can check that it received exactly these bytes.
    'repr-digest': `sha-256=:${Buffer.from(record.digest.hash, 'hex').toString('base64')}:`,
  });
  const stopWatching = watchPace(request.raw.socket, options.limits.pace);
  try {
    if (body instanceof DiskBody) await body.sendTo(reply.raw);
    else await pipeline(body, reply.raw);
    exchange.outcome = 'hit';
  } catch (error) {
    // The head is sent, so that all there is left to do is to break off: the client must not take this for a whole body.
    exchange.outcome = isDisconnect(error) ? 'aborted' : 'fault';
    if (exchange.outcome === 'fault') request.log.error({ err: error }, 'an entry could not be read to its end');
    request.raw.socket.destroy();
  } finally {
    stopWatching();
  }
}

/** Whether the body is worth receiving; if it is not, that has been answered. */
async function isWelcome(request: CacheRequest, reply: FastifyReply, { principal, options }: Known): Promise<boolean> {
  const { exchange } = request;
  const refuse = (status: number, words: string): false => {
    exchange.outcome = 'refused';
    say(reply, status, words);
    return false;
  };
  const length = request.headers['content-length'];
  if (length === undefined) return refuse(411, 'An upload must have a Content-Length.');
  const type = request.headers['content-type'] ?? 'application/octet-stream';
  if (!/^application\/octet-stream *(;|$)/i.test(type))
    return refuse(415, 'An upload must be application/octet-stream.');
  if (request.headers['content-encoding'] !== undefined)
    return refuse(415, 'An upload must not have a Content-Encoding.');

  exchange.sizeBytes = Number(length);
  const { maxEntryBytes } = options.limits;
  if (exchange.sizeBytes > maxEntryBytes) {
    exchange.outcome = 'too-large';
    say(
      reply.header('wheelhouse-refusal', 'too-large'),
      403,
      `The upload has ${length} bytes; this cache accepts up to ${maxEntryBytes}.`,
    );
    return false;
  }
  const writability = await options.cache.writability(principal, request.params.hash);
  if (writability === 'writable') return true;
  answerUnwritten(reply, writability, principal);
  return false;
}

async function upload(
  request: CacheRequest,
  reply: FastifyReply,
  { principal, options, pacing }: Known,
): Promise<void> {
  const { exchange } = request;
  const stopWatching = watchPace(request.raw.socket, options.limits.pace);
  try {
    // Most small bodies come together with their heads.
    await pacing.iterationEnd();
    const body = await options.spool.receive(piecesOf(request.raw), exchange.sizeBytes ?? 0).finally(stopWatching);
    try {
      const commit = commitOf(request, principal);
      const outcome = await options.cache.add(principal, request.params.hash, { body, commit });
      await pacing.iterationEnd();
      if (outcome === 'stored') {
        exchange.outcome = 'stored';
        say(reply, 200, 'The entry has been stored.');
      } else {
        answerUnwritten(reply, outcome, principal);
      }
    } finally {
      await body.dispose();
    }
  } catch (error) {
    if (request.raw.socket.destroyed || isDisconnect(error)) {
      exchange.outcome = 'aborted';
      reply.hijack();
      return;
    }
    if (!(error instanceof StoreFailure) || error.reason !== 'room') throw error;
    request.log.warn({ err: error }, 'there is no room for an entry');
    exchange.outcome = 'too-large';
    reply.header('wheelhouse-fault', 'store');
    say(reply, 403, 'This cache has no room for the entry.');
  }
}

/** The pieces of a body. One that has wholly come is taken as it is: an iterator of a stream costs more than such a body. */
function piecesOf(raw: IncomingMessage): AsyncIterable<Uint8Array> {
  if (!raw.complete || raw.destroyed || raw.readableLength === 0) {
    return raw.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  }
  return only(raw.read() as Uint8Array);
}

// eslint-disable-next-line @typescript-eslint/require-await -- pieces are waited for, this one is there
async function* only(piece: Uint8Array): AsyncGenerator<Uint8Array> {
  yield piece;
}

function answerUnwritten(reply: FastifyReply, why: 'forbidden' | 'read-only' | 'present', { tier }: Principal): void {
  reply.request.exchange.outcome = why === 'read-only' ? 'forbidden' : why;
  if (why === 'read-only') say(reply, 403, 'This cache is read-only.');
  else if (why === 'present') say(reply, 409, 'The entry already exists and is kept.');
  else say(reply, 403, `The token is of the tier \`${formatTier(tier)}\`, which may not write.`);
}

/** The commit by the OIDC token, else the one the writer names in a header of its own. */
function commitOf(request: CacheRequest, { commit }: Principal): Commit | undefined {
  if (commit !== undefined) return { id: commit, vouchedBy: 'issuer' };
  const named = request.headers['wheelhouse-commit'];
  return typeof named === 'string' && isCommitId(named) ? { id: named, vouchedBy: 'writer' } : undefined;
}

const DISCONNECTS = ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ECONNABORTED', 'ETIMEDOUT'];

function isDisconnect(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && DISCONNECTS.includes(String(error.code));
}
