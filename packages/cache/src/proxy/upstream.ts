import { createReadStream, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { rootCertificates } from 'node:tls';
import { types } from 'node:util';
import { type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import type { Fault } from './fault.js';
import type { TokenSource } from './token-source.js';

/** What a shared cache is reached with. */
export interface UpstreamOptions {
  /** Without a slash at its end. */
  readonly address: string;
  readonly token: TokenSource;
  readonly headers: Readonly<Record<string, string>>;
  /** Certificates in PEM that are trusted beside Node's own and those of NODE_EXTRA_CA_CERTS. */
  readonly certificates: string | undefined;
  readonly extraCertificatesFile: string | undefined;
  /** Milliseconds until a download must be answered; its body may stand still for twice as long. */
  readonly timeoutMs: number;
}

/** What came of asking for an entry. */
export type Download =
  | {
      readonly kind: 'found';
      readonly body: Readable;
      /** As declared; `undefined` if it is not. */
      readonly sizeBytes: number | undefined;
      /** The body's digest by `Repr-Digest` (RFC 9530), in hexadecimal digits. */
      readonly sha256: string | undefined;
    }
  | { readonly kind: 'missing'; readonly fault?: Fault }
  | { readonly kind: 'fault'; readonly fault: Fault };

/**
 * What came of sending an entry: it is `stored`, or was `present`; the client may not write at all (`forbidden`); this
 * one is not taken (`refused`), and never will be; or there is a `fault`.
 */
export type Upload =
  | { readonly kind: 'stored' | 'present' }
  | { readonly kind: 'forbidden' | 'refused'; readonly words: string }
  | { readonly kind: 'fault'; readonly fault: Fault };

/** A file to be sent. */
export interface Sendable {
  readonly path: string;
  readonly sizeBytes: number;
  /** The commit it was built from, where that is known. */
  readonly commit?: string;
}

/** What was executed in a run, for the statistics of the shared cache. */
export interface ReportedTask {
  readonly hash: string;
  readonly project: string;
  readonly target: string;
  readonly durationMs: number;
}

const MAX_REDIRECTS = 3;
/** How long the response to an upload, which no run waits for, may take after the last byte was sent. */
const ANSWER_MS = 60_000;
/** How long a transfer may take, however steady it is. */
const TRANSFER_MS = 15 * 60_000;
const MAX_WORDS = 300;

/** The shared cache, over HTTP as Nx's OpenAPI document has it. It never throws: what goes wrong is a {@link Fault}. */
export class Upstream {
  private readonly dispatcher: Dispatcher;

  constructor(private readonly options: UpstreamOptions) {
    const { certificates, extraCertificatesFile, timeoutMs } = options;
    // A list of one's own takes the place of Node's, with NODE_EXTRA_CA_CERTS in it.
    const ca =
      certificates === undefined
        ? undefined
        : [...rootCertificates, ...readIfThere(extraCertificatesFile), certificates];
    const tls = ca === undefined ? {} : { ca };
    this.dispatcher = new EnvHttpProxyAgent({
      connect: { ...tls, timeout: timeoutMs },
      requestTls: tls,
      proxyTls: tls,
      connections: 32,
      bodyTimeout: 2 * timeoutMs,
    });
  }

  async download(hash: string): Promise<Download> {
    try {
      const answer = await this.ask(`/v1/cache/${hash}`, {
        method: 'GET',
        headers: { accept: 'application/octet-stream', 'accept-encoding': 'identity' },
        headersTimeout: this.options.timeoutMs,
      });
      const { statusCode, headers, body } = answer;
      if (statusCode === 200) {
        return { kind: 'found', body, sizeBytes: lengthOf(headers), sha256: sha256Of(headers) };
      }
      const words = await wordsOf(body);
      if (statusCode !== 404) return { kind: 'fault', fault: faultOf(answer, words) };
      const admitted = headers['wheelhouse-fault'];
      if (admitted === undefined) return { kind: 'missing' };
      return { kind: 'missing', fault: { reason: 'server', words: `reports an error (${said(words, 404)})` } };
    } catch (error) {
      return { kind: 'fault', fault: connectionFault(error) };
    }
  }

  async upload(hash: string, { path, sizeBytes, commit }: Sendable): Promise<Upload> {
    try {
      const answer = await this.ask(`/v1/cache/${hash}`, {
        method: 'PUT',
        headers: {
          'content-type': 'application/octet-stream',
          'content-length': String(sizeBytes),
          ...(commit === undefined ? {} : { 'wheelhouse-commit': commit }),
        },
        body: () => createReadStream(path, { highWaterMark: 256 * 1024 }),
        headersTimeout: ANSWER_MS,
      });
      const words = await wordsOf(answer.body);
      const { statusCode, headers } = answer;
      if (statusCode >= 200 && statusCode < 300) return { kind: 'stored' };
      if (statusCode === 409) return { kind: 'present' };
      if (statusCode === 403 && headers['wheelhouse-fault'] !== undefined) {
        return { kind: 'fault', fault: { reason: 'full', words: `has no room (${said(words, 403)})` } };
      }
      if (statusCode === 403) {
        // Of a cache of ours; another one does not tell a large entry from a token that may not write.
        const kind = headers['wheelhouse-refusal'] === 'too-large' ? 'refused' : 'forbidden';
        return { kind, words: said(words, 403) };
      }
      if ([400, 404, 405, 411, 413, 415, 422].includes(statusCode))
        return { kind: 'refused', words: said(words, statusCode) };
      return { kind: 'fault', fault: faultOf(answer, words) };
    } catch (error) {
      return { kind: 'fault', fault: connectionFault(error) };
    }
  }

  /** @returns whether such reports are wanted: `undefined` if that is not known */
  async report(tasks: readonly ReportedTask[]): Promise<boolean | undefined> {
    try {
      const { statusCode, body } = await this.ask('/v1/runs', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: () => JSON.stringify({ tasks }),
        headersTimeout: this.options.timeoutMs,
      });
      await body.dump();
      if (statusCode >= 200 && statusCode < 300) return true;
      return statusCode === 404 || statusCode === 403 ? false : undefined;
    } catch {
      return undefined;
    }
  }

  async close(): Promise<void> {
    await this.dispatcher.destroy();
  }

  /** Follows redirects, to other hosts without the token, and sends a body anew to each. */
  private async ask(path: string, { method, headers, body, headersTimeout }: Asked): Promise<Dispatcher.ResponseData> {
    const token = this.options.token.current();
    let url = new URL(this.options.address + path);
    const { host } = url;
    for (let hop = 0; ; hop++) {
      const own = { ...this.options.headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
      const answer = await request(url, {
        dispatcher: this.dispatcher,
        method,
        headers: { 'user-agent': 'wheelhouse-cache', ...headers, ...(url.host === host ? own : {}) },
        headersTimeout,
        signal: AbortSignal.timeout(TRANSFER_MS),
        ...(body === undefined ? {} : { body: body() }),
      });
      const { location } = answer.headers;
      if (![301, 302, 307, 308].includes(answer.statusCode) || typeof location !== 'string' || hop === MAX_REDIRECTS) {
        return answer;
      }
      await answer.body.dump();
      const next = new URL(location, url);
      if (!['http:', 'https:'].includes(next.protocol) || (url.protocol === 'https:' && next.protocol === 'http:')) {
        throw Object.assign(new Error('redirects to an unsafe address'), { code: 'REDIRECT' });
      }
      url = next;
    }
  }
}

interface Asked {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: () => Readable | string;
  readonly headersTimeout: number;
}

/** The fault in an answer that is neither an entry nor a miss. */
function faultOf({ statusCode, headers }: Dispatcher.ResponseData, words: string): Fault {
  if (statusCode === 401 || statusCode === 403) {
    return { reason: 'unauthorized', words: `does not accept the token (${said(words, statusCode)})` };
  }
  if (statusCode === 507) return { reason: 'full', words: `has no room (${said(words, statusCode)})` };
  const seconds = Number(headers['retry-after']);
  return {
    reason: 'server',
    words: `answered ${said(words, statusCode)}`,
    ...(Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: seconds * 1000 } : {}),
  };
}

/** What TLS says of a certificate whose authority is not known. */
const UNTRUSTED = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
];

