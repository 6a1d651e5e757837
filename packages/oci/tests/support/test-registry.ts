import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const PATIENCE = 10_000;

/** Whom a registry answers: a name, and a password with its hash by bcrypt. */
export interface Account {
  readonly user: string;
  readonly password: string;
  readonly bcrypt: string;
}

/** Docker's registry (Debian's docker-registry) on this machine, with nothing in it. */
export class TestRegistry {
  private constructor(
    private readonly directory: string,
    private readonly server: ChildProcess,
    /** With the port. */
    readonly host: string,
    private readonly account: Account | undefined,
  ) {}

  static async start(account?: Account): Promise<TestRegistry> {
    const directory = mkdtempSync(join(tmpdir(), 'wh-registry-'));
    const host = `127.0.0.1:${await freePort()}`;
    mkdirSync(join(directory, 'storage'));
    writeFileSync(join(directory, 'passwords'), account === undefined ? '' : `${account.user}:${account.bcrypt}\n`);
    const auth = { htpasswd: { realm: 'tests', path: join(directory, 'passwords') } };
    writeFileSync(
      join(directory, 'config.yml'),
      JSON.stringify({
        version: 0.1,
        log: { level: 'error' },
        storage: { filesystem: { rootdirectory: join(directory, 'storage') } },
        http: { addr: host },
        ...(account === undefined ? {} : { auth }),
      }),
    );
    const server = spawn('docker-registry', ['serve', join(directory, 'config.yml')], { stdio: 'ignore' });
    const registry = new TestRegistry(directory, server, host, account);
    await registry.answers();
    return registry;
  }

  /** Keeps a blob of a repository. @returns its descriptor */
  async blob(repository: string, mediaType: string, content: Uint8Array): Promise<Descriptor> {
    const descriptor = describe(mediaType, content);
    const begun = await this.request('POST', `/v2/${repository}/blobs/uploads/`);
    const location = new URL(begun.headers.get('location') ?? '', `http://${this.host}`);
    location.searchParams.set('digest', descriptor.digest);
    await this.request('PUT', `${location.pathname}${location.search}`, content);
    return descriptor;
  }

  /** Keeps a manifest or an index under a tag. @returns its descriptor */
  async manifest(repository: string, tag: string, value: { readonly mediaType: string }): Promise<Descriptor> {
    const content = Buffer.from(JSON.stringify(value));
    await this.request('PUT', `/v2/${repository}/manifests/${tag}`, content, value.mediaType);
    return describe(value.mediaType, content);
  }

  async stop(): Promise<void> {
    const ended = once(this.server, 'exit');
    this.server.kill();
    await ended;
    rmSync(this.directory, { recursive: true });
  }

  private async request(method: string, path: string, body?: Uint8Array, type?: string): Promise<Response> {
    const { account } = this;
    const authorization =
      account === undefined
        ? {}
        : { authorization: `Basic ${Buffer.from(`${account.user}:${account.password}`).toString('base64')}` };
    const response = await fetch(`http://${this.host}${path}`, {
      method,
      headers: { 'content-type': type ?? 'application/octet-stream', ...authorization },
      ...(body === undefined ? {} : { body }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }

  private async answers(): Promise<void> {
    for (const end = Date.now() + PATIENCE; Date.now() < end;) {
      await setTimeout(50);
      if (this.server.exitCode !== null) break;
      const status = await fetch(`http://${this.host}/v2/`).then(
        (response) => response.status,
        () => 0,
      );
      if (status !== 0) return;
    }
    throw new Error('docker-registry does not start: run `node tools/set-up.mjs --tests`');
  }
}

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

function describe(mediaType: string, content: Uint8Array): Descriptor {
  const hash = createHash('sha256').update(content).digest('hex');
  return { mediaType, digest: `sha256:${hash}`, size: content.byteLength };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}
