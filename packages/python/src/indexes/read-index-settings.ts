import { ElementError } from '@wheelhouse/element';
import { readMachineSettings } from './machine-settings.js';
import { PipConfig } from '../tools/pip-config.js';
import { runProgram } from '../tools/program.js';
import type { Tools } from '../tools/ensure-tools.js';
import { readUvLayers } from './uv-layers.js';
import { withNamedCredentials, withUv } from './with-uv.js';
import type { IndexSettings, PinnedIndex } from './index-settings.js';

/**
 * The index settings of pip (its files and `PIP_` variables, for `pip install`), with those of the user's and the
 * system's uv.toml over them, and uv's variables over these: a user who sets `UV_DEFAULT_INDEX` means it for locks, and
 * locks and downloads use one set of indexes. What files of projects say is put over them by `withFileIndexes`.
 *
 * @param pins indexes of the workspace that names are pinned to
 * @throws ElementError TOOLS if pip cannot read its configuration, METADATA if a uv.toml cannot be read
 */
export async function readIndexSettings(
  tools: Pick<Tools, 'python'>,
  environment: NodeJS.ProcessEnv,
  pins: readonly PinnedIndex[] = [],
): Promise<IndexSettings> {
  const { code, stdout, output } = await runProgram(tools.python, ['-I', '-c', CONFIGURATION], { environment });
  const [, configured = '', usual] = /^(.*)index: (\S+)\n$/s.exec(stdout) ?? [];
  if (code !== 0 || usual === undefined) {
    throw new ElementError({ code: 'TOOLS', message: 'pip cannot read its configuration', detail: output });
  }
  const config = new PipConfig(configured);
  const [pip, uv] = [indexesOf(config), readUvLayers(environment)];
  const machine = readMachineSettings(config, environment);
  const settings = { ...withUv(pip, uv, environment), configured: { pip, uv, usual, machine } };
  if (settings.extraIndexUrls.length === 0 && pins.length === 0) return settings;
  // Where one of several indexes is chosen, each has to have an address.
  return withPins({ ...settings, indexUrl: settings.indexUrl ?? usual }, pins, environment);
}

/**
 * Prints what `pip config list` does, and pip's own index. The configuration of the site is that of the active virtual
 * environment, else of the Python that is installed; there is none in the environment of this package's tools.
 */
const CONFIGURATION = `import os, sys
sys.prefix = os.environ.get("VIRTUAL_ENV") or sys.base_prefix
from pip._internal.cli.main import main
from pip._internal.models.index import PyPI
code = main(["config", "list", "--disable-pip-version-check"])
print("index:", PyPI.simple_url)
sys.exit(code)`;

/**
 * Settings with indexes that names are pinned to. Their addresses get the credentials of uv's variables for an index of
 * that name, else those of a configured index on the same host; netrc and keyring are asked when they are needed.
 */
export function withPins(
  settings: IndexSettings,
  pins: readonly PinnedIndex[],
  environment: NodeJS.ProcessEnv,
): IndexSettings {
  if (pins.length === 0) return settings;
  const pinned = pins.map((pin) => {
    const url = new URL(withNamedCredentials(pin, environment));
    if (url.username !== '' || url.password !== '') return { ...pin, url: url.href };
    const configured = [settings.indexUrl ?? '', ...settings.extraIndexUrls]
      .flatMap((each) => (URL.canParse(each) ? [new URL(each)] : []))
      .find((each) => each.host === url.host && each.username !== '');
    url.username = configured?.username ?? '';
    url.password = configured?.password ?? '';
    return { ...pin, url: url.href };
  });
  return { ...settings, pinned };
}

/** The settings of indexes in what `pip config list` prints. */
export function parsePipConfig(text: string): IndexSettings {
  return indexesOf(new PipConfig(text));
}

function indexesOf(config: PipConfig): IndexSettings {
  const value = (key: string): string | undefined => config.find(key)?.value;
  const list = (key: string): string[] => (value(key) ?? '').split(/\s+/).filter((item) => item !== '');
  const timeout = Number(value('timeout') ?? value('default-timeout') ?? Number.NaN);
  const retries = Number(value('retries') ?? Number.NaN);
  return {
    ...optional('indexUrl', value('index-url')),
    extraIndexUrls: list('extra-index-url'),
    findLinks: list('find-links'),
    trustedHosts: list('trusted-host'),
    noIndex: ['1', 'true', 'yes', 'on', 't', 'y'].includes((value('no-index') ?? '').toLowerCase()),
    ...optional('cert', value('cert')),
    ...optional('clientCert', value('client-cert')),
    ...optional('proxy', value('proxy')),
    ...(Number.isNaN(timeout) ? {} : { timeout }),
    ...(Number.isInteger(retries) && retries >= 0 ? { retries } : {}),
    ...optional('keyringProvider', value('keyring-provider')),
  };
}

/** The environment in which uv uses exactly these settings. */
export function uvEnvironment(settings: IndexSettings, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(UV_|PIP_|PYTHON|VIRTUAL_ENV|CONDA_)/.test(name)),
  );
  const kept = [
    'UV_OFFLINE',
    'UV_NATIVE_TLS',
    'UV_SYSTEM_CERTS',
    'UV_CONCURRENT_DOWNLOADS',
    'UV_HTTP_TIMEOUT',
    'UV_HTTP_CONNECT_TIMEOUT',
    'UV_HTTP_RETRIES',
  ];
  const index = Object.entries(environment).filter(
    ([name]) => kept.includes(name) || /^UV_INDEX_.*_(USERNAME|PASSWORD)$/.test(name),
  );
  const set = (name: string, value: string | undefined): Record<string, string> =>
    value === undefined || value === '' ? {} : { [name]: value };
  return {
    ...own,
    ...set('UV_HTTP_TIMEOUT', settings.timeout === undefined ? undefined : String(Math.ceil(settings.timeout))),
    ...set('UV_HTTP_RETRIES', settings.retries?.toString()),
    ...Object.fromEntries(index),
    ...set('UV_DEFAULT_INDEX', settings.indexUrl),
    ...set('UV_INDEX', settings.extraIndexUrls.join(' ')),
    ...set('UV_FIND_LINKS', settings.findLinks.join(',')),
    ...set('UV_INSECURE_HOST', settings.trustedHosts.join(' ')),
    ...set('UV_NO_INDEX', settings.noIndex ? '1' : undefined),
    ...set('SSL_CERT_FILE', settings.cert),
    ...set('SSL_CLIENT_CERT', settings.clientCert),
    ...set('ALL_PROXY', settings.proxy),
    ...set(
      'UV_KEYRING_PROVIDER',
      settings.keyringProvider === undefined ? undefined : keyring(settings.keyringProvider),
    ),
  };
}

/** uv runs the keyring's program or leaves it alone. */
function keyring(provider: string): string {
  return provider === 'disabled' ? 'disabled' : 'subprocess';
}

function optional<K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: string };
}
