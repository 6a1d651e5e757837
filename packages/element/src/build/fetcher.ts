import { StringDecoder } from 'node:string_decoder';
import { errorOfElement } from './element-error.js';
import type { Scheduler } from './scheduler.js';
import { fetchSource, requires, stageSources } from './source-staging.js';
import { Stopped, throwIfStopped } from './stopped.js';
import type { BlobStore } from '../cas/blob-store.js';
import type { Digest } from '../cas/digest.js';
import { canonicalJson } from '../base/json.js';
import type { Element } from '../plugin/element.js';
import { awaitPlugin, callPlugin } from '../plugin/plugin-call.js';
import type { Io } from '../plugin/ports.js';
import type { Consistency, Source, SourceBatch } from '../plugin/source.js';

/** The parts a {@link Fetcher} works with. */
export interface FetcherOptions {
  readonly scheduler: Scheduler;
  readonly blobs: BlobStore;
  /** What was known of a source when it was looked at. */
  consistencyOf(source: Source): Consistency | undefined;
  /** Takes what is printed while something is fetched for an element. */
  output(element: Element, text: string): void;
  /** Ends what is being fetched. */
  readonly signal: AbortSignal;
  /** Lets nothing more be fetched. */
  readonly stopping: AbortSignal;
}

/** Brings the sources of elements to this machine, ahead of their builds, in the pool that all kinds share. */
export class Fetcher {
  private readonly begun = new Map<Source, Promise<void>>();
  private readonly ended = new Set<Source>();
  private readonly trees = new Map<Source, Digest>();
  private readonly alone = new Map<string, Promise<Digest>>();

  constructor(private readonly options: FetcherOptions) {}

  /** Begins to fetch what these elements need and this machine has not. Those that can are fetched together. */
  begin(elements: readonly Element[]): void {
    const batches = new Map<SourceBatch, Source[]>();
    for (const element of elements) {
      for (const [index, source] of element.sources.entries()) {
        if (this.begun.has(source) || this.options.consistencyOf(source) !== 'resolved') continue;
        if (source.batch !== undefined) {
          batches.set(source.batch, [...(batches.get(source.batch) ?? []), source]);
        } else {
          this.keep([source], this.fetchAlone(element, source, element.sources.slice(0, index)));
        }
      }
    }
    for (const [batch, sources] of batches) this.keep(sources, this.fetchTogether(batch, sources));
  }

  /** Resolves when the sources of an element are here. @throws what one of its sources throws */
  async ready({ sources }: Element): Promise<void> {
    await Promise.all(sources.map(async (source) => this.begun.get(source)));
  }

  /** Whether an element has sources that are being fetched. */
  isFetching({ sources }: Element): boolean {
    return sources.some((source) => this.begun.has(source) && !this.ended.has(source));
  }

  /** Resolves when nothing is being fetched any more, however it ended. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.begun.values());
  }

  /** The tree of a source that was fetched; `undefined` if `fetch` is still to be called. */
  readonly treeOf = (source: Source): Digest | undefined => this.trees.get(source);

  private keep(sources: readonly Source[], work: Promise<void>): void {
    // Handled by the code that waits for an element; until then nothing handles it.
    work
      .catch(() => undefined)
      .finally(() => {
        for (const source of sources) this.ended.add(source);
      });
    for (const source of sources) this.begun.set(source, work);
  }

  private async fetchTogether(batch: SourceBatch, sources: readonly Source[]): Promise<void> {
    const [first] = sources;
    if (first === undefined) return;
    const { scheduler, blobs, signal } = this.options;
    // What another session of this process is fetching is there when it is the turn of this one.
    const work = (): Promise<void> =>
      this.inPool(async () => {
        // What tools print that no single element is the cause of is not kept; their errors carry what matters.
        await awaitPlugin(first, 'batch', () => batch(sources, blobs, { signal, log: { write: () => undefined } }));
      });
    await scheduler.alone(batch, work, signal);
  }

  private async fetchAlone(element: Element, source: Source, earlier: readonly Source[]): Promise<void> {
    try {
      await this.fetchOne(element, source, earlier);
    } catch (error) {
      this.options.signal.throwIfAborted();
      if (error instanceof Stopped) throw error;
      throw errorOfElement(element, error);
    }
  }

  private async fetchOne(element: Element, source: Source, earlier: readonly Source[]): Promise<void> {
    const { blobs, signal } = this.options;
    const decoder = new StringDecoder('utf8');
    const io: Io = {
      signal,
      log: {
        write: (chunk) => {
          this.options.output(element, decoder.write(Buffer.from(chunk)));
        },
      },
    };
    if (requires(source, 'fetch')) {
      await Promise.all(earlier.map(async (each) => this.begun.get(each)));
      const previous = await stageSources(earlier, { blobs, io, owner: element.name, fetched: this.treeOf });
      this.trees.set(source, await this.inPool(() => fetchSource(source, { blobs, io }, previous)));
      return;
    }
    // Two elements may name the same.
    const key = canonicalJson([source.kind, callPlugin(source, 'getUniqueKey', () => source.getUniqueKey())]);
    const fetching = this.alone.get(key) ?? this.inPool(() => fetchSource(source, { blobs, io }, undefined));
    this.alone.set(key, fetching);
    this.trees.set(source, await fetching);
  }

  private async inPool<T>(work: () => Promise<T>): Promise<T> {
    return await this.options.scheduler.run('fetch', async () => {
      this.options.signal.throwIfAborted();
      throwIfStopped(this.options.stopping);
      return await work();
    });
  }
}
