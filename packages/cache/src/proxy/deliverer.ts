import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Digest } from '@wheelhouse/element';
import { ArchiveFault, checkArchive, type ArchiveLimits } from './archive-check.js';
import type { Circuit } from './circuit.js';
import type { LocalTier } from './local-tier.js';
import type { ProxyLog } from './proxy-log.js';
import type { ReadOnlyMemory } from './read-only-memory.js';
import type { Run, UploadOutcome } from './run.js';
import type { PendingUpload, UploadSpool } from './upload-spool.js';
import type { Upstream } from './upstream.js';

/** What a {@link Deliverer} works with. */
export interface DelivererOptions {
  readonly spool: UploadSpool;
  readonly limits: ArchiveLimits;
  /** `undefined` if entries are not kept on this machine. */
  readonly localTier: LocalTier | undefined;
  /** `undefined` if there is no shared cache. */
  readonly upstream: Upstream | undefined;
  readonly circuit: Circuit;
  readonly readOnly: ReadOnlyMemory;
  readonly log: ProxyLog;
}

/** An upload and what is known of it so far. */
interface Item {
  readonly upload: PendingUpload;
  /** The run that handed it over, if it was one of this proxy. */
  readonly run: Run | undefined;
  /** Whether its archive is fit to be shared, and the local tier has it. */
  checked: boolean;
}

/** How many uploads are under way at a time. */
const LANES = 4;

/** Sends what waits, behind the runs: each entry is checked, kept in the local tier, and sent until it is taken or refused. */
export class Deliverer {
  private readonly queue: Item[] = [];
  private readonly waiting = new Set<string>();
  private lanes = 0;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(private readonly options: DelivererOptions) {}

  /** How many entries wait or are on their way. */
  get pending(): number {
    return this.waiting.size;
  }

  /** Whether there is anywhere to send or keep an entry. */
  get wantsAny(): boolean {
    const { localTier, upstream, readOnly } = this.options;
    return localTier !== undefined || (upstream !== undefined && !readOnly.isReadOnly);
  }

  /** Takes up what an earlier proxy, or one of other options, left. */
  resume(): void {
    for (const upload of this.options.spool.list()) this.deliver(upload, undefined);
  }

  deliver(upload: PendingUpload, run: Run | undefined): void {
    if (this.waiting.has(upload.hash)) return;
    this.waiting.add(upload.hash);
    this.queue.push({ upload, run, checked: false });
    this.pump();
  }

  /** What is on its way is not waited for: it stays in the spool. */
  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private pump(): void {
    if (this.closed) return;
    const { circuit } = this.options;
    while (this.lanes < LANES) {
      // Checking and keeping need no shared cache, so those come first when it is out of order.
      const index = circuit.fault === undefined ? 0 : this.queue.findIndex(({ checked }) => !checked);
      const [item] = index < 0 ? [] : this.queue.splice(index, 1);
      if (item === undefined) break;
      this.lanes++;
      void this.work(item).finally(() => {
        this.lanes--;
        this.pump();
      });
    }
    if (this.queue.length > 0 && this.lanes === 0) this.wakeIn(Math.max(50, circuit.waitMs));
  }

  private wakeIn(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.pump();
    }, ms);
  }

  private async work(item: Item): Promise<void> {
    try {
      if (!item.checked) await this.check(item);
      if (!item.checked) return;
      await this.send(item);
    } catch (error) {
      this.options.log.write('an upload failed', { hash: item.upload.hash, error: String(error) });
      // Gone from the disk: removed by a user, or sent by another proxy; or an error of this machine.
      this.settle(item, 'dropped', existsSync(item.upload.path) ? 'keep' : 'remove');
    }
  }

  private async check(item: Item): Promise<void> {
    const { upload } = item;
    const digest = await digestOf(upload);
    const read = () => createReadStream(upload.path, { highWaterMark: 256 * 1024 });
    try {
      await checkArchive(read(), this.options.limits);
    } catch (error) {
      if (!(error instanceof ArchiveFault)) throw error;
      // Nobody's proxy would let it through. The run that made it has its outputs, so there is nothing to warn of.
      this.options.log.write('an entry is not shared', { hash: upload.hash, reason: `its archive ${error.message}` });
      this.settle(item, 'dropped', 'remove');
      return;
    }
    const body = { digest, file: () => upload.path, read, dispose: () => Promise.resolve() };
    await this.options.localTier?.keep(upload.hash, body);
    item.checked = true;
  }

  private async send(item: Item): Promise<void> {
    const { upstream, readOnly, circuit, log } = this.options;
    const { upload, run } = item;
    if (upstream === undefined || readOnly.isReadOnly) {
      this.settle(item, 'dropped', 'remove');
      return;
    }
    const fault = circuit.fault;
    if (fault !== undefined) {
      run?.noteFault('upload', upload.hash, fault);
      this.queue.unshift(item);
      return;
    }
    circuit.begin();
    const result = await upstream.upload(upload.hash, upload);
    switch (result.kind) {
      case 'stored':
      case 'present':
        circuit.succeed();
        readOnly.disprove();
        this.settle(item, result.kind === 'stored' ? 'stored' : 'dropped', 'remove');
        return;
      case 'forbidden':
      case 'refused':
        circuit.succeed();
        if (result.kind === 'forbidden' && readOnly.learn())
          log.write('the token may not write; no more uploads are sent');
        log.write('an upload was refused', { hash: upload.hash, words: result.words });
        this.settle(item, 'dropped', 'remove');
        return;
      case 'fault':
        circuit.fail(result.fault);
        run?.noteFault('upload', upload.hash, result.fault);
        log.write('an upload failed unexpectedly', { hash: upload.hash, ...result.fault });
        if (this.closed) return;
        this.queue.push(item);
        // One entry that fails alone, while the circuit is closed, must not be sent again and again without a pause.
        if (circuit.fault === undefined) await pause();
    }
  }

  private settle({ upload, run }: Item, outcome: UploadOutcome, file: 'remove' | 'keep'): void {
    this.waiting.delete(upload.hash);
    if (file === 'remove') this.options.spool.remove(upload);
    run?.settleUpload(upload.hash, outcome);
  }
}

async function digestOf({ path, sizeBytes }: PendingUpload): Promise<Digest> {
  const sum = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), sum);
  return { hash: sum.digest('hex'), sizeBytes };
}

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 500));
}
