import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Progress, openDocker } from '@wheelhouse/oci/internal';
import { readComposeServices, type ComposeRequest } from './compose-file.js';
import { ServiceContainers, type ServicePort } from './service-containers.js';

/** Services that run, as an action in a sandbox reaches them. */
export interface RunningServices {
  /** Another for each run. */
  readonly id: string;
  /** Absolute path of the directory of their sockets. */
  readonly directory: string;
  readonly endpoints: readonly ServiceEndpoint[];
}

/** A port of a service inside the sandbox. */
export interface ServiceEndpoint {
  readonly service: string;
  /** An address of the sandbox's loopback, of the service's own. */
  readonly address: string;
  readonly port: number;
  /** The name of the socket that leads to it. */
  readonly socket: string;
}

/**
 * Runs services of a compose file while `work` runs, and removes them in any case. Sockets lead to their ports:
 * sandboxes still have no network (docs/adr/0037).
 *
 * @throws ElementError SERVICE, ENGINE
 */
export async function withServices<T>(
  request: ComposeRequest,
  { signal, progress }: { readonly signal: AbortSignal; readonly progress: Progress },
  work: (services: RunningServices) => Promise<T>,
): Promise<T> {
  const services = await readComposeServices(request);
  const docker = await openDocker(request.environment);
  // Sockets have short names, which a directory of the store may not have.
  const directory = await mkdtemp(join(tmpdir(), 'wh-'));
  const containers = new ServiceContainers(docker, { signal, progress });
  const doors = new ServiceDoors();
  try {
    const ports = await containers.start(services);
    const named = ports.filter(({ service }) => request.names.includes(service));
    const endpoints = named.map((port) => endpointOf(port, request.names));
    for (const [index, { socket }] of endpoints.entries()) {
      await doors.open(join(directory, socket), named[index]?.published ?? 0);
    }
    return await work({ id: randomUUID(), directory, endpoints });
  } finally {
    doors.close();
    await containers.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

function endpointOf({ service, port }: ServicePort, names: readonly string[]): ServiceEndpoint {
  // 127.0.0.1 stays what tests listen on themselves.
  const address = `127.0.0.${names.indexOf(service) + 2}`;
  return { service, address, port, socket: `${names.indexOf(service)}-${port}` };
}

/** Sockets of this machine that lead to ports of its loopback. */
class ServiceDoors {
  private readonly servers: Server[] = [];
  private readonly connections = new Set<Socket>();

  async open(path: string, port: number): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (inner) => {
      const outer = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
      for (const [one, other] of [
        [inner, outer],
        [outer, inner],
      ] as const) {
        this.connections.add(one);
        one.pipe(other);
        one.on('error', () => other.destroy());
        one.on('close', () => this.connections.delete(one));
      }
    });
    this.servers.push(server);
    server.listen(path);
    await once(server, 'listening');
  }

  close(): void {
    for (const server of this.servers) server.close();
    for (const connection of this.connections) connection.destroy();
  }
}
