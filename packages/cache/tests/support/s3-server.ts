import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bucket, type BucketOptions } from '@wheelhouse/cache/internal';

const PROGRAM = join(__dirname, '..', '..', '..', '..', '.cache', 'go', 'versitygw', 'versitygw');
/** What the server takes for its owner; clients find it as they find every credential of AWS. */
export const S3_ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: 'wheelhouse',
  AWS_SECRET_ACCESS_KEY: 'wheelhouse-secret',
  AWS_EC2_METADATA_DISABLED: 'true',
  // Another version is taken, and Node with it, when it is due.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

/** A server that speaks as S3 does, versitygw, on this machine. */
export interface S3Server {
  readonly endpoint: string;
  readonly port: number;
  /** Where it keeps its buckets: a directory each. */
  readonly directory: string;
  /** A new, empty bucket. */
  newBucket(options?: Partial<BucketOptions>): Promise<Bucket>;
}

/** Starts one for a test file; it ends with it. */
export function s3Server(directory: () => string): () => S3Server {
  let child: ChildProcess | undefined;
  let server: S3Server | undefined;
  const opened: Bucket[] = [];
  beforeAll(async () => {
    if (!existsSync(PROGRAM)) throw new Error('there is no versitygw: `node tools/set-up.mjs --tests` makes it');
    Object.assign(process.env, S3_ENVIRONMENT);
    const root = join(directory(), 'buckets');
    mkdirSync(root);
    const port = await freePort();
    const endpoint = `http://127.0.0.1:${port}`;
    child = spawn(PROGRAM, ['--quiet', '--port', `127.0.0.1:${port}`, 'posix', root], {
      env: { ROOT_ACCESS_KEY: S3_ENVIRONMENT.AWS_ACCESS_KEY_ID, ROOT_SECRET_KEY: S3_ENVIRONMENT.AWS_SECRET_ACCESS_KEY },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await listening(port, child);
    server = {
      endpoint,
      port,
      directory: root,
      newBucket: async (options = {}) => {
        const name = `bucket-${randomUUID()}`;
        mkdirSync(join(root, name));
        const bucket = await Bucket.open({
          ...{ bucket: name, prefix: 'team/', endpoint, region: 'us-east-1', pathStyle: true, timeoutMs: 10_000 },
          ...options,
        });
        opened.push(bucket);
        return bucket;
      },
    };
  });
  afterAll(async () => {
    for (const bucket of opened) bucket.close();
    if (child?.exitCode !== null) return;
    const ended = once(child, 'close');
    child.kill('SIGKILL');
    await ended;
  });
  return () => {
    if (server === undefined) throw new Error('the server has not been started yet');
    return server;
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) throw new Error(`versitygw ended with ${child.exitCode}`);
    const socket = connect(port, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await sleep(50);
  }
  throw new Error('versitygw does not listen');
}
