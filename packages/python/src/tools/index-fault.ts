import { ElementError, type Origin } from '@wheelhouse/element';
import { withoutCredentials } from './program.js';

/** Why a server does not give what it is asked for. */
export type FaultKind =
  /** 401 and 403. */
  | 'denied'
  /** Any other status but 404, which says that an index does not have a name. */
  | 'status'
  /** 200, with something that is not a page of an index (PEP 503, PEP 691), or not the file. */
  | 'page'
  | 'redirects'
  /** Plain HTTP, and not among the trusted hosts. */
  | 'insecure'
  | 'dns'
  | 'refused'
  | 'timeout'
  | 'tls'
  /** The proxy requires authentication, or cannot be used. */
  | 'proxy'
  | 'network'
  /** The network was switched off by a setting. */
  | 'offline';

/** A server that does not give what it is asked for. */
export interface IndexFault {
  readonly kind: FaultKind;
  /** An address, which may hold credentials; absent if it is not known. */
  readonly at?: string | undefined;
  /** The status, what the page is, or the system's message. */
  readonly said: string;
}

/** What was asked for, for messages. */
export interface FaultContext {
  /** `index` or `find-links`; an address of a file is called by itself. */
  readonly what: 'index' | 'file' | 'registry';
  /** What was asked for: names of distributions. */
  readonly names: readonly string[];
  readonly origin?: Origin | undefined;
  readonly detail?: string | undefined;
}

/** Names that a message shows. */
const SHOWN = 3;

/** The error that a fault is. What cannot be read never counts as empty: another index would be asked in its place. */
export function faultError(fault: IndexFault, { what, names, origin, detail }: FaultContext): ElementError {
  const at = fault.at === undefined ? undefined : withoutCredentials(fault.at);
  const it =
    at === undefined
      ? `${what === 'index' ? 'an' : 'a'} ${what}`
      : what === 'file'
        ? `\`${at}\``
        : `the ${what} \`${at}\``;
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  const asked = `\`${names.slice(0, SHOWN).join('`, `')}\`${more}`;
  const purpose = names.length === 0 || what === 'file' ? '' : `, asked for ${asked}`;
  const said = withoutCredentials(fault.said).trim();
  return new ElementError({
    code: 'FETCH',
    message: `${it} ${deed(fault.kind, said, at)}${purpose}`,
    origin,
    ...(detail === undefined || detail.trim() === '' ? {} : { detail: detail.trim() }),
    hint: `${faultHint(fault.kind)}${what === 'index' ? ELSEWHERE : ''}`,
  });
}

const ELSEWHERE = '; no other index is used instead, because the same name may be another distribution there';

function deed(kind: FaultKind, said: string, at: string | undefined): string {
  const known = at !== undefined && URL.canParse(at) ? `\`${new URL(at).host}\`` : undefined;
  const host = known ?? 'its host';
  const words = said === '' ? '' : ` (${said})`;
  switch (kind) {
    case 'denied':
    case 'status':
      return `answers \`${said}\``;
    case 'page':
      return `answers with ${said}`;
    case 'redirects':
      return 'redirects in a loop';
    case 'insecure':
      return 'is neither https nor a trusted host';
    case 'dns':
      return `cannot be reached: the name ${known ?? 'of its host'} cannot be resolved${words}`;
    case 'refused':
      return `cannot be reached: ${host} refused the connection`;
    case 'timeout':
      return `cannot be reached: ${host} timed out`;
    case 'tls':
      return `cannot be reached: the certificate of ${host} is not trusted${words}`;
    case 'proxy':
      return `cannot be reached: the proxy refused the request${words}`;
    case 'network':
      return `cannot be reached${words}`;
    case 'offline':
      return 'was not requested: the network is disabled';
    default: {
      const unknown: never = kind;
      throw new Error(`unknown fault: ${String(unknown)}`);
    }
  }
}

