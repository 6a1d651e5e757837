import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type Docker from 'dockerode';
import { ElementError } from '@wheelhouse/element';
import type { Progress } from '@wheelhouse/oci/internal';
import type { ComposeService, HealthCheck } from './compose-service.js';

/** A port of a running service. */
export interface ServicePort {
  readonly service: string;
  /** Inside the container. */
  readonly port: number;
  /** On this machine's loopback. */
  readonly published: number;
}

/** How long a service may take to become ready, in milliseconds. */
const PATIENCE = 120_000;
/** How much of a log an error shows. */
const LOG_LINES = 40;

/** The containers of one run, on a network of their own. Removed whole by {@link stop}, however far they came. */
export class ServiceContainers {
  private readonly id = `wheelhouse-${randomBytes(6).toString('hex')}`;
  private readonly containers = new Map<string, Docker.Container>();
  private network: Docker.Network | undefined;

  constructor(
    private readonly docker: Docker,
    private readonly options: { readonly signal: AbortSignal; readonly progress: Progress },
  ) {}

  /** Starts services one after the other, each once those before it are ready. @throws ElementError SERVICE, ENGINE */
  async start(services: readonly ComposeService[]): Promise<ServicePort[]> {
    this.network = await this.docker.createNetwork({ Name: this.id, Driver: 'bridge' });
    const ports: ServicePort[] = [];
    for (const service of services) {
      this.options.signal.throwIfAborted();
      this.options.progress(`service: starting \`${service.name}\` from \`${service.image}\``);
      const container = await this.create(service);
      this.containers.set(service.name, container);
      try {
        await container.start();
      } catch (cause) {
        throw this.failed(service, `did not start: ${cause instanceof Error ? cause.message : String(cause)}`);
      }
      ports.push(...(await this.ready(service, container)));
    }
    return ports;
  }

  /** Removes containers, their volumes and the network. */
  async stop(): Promise<void> {
    for (const container of this.containers.values()) await container.remove({ force: true, v: true });
    await this.network?.remove();
  }

  private async create(service: ComposeService): Promise<Docker.Container> {
    const exposed = Object.fromEntries(service.ports.map((port) => [port, {}]));
    try {
      return await this.docker.createContainer({
        name: `${this.id}-${service.name}`,
        Image: service.image,
        Env: Object.entries(service.environment).map(([name, value]) => `${name}=${value}`),
        ...(service.entrypoint === undefined ? {} : { Entrypoint: [...service.entrypoint] }),
        ...(service.command === undefined ? {} : { Cmd: [...service.command] }),
        ...(service.user === undefined ? {} : { User: service.user }),
        ...(service.workdir === undefined ? {} : { WorkingDir: service.workdir }),
        ...(service.healthcheck === undefined ? {} : { Healthcheck: healthOf(service.healthcheck) }),
        ExposedPorts: exposed,
        Volumes: Object.fromEntries(service.volumes.map((path) => [path, {}])),
        HostConfig: {
          NetworkMode: this.id,
          Tmpfs: Object.fromEntries(
            service.tmpfs
              .map((entry) => entry.split(':', 2) as [string, string?])
              .map(([path, given]) => [path, given ?? '']),
          ),
          // On loopback alone, and on ports that the engine chooses.
          PortBindings: Object.fromEntries(
            service.ports.map((port) => [port, [{ HostIp: '127.0.0.1', HostPort: '' }]]),
          ),
        },
        NetworkingConfig: { EndpointsConfig: { [this.id]: { Aliases: [service.name] } } },
      });
    } catch (cause) {
      throw this.failed(service, `cannot be created: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }

  private async ready(service: ComposeService, container: Docker.Container): Promise<ServicePort[]> {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      this.options.signal.throwIfAborted();
      const { State: state, NetworkSettings: settings } = await container.inspect();
      const health = state.Health?.Status ?? 'none';
      if (!state.Running) throw await this.unready(service, container, `exited with code ${state.ExitCode}`);
      if (health === 'unhealthy') throw await this.unready(service, container, 'is unhealthy');
      if (health === 'healthy' || health === 'none') return portsOf(service.name, settings.Ports);
      if (Date.now() > deadline) {
        throw await this.unready(service, container, `is not healthy after ${PATIENCE / 1000} seconds`);
      }
      await setTimeout(200);
    }
  }

  private async unready(service: ComposeService, container: Docker.Container, what: string): Promise<ElementError> {
    const log = await container.logs({ stdout: true, stderr: true, tail: LOG_LINES });
    return this.failed(service, what, plainLog(log));
  }

  private failed({ name, image }: ComposeService, what: string, detail?: string): ElementError {
    return new ElementError({
      code: 'SERVICE',
      message: `the service \`${name}\` of \`${image}\` ${what}`,
      ...(detail === undefined || detail === '' ? {} : { detail }),
    });
  }
}

function healthOf({ test, interval, timeout, retries, startPeriod }: HealthCheck): Docker.HealthConfig {
  return {
    Test: [...test],
    ...(interval === undefined ? {} : { Interval: interval }),
    ...(timeout === undefined ? {} : { Timeout: timeout }),
    ...(retries === undefined ? {} : { Retries: retries }),
    ...(startPeriod === undefined ? {} : { StartPeriod: startPeriod }),
  };
}

function portsOf(
  service: string,
  ports: Readonly<Record<string, readonly { HostPort: string }[] | null>>,
): ServicePort[] {
  return Object.entries(ports).flatMap(([port, bindings]) => {
    const [binding] = bindings ?? [];
    return binding === undefined
      ? []
      : [{ service, port: Number.parseInt(port, 10), published: Number(binding.HostPort) }];
  });
}

/** What a container printed, without the header of eight bytes that the engine puts before each piece of it. */
function plainLog(log: Buffer): string {
  const pieces: Buffer[] = [];
  for (let at = 0; at + 8 <= log.length;) {
    const length = log.readUInt32BE(at + 4);
    pieces.push(log.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(pieces).toString('utf8').trimEnd();
}
