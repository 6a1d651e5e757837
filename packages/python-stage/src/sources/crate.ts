import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
} from '@wheelhouse/element';
import { emptyTree, replaceFile, writeTree } from '@wheelhouse/element/internal';
import { hashFile } from '@wheelhouse/python/fetch';
import { crateFilename, type Crate } from '@wheelhouse/python/lockfile';

/** What sources of kind `crate` work with. */
export interface CrateServices {
  /** Directories that may hold the files: snapshots. Absolute. */
  readonly findLinks: readonly string[];
  /** Downloads, checked, in the order of the crates. */
  readonly fetch: (crates: readonly Crate[], temporary: string, io: Io) => Promise<readonly string[]>;
}

/** Where {@link CrateServices} are bound. */
export const CRATE_SERVICES: ServiceKey<CrateServices> = new ServiceKey<CrateServices>('crate');

/**
 * One crate as the only file, `<name>-<version>.crate`, at the source's root (docs/adr/0028). Identified by its
 * checksum.
 *
 * Configuration: `name`, `version`, `checksum` (`sha256:...`), and `registry` if it is not crates.io.
 */
export class CrateSource extends Source {
  override readonly batch: SourceBatch = fetchTogether;
  private crate: Crate = { name: '', version: '', checksum: '' };

  /** The one file that may be it: `sha256:<hex>`. */
  get hashes(): readonly string[] {
    return [this.crate.checksum];
  }

  override configure(node: MappingNode): void {
    this.nodeValidate(node, ['kind', 'directory', 'name', 'version', 'checksum', 'registry']);
    const registry = this.nodeGetMember(node, 'str', 'registry', '');
    const checksum = this.nodeGetMember(node, 'str', 'checksum');
    if (!/^sha256:[0-9a-f]{64}$/.test(checksum)) {
      throw new ElementError({
        code: 'INVALID_DATA',
        message: `\`${checksum}\` is not \`sha256:\` and 64 hexadecimal digits`,
        origin: node.get('checksum')?.origin,
      });
    }
    this.crate = {
      name: this.nodeGetMember(node, 'str', 'name'),
      version: this.nodeGetMember(node, 'str', 'version'),
      checksum,
      ...(registry === '' ? {} : { registry }),
    };
  }

  override describe(): SourceFacts {
    return { label: this.crate.name, version: this.crate.version };
  }

  override getUniqueKey(): Json {
    const { name, version, checksum } = this.crate;
    return { name, version, checksum };
  }

  override async consistency(): Promise<Consistency> {
    return (await this.kept(this.services.store.blobs)) === undefined ? 'resolved' : 'cached';
  }

  override async fetch(to: BlobStore, io: Io): Promise<Digest> {
    await CrateSource.fetchTogether([this], to, io);
    const digest = await this.kept(to);
    if (digest === undefined) throw new Error(`${this.name} was fetched, but is missing`);
    const tree = emptyTree();
    const name = crateFilename(this.crate);
    tree.files.set(name, { name, digest, isExecutable: false });
    return await writeTree(to, tree);
  }

  /** Fetches all crates among `sources` that are not here: what snapshots have first, the rest by one run of cargo. */
  static async fetchTogether(sources: readonly Source[], to: BlobStore, io: Io): Promise<void> {
    const missing = new Map<string, CrateSource>();
    for (const source of sources) {
      if (source instanceof CrateSource && (await source.kept(to)) === undefined) {
        missing.set(source.crate.checksum, source);
      }
    }
    const wanted: CrateSource[] = [];
    for (const source of missing.values()) if (!(await source.fromLinks(to))) wanted.push(source);
    const [first] = wanted;
    if (first === undefined) return;
    const temporary = await first.services.store.scratch.directory();
    try {
      const crates = wanted.map(({ crate }) => crate);
      const paths = await first.services.of(CRATE_SERVICES).fetch(crates, temporary.path, io);
      for (const [index, source] of wanted.entries()) await source.keep(paths[index] ?? '', to);
    } finally {
      await temporary.dispose();
    }
  }

  private async fromLinks(to: BlobStore): Promise<boolean> {
    const paths = this.services
      .of(CRATE_SERVICES)
      .findLinks.map((directory) => join(directory, crateFilename(this.crate)));
    for (const path of paths) {
      if (!existsSync(path) || `sha256:${(await hashFile(path)).sha256}` !== this.crate.checksum) continue;
      await this.keep(path, to);
      return true;
    }
    return false;
  }

  private async keep(path: string, to: BlobStore): Promise<void> {
    const { sha256, sizeBytes } = await hashFile(path);
    const digest = { hash: sha256, sizeBytes };
    const [missing] = await to.findMissing([digest]);
    if (missing !== undefined) await to.write(digest, createReadStream(path));
    replaceFile(this.memoPath(), JSON.stringify(digest));
  }

  /** The crate's bytes, where they are in the store. */
  private async kept(blobs: BlobStore): Promise<Digest | undefined> {
    let digest: Digest;
    try {
      digest = JSON.parse(readFileSync(this.memoPath(), 'utf8')) as Digest;
    } catch {
      // Not fetched yet, or the memo was cut short.
      return undefined;
    }
    if (`sha256:${digest.hash}` !== this.crate.checksum) return undefined;
    return (await blobs.findMissing([digest])).length === 0 ? digest : undefined;
  }

  private memoPath(): string {
    return this.services.store.memo(`crate-${this.crate.checksum.slice('sha256:'.length)}`);
  }
}

async function fetchTogether(sources: readonly Source[], to: BlobStore, io: Io): Promise<void> {
  await CrateSource.fetchTogether(sources, to, io);
}

/** Kind `crate`. Needs {@link CRATE_SERVICES}. */
export const crate: SourceKind = { kind: 'crate', formatVersion: 1, create: (meta) => new CrateSource(meta) };
