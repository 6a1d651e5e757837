import type { Readable } from 'node:stream';
import { types } from 'node:util';
import type { Digest } from '@wheelhouse/element';
import type { ReceivedBody, Spool } from '../store/spool.js';
import { StoreFailure } from '../store/store-failure.js';
import { ArchiveFault, checkArchive, type ArchiveLimits } from './archive-check.js';
import type { Circuit } from './circuit.js';
import type { Deliverer } from './deliverer.js';
import type { Fault } from './fault.js';
import type { LocalTier } from './local-tier.js';
import type { ProxyLog } from './proxy-log.js';
import type { Run } from './run.js';
import type { UploadSpool } from './upload-spool.js';
import { connectionFault, type Upstream } from './upstream.js';

/** What a {@link Gateway} works with. */
export interface GatewayOptions {
  readonly localTier: LocalTier | undefined;
  readonly upstream: Upstream | undefined;
  /** Of downloads. */
  readonly circuit: Circuit;
  /** Where bodies arrive. */
  readonly arrivals: Spool;
  readonly uploads: UploadSpool;
  readonly deliverer: Deliverer;
  readonly limits: ArchiveLimits & { readonly maxEntryBytes: number };
  readonly log: ProxyLog;
}

/** An entry for Nx, of which every byte is there and has been checked. */
export interface CheckedEntry {
  readonly digest: Digest;
  readonly from: 'local' | 'upstream';
  open(): Promise<Readable>;
  dispose(): Promise<void>;
}

/** What stands between Nx and the caches: a hit that is whole, or a miss; and every upload is taken. It never throws. */
export class Gateway {
  constructor(private readonly options: GatewayOptions) {}

  async find(hash: string, run: Run): Promise<CheckedEntry | undefined> {
    try {
      const local = await this.options.localTier?.find(hash);
      if (local !== undefined) {
        const { digest } = local;
        return { digest, from: 'local', open: () => local.open(), dispose: () => Promise.resolve() };
      }
    } catch (error) {
      this.options.log.write('the local tier failed', { hash, error: String(error) });
    }
    return await this.download(hash, run);
  }

  private async download(hash: string, run: Run): Promise<CheckedEntry | undefined> {
    const { upstream, circuit, log } = this.options;
    if (upstream === undefined) return undefined;
    const open = circuit.fault;
    if (open !== undefined) {
      run.noteFault('download', hash, open);
      return undefined;
    }
    circuit.begin();
    const answer = await upstream.download(hash);
    if (answer.kind === 'missing') {
      circuit.succeed();
      if (answer.fault !== undefined) run.noteFault('download', hash, answer.fault);
      return undefined;
    }
    const result = answer.kind === 'fault' ? answer.fault : await this.receive(hash, answer);
    if ('digest' in result) {
      circuit.succeed();
      return {
        digest: result.digest,
        from: 'upstream',
        open: () => Promise.resolve(result.read()),
        dispose: () => result.dispose(),
      };
    }
    circuit.fail(result);
    run.noteFault('download', hash, result);
    log.write('a download failed unexpectedly', { hash, ...result });
    return undefined;
  }

  /** Receives a complete body and checks it, before any byte of it is passed on. */
  private async receive(
    hash: string,
    {
      body,
      sizeBytes,
      sha256,
    }: { readonly body: Readable; readonly sizeBytes: number | undefined; readonly sha256: string | undefined },
  ): Promise<ReceivedBody | Fault> {
    const { arrivals, limits, localTier, log } = this.options;
    if (sizeBytes !== undefined && sizeBytes > limits.maxEntryBytes) {
      body.destroy();
      return { reason: 'damaged', words: `sent an entry of ${sizeBytes} bytes, more than \`maxEntry\`` };
    }
    let received: ReceivedBody;
    try {
      received = await arrivals.receive(body, sizeBytes ?? { atMost: limits.maxEntryBytes });
    } catch (error) {
      body.on('error', () => undefined).destroy();
      if (!(error instanceof StoreFailure)) {
        const fault = connectionFault(error);
        return fault.reason === 'cut'
          ? fault
          : { reason: 'cut', words: `closed the connection in the middle of an entry (${codeOf(error)})` };
      }
      if (error.reason === 'room')
        log.write('there is no room for an entry in transit', { hash, error: error.message });
      return error.reason === 'room'
        ? { reason: 'full', words: 'sent an entry that does not fit on this machine' }
        : { reason: 'cut', words: 'sent an entry that is shorter or longer than announced' };
    }
    const fault = await this.inspect(received, sha256);
    if (fault === undefined) {
      // Making room for it may take longer than Nx should wait.
      const kept = localTier?.keep(hash, received).catch((error: unknown) => {
        log.write('the local tier failed', { hash, error: String(error) });
      });
      const dispose = async (): Promise<void> => {
        await kept;
        await received.dispose();
      };
      return { ...received, dispose };
    }
    await received.dispose();
    return fault;
  }

  private async inspect(received: ReceivedBody, sha256: string | undefined): Promise<Fault | undefined> {
    if (sha256 !== undefined && sha256 !== received.digest.hash) {
      return { reason: 'damaged', words: 'sent an entry that is not the one it announced' };
    }
    try {
      await checkArchive(received.read(), this.options.limits);
      return undefined;
    } catch (error) {
      if (error instanceof ArchiveFault) {
        return { reason: 'damaged', words: `sent an invalid entry: its archive ${error.message}` };
      }
      return { reason: 'damaged', words: `sent an entry that cannot be checked (${codeOf(error)})` };
    }
  }

  /** Takes an upload, whole; what happens to it later does not concern the run. @returns what was done, for the log */
  async accept(
    hash: string,
    run: Run,
    body: { readonly pieces: AsyncIterable<Uint8Array>; readonly sizeBytes: number },
  ): Promise<string> {
    const { arrivals, uploads, deliverer, limits, log } = this.options;
    if (body.sizeBytes > limits.maxEntryBytes) return 'too large';
    if (!deliverer.wantsAny) return 'unwanted';
    let received: ReceivedBody;
    try {
      received = await arrivals.receive(body.pieces, body.sizeBytes);
    } catch (error) {
      log.write('an upload could not be accepted', { hash, error: String(error) });
      return 'lost';
    }
    try {
      const upload = uploads.add(hash, received, run.commit);
      if (typeof upload === 'string') return upload;
      run.noteUpload(hash);
      deliverer.deliver(upload, run);
      return 'taken';
    } catch (error) {
      log.write('an upload could not be stored', { hash, error: String(error) });
      return 'lost';
    } finally {
      await received.dispose();
    }
  }
}

function codeOf(error: unknown): string {
  if (types.isNativeError(error) && 'code' in error && typeof error.code === 'string') return error.code;
  return types.isNativeError(error) ? error.message : String(error);
}