/** What to do about a fault. */
export function faultHint(kind: FaultKind): string {
  switch (kind) {
    case 'denied':
      return "credentials are read from the URL of the index, netrc, the keyring command (pip's `keyring-provider`), or uv's variables for an index";
    case 'status':
    case 'page':
    case 'redirects':
      return 'check its URL (`pip config list`, `[[tool.uv.index]]`) and whether it is up; only `404` means that an index does not have a name';
    case 'insecure':
      return "use an https URL, or add its host to pip's `trusted-host`";
    case 'dns':
    case 'refused':
    case 'network':
      return "check that this machine is online, and whether it needs a proxy (`HTTPS_PROXY`, or pip's `proxy`)";
    case 'timeout':
      return "check whether this machine needs a proxy (`HTTPS_PROXY`, or pip's `proxy`); increase pip's `timeout` for a slow server";
    case 'tls':
      return "set the variable `SSL_CERT_FILE` or pip's `cert` to the certificates of your organisation";
    case 'proxy':
      return "add the user name and password to the proxy's URL (`HTTPS_PROXY`, or pip's `proxy`), or exclude the host with `NO_PROXY`";
    case 'offline':
      return 'unset `UV_OFFLINE`';
    default: {
      const unknown: never = kind;
      throw new Error(`unknown fault: ${String(unknown)}`);
    }
  }
}

/** How uv, pip and git say each of them. The first that fits counts. */
const WORDS: readonly (readonly [FaultKind, RegExp])[] = [
  ['offline', /network was disabled|when the network is disabled|you're using offline mode/i],
  [
    'proxy',
    /407 Proxy Authentication Required|proxy authorization required|Cannot connect to proxy|unsuccessful tunnel|ProxyError|CONNECT tunnel failed[^\n]*/i,
  ],
  [
    'tls',
    /invalid peer certificate[^\n]*|CERTIFICATE_VERIFY_FAILED[^\n]*|SSL certificate problem[^\n]*|server certificate verification failed[^\n]*/i,
  ],
  [
    'dns',
    /failed to lookup address information[^\n]*|dns error|(?:Temporary failure in name resolution|Name or service not known|No address associated with hostname|Could not resolve host:|nodename nor servname)[^\n]*/i,
  ],
  ['refused', /Connection refused/i],
  ['timeout', /operation timed out|connect timeout|Read timed out|ConnectTimeoutError|Connection timed out/i],
  [
    'network',
    /Failed to connect to [^\n)]*|tcp connect error|Network is unreachable|No route to host|Connection reset by peer|end of file before message length reached|error reading a body from connection/i,
  ],
  ['denied', /\b(?:401 Unauthorized|403 Forbidden)\b|(?<=successful HTTP response from [^\n]*, got )40[13]/i],
  [
    'status',
    /(?<=HTTP status (?:client|server) error \()[^)]*(?=\))|(?<=successful HTTP response from [^\n]*, got )\d+/i,
  ],
];

/** The network or server error that a program's output describes. */
export function faultInWords(words: string): IndexFault | undefined {
  for (const [kind, pattern] of WORDS) {
    const found = pattern.exec(words)?.[0];
    if (found === undefined) continue;
    // cargo has the words in parentheses.
    const said = found.includes('(') ? found : found.replace(/\)+$/, '');
    const [, scheme, host, port] = /(HTTPS?)Connection(?:Pool)?\(host='([^']+)', port=(\d+)\)/.exec(words) ?? [];
    const pool = host === undefined ? undefined : `${(scheme ?? '').toLowerCase()}://${host}:${port ?? ''}`;
    const at =
      /(?:Failed to fetch: |failed to download from |HTTP response from |for url \(|URL: |fetching |index URL? ?\(|An index \()`?([a-z]+:\/\/[^\s`)'"]+)/i.exec(
        words,
      )?.[1];
    const place = at ?? pool;
    return { kind, said, ...(place === undefined ? {} : { at: place }) };
  }
  return undefined;
}
