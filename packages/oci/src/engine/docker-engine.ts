import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { ElementError } from '@wheelhouse/element';
import { engineAddress } from './engine-address.js';
import type { EngineImage, ImageEngine, Progress } from './image-engine.js';

/** A Docker engine, spoken to over its API (docs/adr/0036). */
export class DockerEngine implements ImageEngine {
  private constructor(
    private readonly docker: Docker,
    private readonly address: string,
  ) {}

  /**
   * The engine of an environment, once it has answered.
   *
   * @throws ElementError ENGINE if none does
   */
  static async connect(environment: NodeJS.ProcessEnv): Promise<DockerEngine> {
    const docker = await openDocker(environment);
    return new DockerEngine(docker, engineAddress(environment).text);
  }

  async inspect(reference: string): Promise<EngineImage | undefined> {
    try {
      // Newer engines omit empty lists, unlike the types say.
      const found: { Id: string; RepoDigests?: string[] | null } = await this.docker.getImage(reference).inspect();
      return { id: found.Id, repoDigests: found.RepoDigests ?? [] };
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw this.failed(`look up the image \`${reference}\``, error);
    }
  }

  /**
   * The digest of a name as its registry has it now, which the engine asks without getting the image.
   *
   * @returns `undefined` if the registry does not know the name, or cannot be asked
   */
  async registryDigest(reference: string): Promise<string | undefined> {
    try {
      const found = (await this.docker.getImage(reference).distribution()) as { Descriptor?: { digest?: string } };
      return found.Descriptor?.digest;
    } catch (error) {
      if (statusOf(error) !== undefined) return undefined;
      throw this.failed(`get the digest of \`${reference}\``, error);
    }
  }

  async pull(reference: string, progress: Progress): Promise<void> {
    try {
      await this.follow(await this.docker.pull(reference), progress);
    } catch (error) {
      throw this.failed(`pull the image \`${reference}\``, error);
    }
  }

  async save(id: string): Promise<AsyncIterable<Uint8Array>> {
    try {
      return (await this.docker.getImage(id).get()) as AsyncIterable<Buffer>;
    } catch (error) {
      throw this.failed(`save the image \`${id}\``, error);
    }
  }

  async load(archive: Readable, progress: Progress): Promise<void> {
    try {
      await this.follow(await this.docker.loadImage(archive), progress);
    } catch (error) {
      throw this.failed('load the image', error);
    }
  }

  async tag(id: string, name: string): Promise<void> {
    const colon = name.lastIndexOf(':');
    const tagged = colon > name.lastIndexOf('/');
    try {
      const repo = tagged ? name.slice(0, colon) : name;
      await this.docker.getImage(id).tag({ repo, tag: tagged ? name.slice(colon + 1) : 'latest' });
    } catch (error) {
      throw this.failed(`tag the image as \`${name}\``, error);
    }
  }

  /** Waits for the end of what the engine does, and tells each state of it once. */
  private async follow(stream: NodeJS.ReadableStream, progress: Progress): Promise<void> {
    const told = new Set<string>();
    await new Promise<void>((resolve, reject) => {
      this.docker.modem.followProgress(
        stream,
        (error) => {
          if (error === null) resolve();
          else reject(error);
        },
        (event: ProgressEvent) => {
          if (event.error !== undefined) reject(new Error(event.error));
          const text = event.stream?.trim() ?? [event.id, event.status].filter((word) => word !== undefined).join(': ');
          if (text === '' || told.has(text)) return;
          told.add(text);
          progress(text);
        },
      );
    });
  }

  private failed(what: string, cause: unknown): ElementError {
    return new ElementError({
      code: 'ENGINE',
      message: `the Docker engine at \`${this.address}\` could not ${what}: ${reasonOf(cause)}`,
      cause,
    });
  }
}

/** What the engine says while it works: a JSON object a line. */
interface ProgressEvent {
  readonly id?: string;
  readonly status?: string;
  readonly stream?: string;
  readonly error?: string;
}

/** The client of the engine of an environment, which has answered. @throws ElementError ENGINE if none does */
export async function openDocker(environment: NodeJS.ProcessEnv): Promise<Docker> {
  const { text, options } = engineAddress(environment);
  // Loaded when an engine is asked for: it brings a client of SSH and one of gRPC along.
  const { default: Client } = await import('dockerode');
  const docker = new Client(options);
  try {
    await docker.ping();
  } catch (cause) {
    throw new ElementError({
      code: 'ENGINE',
      message: `cannot connect to a Docker engine at \`${text}\`: ${reasonOf(cause)}`,
      hint: 'start it, or set DOCKER_HOST to its address; an OCI layout (`oci:DIRECTORY`) as `base` with `engine: none` needs no engine',
      cause,
    });
  }
  return docker;
}

function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : undefined;
}

function reasonOf(error: unknown): string {
  const { json } = error as { readonly json?: { readonly message?: string } };
  return json?.message ?? (error instanceof Error ? error.message : String(error));
}