/** What broke off a request, or a body that had begun. */
export function connectionFault(error: unknown): Fault {
  const code = codeOf(error);
  if (code === 'UND_ERR_BODY_TIMEOUT') return { reason: 'cut', words: 'stopped sending' };
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'TimeoutError') {
    return { reason: 'unreachable', words: 'did not answer in time' };
  }
  if (code !== undefined && UNTRUSTED.includes(code)) {
    return {
      reason: 'unreachable',
      words: `has an untrusted certificate (${code}; set the plugin's option \`ca\` to a file of certificate authorities)`,
    };
  }
  const message = types.isNativeError(error) ? error.message.split('\n')[0]?.slice(0, MAX_WORDS) : undefined;
  return { reason: 'unreachable', words: `cannot be reached (${code ?? message ?? 'unknown reason'})` };
}

function codeOf(error: unknown): string | undefined {
  for (let each = error; types.isNativeError(each); each = each.cause) {
    if ('code' in each && typeof each.code === 'string') return each.code;
    if (each.name === 'TimeoutError') return each.name;
    if (each instanceof AggregateError && each.errors.length > 0) return codeOf(each.errors[0]);
  }
  return undefined;
}

function said(words: string, statusCode: number): string {
  return words === '' ? String(statusCode) : `${statusCode}: ${words}`;
}

/** The beginning of a text for users, fit for a terminal. */
async function wordsOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  let text = '';
  try {
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      text += Buffer.from(piece).toString('utf8');
      if (text.length > MAX_WORDS) break;
    }
  } catch {
    // The status has said what there is to say.
  }
  const [line = ''] = text.trim().split('\n');
  return line.startsWith('<')
    ? ''
    : line
        // eslint-disable-next-line no-control-regex -- they are what must not get to a terminal
        .replace(/[\x00-\x1f\x7f-\x9f]/g, '?')
        .replace(/\.$/, '')
        .slice(0, MAX_WORDS);
}

function lengthOf(headers: Dispatcher.ResponseData['headers']): number | undefined {
  const text = headers['content-length'];
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function sha256Of(headers: Dispatcher.ResponseData['headers']): string | undefined {
  const text = headers['repr-digest'];
  const [, base64] = /(?:^|[,\s])sha-256=:([A-Za-z0-9+/]{43}=):/.exec(typeof text === 'string' ? text : '') ?? [];
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString('hex');
}

function readIfThere(file: string | undefined): string[] {
  if (file === undefined || file === '') return [];
  try {
    return [readFileSync(file, 'utf8')];
  } catch {
    // Node says so itself when it starts.
    return [];
  }
}
