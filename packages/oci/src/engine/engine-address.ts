import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DockerOptions } from 'dockerode';
import { ElementError } from '@wheelhouse/element';

/** Where an engine listens. */
export interface EngineAddress {
  /** As DOCKER_HOST has it. */
  readonly text: string;
  readonly options: DockerOptions;
}

/**
 * Where the Docker engine of an environment listens: DOCKER_HOST with DOCKER_TLS_VERIFY and DOCKER_CERT_PATH, else the
 * first socket that is there of the machine's, that of an engine without root, and Docker Desktop's.
 *
 * @throws ElementError ENGINE
 */
export function engineAddress(environment: NodeJS.ProcessEnv): EngineAddress {
  const { DOCKER_HOST: host = '', XDG_RUNTIME_DIR: runtime, HOME: home } = environment;
  if (host !== '') return parseHost(host, environment);
  const sockets = [
    '/var/run/docker.sock',
    ...(runtime === undefined ? [] : [join(runtime, 'docker.sock')]),
    ...(home === undefined ? [] : [join(home, '.docker', 'run', 'docker.sock')]),
  ];
  const socket = sockets.find((path) => existsSync(path)) ?? '/var/run/docker.sock';
  return { text: `unix://${socket}`, options: { socketPath: socket } };
}

function parseHost(text: string, environment: NodeJS.ProcessEnv): EngineAddress {
  const unix = /^unix:\/\/(\/.+)$/.exec(text)?.[1];
  if (unix !== undefined) return { text, options: { socketPath: unix } };
  const [, host, port] = /^tcp:\/\/(\[[^\]]+\]|[^:/]+):(\d+)\/?$/.exec(text) ?? [];
  if (host === undefined || port === undefined) {
    throw new ElementError({
      code: 'ENGINE',
      message: `DOCKER_HOST is \`${text}\``,
      hint: 'it must be `unix:///PATH` or `tcp://HOST:PORT`',
    });
  }
  const { DOCKER_TLS_VERIFY: verify = '', DOCKER_CERT_PATH: certificates = '' } = environment;
  const options = { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
  if (verify === '') return { text, options: { ...options, protocol: 'http' } };
  const read = (name: string): Buffer => readFileSync(join(certificates, name));
  return {
    text,
    options: { ...options, protocol: 'https', ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') },
  };
}
