import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  ElementError,
  ServiceKey,
  Source,
  type BlobStore,
  type Consistency,
  type Digest,
  type Io,
  type Json,
  type MappingNode,
  type SourceBatch,
  type SourceFacts,
  type SourceKind,
  type SourceServices,
} from '@wheelhouse/element';
import { canonicalJson, emptyTree, replaceFile, throwCollected, writeTree } from '@wheelhouse/element/internal';
import { type Interpreter, normalizeName } from '@wheelhouse/python/internal';
import {
  type DistributionFile,
  type DistributionRequest,
  mismatch,
  hashFile,
  snapshotFiles,
  type SnapshotFile,
} from '@wheelhouse/python/fetch';

/** What sources of kind `distribution` work with. */
export interface DistributionServices {
  /** Directories that may hold the files: snapshots. Absolute. */
  readonly findLinks: readonly string[];
  /** The interpreter a source's `target` means. */
  readonly interpreter: (target: string) => Interpreter | undefined;
  /** Downloads, checked, in the order of the requests. */
  readonly fetch: (
    requests: readonly DistributionRequest[],
    interpreter: Interpreter,
    destination: string,
    io: Io,
  ) => Promise<readonly DistributionFile[]>;
}

/** Where {@link DistributionServices} are bound. */
export const DISTRIBUTION_SERVICES: ServiceKey<DistributionServices> = new ServiceKey<DistributionServices>(
  'distribution',
);

/** A file with its bytes' name. */
interface KeptFile {
  readonly filename: string;
  readonly digest: Digest;
}

const FORMATS: readonly string[] = ['wheel', 'sdist', 'any'] satisfies readonly DistributionRequest['format'][];

/**
 * One locked distribution as the only file, under its own name, at the source's root. Which file that is depends only
 * on the lock and the target's tags, so the key is known without the network.
 *
 * Configuration: `name`, `version`, `hashes` (`sha256:...`), `format` (`wheel`, `sdist`, or `any`, the default, for the
 * best), `target` ({@link Interpreter.tagsDigest}).
 */
export class DistributionSource extends Source {
  override readonly batch: SourceBatch = fetchTogether;
  private request: DistributionRequest = { name: '', version: '', hashes: [], format: 'any' };
  private target = '';

  /** The files that may be it: `sha256:<hex>`. */
  get hashes(): readonly string[] {
    return this.request.hashes;
  }

  override configure(node: MappingNode): void {
    this.nodeValidate(node, ['kind', 'directory', 'name', 'version', 'hashes', 'format', 'target']);
    const hashes = this.nodeGetMember(node, 'list', 'hashes').scalars();
    const format = this.nodeGetMember(node, 'str', 'format', 'any');
    const wrong = hashes.find((hash) => !/^sha256:[0-9a-f]{64}$/.test(hash.asString()));
    if (wrong !== undefined || hashes.length === 0) {
      throw new ElementError({
        code: 'INVALID_DATA',
        message:
          wrong === undefined
            ? '`hashes` is empty'
            : `\`${wrong.asString()}\` is not \`sha256:\` and 64 hexadecimal digits`,
        origin: (wrong ?? this.nodeGetMember(node, 'list', 'hashes')).origin,
      });
    }
    if (!FORMATS.includes(format)) {
      throw new ElementError({
        code: 'INVALID_DATA',
        message: `\`${format}\` is not a distribution format`,
        origin: this.nodeGetScalar(node, 'format').origin,
        hint: 'formats are `wheel`, `sdist` and `any`',
      });
    }
    this.request = {
      name: normalizeName(this.nodeGetMember(node, 'str', 'name')),
      version: this.nodeGetMember(node, 'str', 'version'),
      hashes: hashes.map((hash) => hash.asString()).sort(),
      format: format as DistributionRequest['format'],
    };
    this.target = this.nodeGetMember(node, 'str', 'target');
  }

  override describe(): SourceFacts {
    return { label: this.request.name, version: this.request.version };
  }

  override getUniqueKey(): Json {
    const { name, version, hashes, format } = this.request;
    return { name, version, hashes, format, target: this.target };
  }

  override async consistency(): Promise<Consistency> {
    return (await this.remembered(this.services.store.blobs)) === undefined ? 'resolved' : 'cached';
  }

  /** Looks in the store, then in the snapshots, then asks the indexes. @throws ElementError LOCK_HASH, FETCH */
  override async fetch(to: BlobStore, io: Io): Promise<Digest> {
    const kept = (await this.remembered(to)) ?? (await this.fromLinks(to));
    if (kept !== undefined) return await treeOf(to, kept);
    await fetchAll([this], this.services, this.interpreter(), { to, io });
    const fetched = await this.remembered(to);
    if (fetched === undefined) throw new Error(`${this.name} was fetched, but is missing`);
    return await treeOf(to, fetched);
  }

