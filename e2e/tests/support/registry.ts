import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort, untilItAnswers } from './service.js';

/** A package registry of a test's own: it holds what is published to it, and hands on requests for all else. */
export interface Registry {
  readonly url: string;
  /** The environment of a program that takes its packages from here, and publishes to here. */
  readonly environment: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

/**
 * Starts Verdaccio on a free port of the loopback interface.
 *
 * @param directory absolute path of a directory that is made for all it writes
 */
export async function startRegistry(directory: string): Promise<Registry> {
  const environment = plainEnvironment();
  const upstream = npmSetting('registry', environment);
  const ca = npmSetting('cafile', environment);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  mkdirSync(directory);
  const config = join(directory, 'config.yaml');
  // JSON is YAML.
  writeFileSync(
    config,
    JSON.stringify({
      storage: join(directory, 'storage'),
      auth: { htpasswd: { file: join(directory, 'htpasswd'), max_users: -1 } },
      // What others publish meanwhile does not matter to a test.
      uplinks: { upstream: { url: upstream, timeout: '60s', max_fails: 100, maxage: '2h' } },
      packages: {
        '@wheelhouse/*': { access: '$all', publish: '$all', unpublish: '$all' },
        '**': { access: '$all', proxy: 'upstream' },
      },
      log: { type: 'stdout', format: 'json', level: 'warn' },
    }),
  );
  const server = spawn(process.execPath, [verdaccio(), '--config', config, '--listen', `127.0.0.1:${port}`], {
    cwd: directory,
    // npm has a setting for what Node itself has a variable for.
    env: ca === undefined ? environment : { NODE_EXTRA_CA_CERTS: ca, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = join(directory, 'log');
  const output = createWriteStream(log);
  server.stdout.pipe(output, { end: false });
  server.stderr.pipe(output, { end: false });
  try {
    await untilItAnswers(`${url}/-/ping`, server, () => readFileSync(log, 'utf8'));
  } catch (error) {
    server.kill();
    throw error;
  }

  const settings = join(directory, 'npmrc');
  // npm publishes with a token alone; here any will do.
  writeFileSync(settings, `//127.0.0.1:${port}/:_authToken=anybody\n`);
  return {
    url,
    environment: {
      ...environment,
      npm_config_registry: url,
      npm_config_userconfig: settings,
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
      // ssh2, an optional part of what talks to Docker, would compile itself at each installation.
      npm_config_ignore_scripts: 'true',
    },
    stop: async () => {
      const ended = once(server, 'exit');
      server.kill();
      await ended;
      output.end();
    },
  };
}

/** This process's environment without what npm and Nx have put there for the scripts they run. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|NX_|INIT_CWD$|NODE_ENV$|JEST_)/.test(name)),
  );
}

function npmSetting(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const { stdout, status } = spawnSync('npm', ['config', 'get', name], { cwd: '/', env, encoding: 'utf8' });
  const value = stdout.trim();
  if (status !== 0) throw new Error(`npm config get ${name} ended with ${String(status)}`);
  return value === '' || value === 'null' || value === 'undefined' ? undefined : value;
}

function verdaccio(): string {
  const manifest = require.resolve('verdaccio/package.json');
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: string | Record<string, string> };
  return join(manifest, '..', typeof bin === 'string' ? bin : (bin.verdaccio ?? ''));
}
