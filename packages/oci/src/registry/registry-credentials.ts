import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { errnoOf } from '@wheelhouse/element/internal';

/** Who a registry is told its client is. */
export interface RegistryCredentials {
  readonly user: string;
  readonly password: string;
}

/** Docker's config.json, as far as it is about registries. */
interface DockerConfig {
  readonly auths?: Readonly<Record<string, { readonly auth?: string }>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

/** What credentials for Docker Hub are kept under. */
const HUB = { host: 'registry-1.docker.io', key: 'https://index.docker.io/v1/' };

/**
 * What `docker login` has kept for a registry, in config.json of DOCKER_CONFIG or of ~/.docker, or by the program that
 * it names (docker-credential-helpers).
 *
 * @returns `undefined` if there is nothing @throws ElementError IMAGE if config.json cannot be read
 */
export async function registryCredentials(
  host: string,
  environment: NodeJS.ProcessEnv,
): Promise<RegistryCredentials | undefined> {
  const directory =
    environment.DOCKER_CONFIG ?? (environment.HOME === undefined ? '' : join(environment.HOME, '.docker'));
  const config = directory === '' ? undefined : readConfig(join(directory, 'config.json'));
  if (config === undefined) return undefined;
  const key = host === HUB.host ? HUB.key : host;
  const helper = config.credHelpers?.[key] ?? config.credsStore;
  const stored = config.auths?.[key]?.auth ?? config.auths?.[`https://${key}`]?.auth;
  if (stored !== undefined && stored !== '') {
    const [user = '', ...password] = Buffer.from(stored, 'base64').toString('utf8').split(':');
    return { user, password: password.join(':') };
  }
  return helper === undefined ? undefined : await askHelper(helper, key, environment);
}

function readConfig(path: string): DockerConfig | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as DockerConfig;
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return undefined;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ElementError({ code: 'IMAGE', message: `cannot read \`${path}\`: ${reason}`, cause });
  }
}

/** A program that knows nothing of a registry fails; the registry is then asked without credentials. */
async function askHelper(
  name: string,
  key: string,
  environment: NodeJS.ProcessEnv,
): Promise<RegistryCredentials | undefined> {
  const answer = await new Promise<string>((resolve) => {
    const child = execFile(`docker-credential-${name}`, ['get'], { env: environment }, (error, stdout) => {
      resolve(error === null ? stdout : '');
    });
    child.stdin?.on('error', () => undefined).end(key);
  });
  if (answer === '') return undefined;
  const { Username: user = '', Secret: password = '' } = JSON.parse(answer) as { Username?: string; Secret?: string };
  return { user, password };
}