  /** Fetches all `sources` that are not here: what snapshots have first, the rest by one process for each target. */
  static async fetchTogether(sources: readonly Source[], to: BlobStore, io: Io): Promise<void> {
    const missing: DistributionSource[] = [];
    for (const source of new Set(sources)) {
      if (source instanceof DistributionSource && (await source.remembered(to)) === undefined) missing.push(source);
    }
    const groups = new Map<string, DistributionSource[]>();
    const known = new Set<string>();
    for (const source of missing) {
      const key = canonicalJson(source.getUniqueKey());
      if (known.has(key)) continue;
      known.add(key);
      if ((await source.fromLinks(to)) !== undefined) continue;
      groups.set(source.target, [...(groups.get(source.target) ?? []), source]);
    }
    for (const group of groups.values()) {
      const [first] = group;
      if (first !== undefined) await fetchAll(group, first.services, first.interpreter(), { to, io });
    }
  }

  /** Takes a file that was fetched for this source. */
  async keep(file: DistributionFile, to: BlobStore): Promise<void> {
    const digest = { hash: file.sha256, sizeBytes: file.sizeBytes };
    const [missing] = await to.findMissing([digest]);
    if (missing !== undefined) await to.write(digest, createReadStream(file.path));
    replaceFile(this.memoPath(), JSON.stringify({ filename: file.filename, digest } satisfies KeptFile));
  }

  /** What is asked of an index. */
  get wanted(): DistributionRequest {
    return { ...this.request, origin: this.origin };
  }

  /** An error for each file of a snapshot that has its name but not its hash, at the origin of the lock entry. */
  async mismatches(): Promise<ElementError[]> {
    const found: ElementError[] = [];
    for (const { path, filename } of this.candidates()) {
      const { sha256 } = await hashFile(path);
      if (this.request.hashes.includes(`sha256:${sha256}`)) continue;
      const expected = this.request.hashes.map((hash) => hash.slice('sha256:'.length));
      found.push(
        new ElementError({
          code: 'LOCK_HASH',
          message: `\`${filename}\` in \`${dirname(path)}\` is not the locked file: ${mismatch(expected, sha256)}`,
          origin: this.origin,
          hint: 'if the lock is right, remove the snapshot and run the target `snapshot` again',
        }),
      );
    }
    return found;
  }

  private interpreter(): Interpreter {
    const interpreter = this.services.of(DISTRIBUTION_SERVICES).interpreter(this.target);
    if (interpreter !== undefined) return interpreter;
    throw new ElementError({
      code: 'INTERPRETER',
      message: `${this.name} is for an interpreter that is not on this machine: \`${this.target}\``,
      origin: this.origin,
    });
  }

  /** The file that answered before, where its bytes are still there. */
  private async remembered(blobs: BlobStore): Promise<KeptFile | undefined> {
    let kept: KeptFile;
    try {
      kept = JSON.parse(readFileSync(this.memoPath(), 'utf8')) as KeptFile;
    } catch {
      // Nothing answered yet, or the memo was cut short.
      return undefined;
    }
    if (!this.request.hashes.includes(`sha256:${kept.digest.hash}`)) return undefined;
    return (await blobs.findMissing([kept.digest])).length === 0 ? kept : undefined;
  }

  private async fromLinks(to: BlobStore): Promise<KeptFile | undefined> {
    for (const { path, filename, format } of this.candidates()) {
      const { sha256, sizeBytes } = await hashFile(path);
      if (!this.request.hashes.includes(`sha256:${sha256}`)) continue;
      await this.keep({ filename, format, sha256, sizeBytes, path }, to);
      return { filename, digest: { hash: sha256, sizeBytes } };
    }
    return undefined;
  }

  private candidates(): SnapshotFile[] {
    const tags = this.services.of(DISTRIBUTION_SERVICES).interpreter(this.target)?.tags ?? [];
    return snapshotFiles(this.services.of(DISTRIBUTION_SERVICES).findLinks, this.request, tags);
  }

  private memoPath(): string {
    const key = createHash('sha256').update(canonicalJson(this.getUniqueKey())).digest('hex');
    return this.services.store.memo(`distribution-${key}`);
  }
}

async function fetchTogether(sources: readonly Source[], to: BlobStore, io: Io): Promise<void> {
  await DistributionSource.fetchTogether(sources, to, io);
}

/** Kind `distribution`. Needs {@link DISTRIBUTION_SERVICES}. */
export const distribution: SourceKind = {
  kind: 'distribution',
  formatVersion: 1,
  create: (meta) => new DistributionSource(meta),
};

async function fetchAll(
  sources: readonly DistributionSource[],
  services: SourceServices,
  interpreter: Interpreter,
  { to, io }: { readonly to: BlobStore; readonly io: Io },
): Promise<void> {
  const temporary = await services.store.scratch.directory();
  try {
    const requests = sources.map((source) => source.wanted);
    const files = await services.of(DISTRIBUTION_SERVICES).fetch(requests, interpreter, temporary.path, io);
    for (const [index, source] of sources.entries()) {
      const file = files[index];
      if (file !== undefined) await source.keep(file, to);
    }
  } catch (error) {
    // A snapshot with a file that was tampered with is the likelier reason than an index that is away.
    const mismatches = (await Promise.all(sources.map((source) => source.mismatches()))).flat();
    throwCollected(mismatches);
    throw error;
  } finally {
    await temporary.dispose();
  }
}

async function treeOf(blobs: BlobStore, { filename, digest }: KeptFile): Promise<Digest> {
  const tree = emptyTree();
  tree.files.set(filename, { name: filename, digest, isExecutable: false });
  return await writeTree(blobs, tree);
}
