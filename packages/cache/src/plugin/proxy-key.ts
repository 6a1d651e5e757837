import { createHash } from 'node:crypto';
import { packageVersion } from '@wheelhouse/element/program';

/** What Nx reads to find its remote cache. */
export const SERVER_VARIABLE = 'NX_SELF_HOSTED_REMOTE_CACHE_SERVER';
export const TOKEN_VARIABLE = 'NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN';

/**
 * What these said before the plugin put the proxy in their place: a run of Nx inside of a task, and the next run of the
 * same daemon, find it here.
 */
const PROXY_VARIABLE = 'WHEELHOUSE_CACHE_PROXY';
const GIVEN_SERVER_VARIABLE = 'WHEELHOUSE_CACHE_UPSTREAM';
const GIVEN_TOKEN_VARIABLE = 'WHEELHOUSE_CACHE_UPSTREAM_TOKEN';

/** The shared cache as the user of Nx configured it. */
export interface Given {
  readonly upstream?: string;
  readonly token?: string;
}

/** @param tokenVariable the variable of the token, where the options name one */
export function givenBy(environment: NodeJS.ProcessEnv, tokenVariable: string | undefined): Given {
  const { [PROXY_VARIABLE]: proxy, [SERVER_VARIABLE]: server } = environment;
  const isOurs = proxy !== undefined && proxy !== '' && (server === proxy || server === '');
  const upstream = isOurs ? environment[GIVEN_SERVER_VARIABLE] : server;
  const inPlace = isOurs ? GIVEN_TOKEN_VARIABLE : TOKEN_VARIABLE;
  const token = environment[tokenVariable === undefined || tokenVariable === TOKEN_VARIABLE ? inPlace : tokenVariable];
  return {
    ...(upstream === undefined || upstream === '' ? {} : { upstream }),
    ...(token === undefined || token === '' ? {} : { token }),
  };
}

/** Points Nx at a proxy. Only by setting variables do the hooks of a plugin change Nx's environment. */
export function pointAt(
  environment: NodeJS.ProcessEnv,
  { url, secret }: { readonly url: string; readonly secret: string },
): void {
  keepGiven(environment);
  environment[PROXY_VARIABLE] = url;
  environment[SERVER_VARIABLE] = url;
  environment[TOKEN_VARIABLE] = secret;
}

/** Leaves Nx without a remote cache. */
export function pointNowhere(environment: NodeJS.ProcessEnv): void {
  keepGiven(environment);
  environment[PROXY_VARIABLE] = 'none';
  environment[SERVER_VARIABLE] = '';
}

function keepGiven(environment: NodeJS.ProcessEnv): void {
  const { upstream = '', token = '' } = givenBy(environment, undefined);
  environment[GIVEN_SERVER_VARIABLE] = upstream;
  environment[GIVEN_TOKEN_VARIABLE] = token;
}

/** Variables that decide how the shared cache is reached, or where the proxy keeps its data. */
const DECISIVE = [
  'NODE_EXTRA_CA_CERTS',
  'NODE_TLS_REJECT_UNAUTHORIZED',
  'HTTP_PROXY',
  'http_proxy',
  'HTTPS_PROXY',
  'https_proxy',
  'NO_PROXY',
  'no_proxy',
];

/** What a proxy is known by: another version, other options, another token, and it is another proxy. */
export function proxyKey(
  environment: NodeJS.ProcessEnv,
  facts: { readonly options: unknown; readonly given: Given; readonly workspace: string },
): string {
  const { options, given } = facts;
  const usesPaths = ['tokenFile', 'ca', 'directory'].some(
    (name) => typeof options === 'object' && options !== null && name in options,
  );
  const decisive = [
    packageVersion(__dirname),
    options ?? {},
    given,
    DECISIVE.map((name) => environment[name] ?? null),
    usesPaths ? facts.workspace : null,
  ];
  return createHash('sha256').update(JSON.stringify(decisive)).digest('hex').slice(0, 32);
}
