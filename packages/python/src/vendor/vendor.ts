import { copyFile, mkdir, mkdtemp, rename, stat } from 'node:fs/promises';
import { basename, join, posix, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ElementError } from '@wheelhouse/element';
import { inspectArchive, packArchive, type ArchiveTexts } from './archive.js';
import { checkOut } from './git-checkout.js';
import { staticMetadata } from './static-metadata.js';
import { entryOf, hashOf, pathInWorkspace, treeDigest, vendorDirectory } from './vendored-files.js';
import { isAbsent } from '../errno.js';
import { parseFilename } from '../fetch/distribution-file.js';
import { fetchAddress, type FetchContext } from '../fetch/fetch-distributions.js';
import type { SdistFile, SdistMetadata } from '../lock/hook-runner.js';
import type { KnownMetadata } from '../lock/uv.js';
import { sdistKey, type LockEntry, type ProjectLocks, type VendoredFile } from '../locks/lock.js';
import { parseMetadata } from '../metadata/core-metadata.js';
import { expandVariables, parseAddress, publicAddress } from '../requirements/address.js';
import { formatMarker } from '../requirements/marker.js';
import { normalizeName } from '../requirements/name.js';
import { formatRequirement, parseRequirement, type Requirement } from '../requirements/requirement.js';
import { normalizeVersion } from '../requirements/specifier.js';
import { hashFile } from '../sources/snapshot-files.js';
import { projectFiles } from '../sources/source-set.js';

/** What vendoring works with. */
export interface VendorServices extends FetchContext {
  readonly tools: FetchContext['tools'];
  /** Absolute. */
  readonly workspaceDirectory: string;
  /** A private directory, absolute. */
  readonly temporary: string;
  /** The locks that projects have, with their roots: what they vendored is kept. */
  readonly previous: readonly { readonly root: string; readonly locks: ProjectLocks }[];
  /** Names whose addresses are asked anew. */
  readonly upgrade?: 'all' | readonly string[] | undefined;
  /** Commits that another tool's lock has, by normalised name. */
  readonly commits?: ReadonlyMap<string, string>;
}

/** What a build asks of an sdist before it is built. */
type BuildTexts = Pick<ArchiveTexts, 'pyproject' | 'cargoLocks'>;

/** Who asks backends, and builds what is vendored as an sdist. */
export interface VendorBuilds {
  provide(
    file: (SdistFile & BuildTexts) | Pick<LockEntry, 'normalizedName' | 'version'>,
    format: 'wheel' | 'sdist',
  ): void;
  metadata(sdist: { readonly name: string; readonly version: string }, python: string): Promise<SdistMetadata>;
}

/** A distribution that lies here because its requirement names an address. */
export interface Vendored extends VendoredFile {
  readonly normalizedName: string;
  readonly version: string;
  /** `sha256:<hex>`. */
  readonly hash: string;
  /** Absolute. */
  readonly path: string;
  readonly metadata: KnownMetadata;
}

/** Sources as they were taken, before their name and version are known. */
interface Taken {
  readonly at?: string;
  /** A file by a name that says name and version. */
  readonly file?: string;
  /** Files to be packed. */
  readonly tree?: {
    readonly directory: string;
    readonly files: readonly string[];
    readonly version?: string | undefined;
  };
}

/**
 * Distributions whose requirements name addresses: each is fetched once, kept as a file that pip knows by its name, and
 * locked by its digest alone, so that no index can answer for it (docs/adr/0024). What was vendored before stays until
 * it is to be upgraded; files of the workspace are taken as they are now.
 */
export class Vendor {
  private readonly known = new Map<string, Promise<Vendored>>();
  private readonly done = new Map<string, Vendored>();
  private builds: VendorBuilds | undefined;

  constructor(private readonly services: VendorServices) {}

  connect(builds: VendorBuilds): void {
    this.builds = builds;
  }

  /** The directory of the files, absolute. */
  get directory(): string {
    return join(this.services.temporary, 'vendor');
  }

  /** What is vendored so far, by `name==version`. */
  get all(): ReadonlyMap<string, Vendored> {
    return this.done;
  }

  /** Those of a lock's entries that are vendored, by file. */
  of(entries: readonly LockEntry[]): Vendored[] {
    const found = entries.flatMap((entry) => {
      const vendored = this.done.get(sdistKey(entry));
      return vendored !== undefined && entry.hashes.includes(vendored.hash) ? [vendored] : [];
    });
    return [...new Set(found)].sort((a, b) => (a.file < b.file ? -1 : 1));
  }

  /** The line by which uv is asked for a requirement. @throws ElementError */
  async lineOf(requirement: Requirement, python: string): Promise<string> {
    if (requirement.url === undefined) return formatRequirement(requirement);
    const { normalizedName, path } = await this.take(requirement, python);
    const extras = requirement.extras.length === 0 ? '' : `[${requirement.extras.join(',')}]`;
    const marker = requirement.marker === undefined ? '' : ` ; ${formatMarker(requirement.marker)}`;
    return `${normalizedName}${extras} @ ${pathToFileURL(path).href}${marker}`;
  }

  /** Metadata whose addresses are those of vendored files. */
  async withoutAddresses(metadata: SdistMetadata, python: string): Promise<SdistMetadata> {
    const requiresDist: string[] = [];
    for (const line of metadata.requiresDist) {
      const requirement = /\s@\s|^[A-Za-z0-9._-]+(\[[^\]]*\])?@/.test(line) ? parseRequirement(line) : undefined;
      requiresDist.push(requirement?.url === undefined ? line : await this.lineOf(requirement, python));
    }
    return { ...metadata, requiresDist };
  }

  private take(requirement: Requirement, python: string): Promise<Vendored> {
    const key = `${requirement.normalizedName} ${publicAddress(requirement.url ?? '')}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const taken = this.vendor(requirement, python);
    this.known.set(key, taken);
    return taken;
  }

  private async vendor(requirement: Requirement, python: string): Promise<Vendored> {
    const from = publicAddress(requirement.url ?? '');
    await mkdir(this.directory, { recursive: true });
    const work = await mkdtemp(join(this.services.temporary, 'source-'));
    const kept = this.keptFile(requirement, from);
    const taken = kept ?? (await this.fetch(requirement, work));
    const made = await this.identified(taken, { requirement, work, python });
    const { name, version, path } = made;
    const normalizedName = normalizeName(name);
    if (requirement.name !== '' && normalizedName !== requirement.normalizedName) {
      throw new ElementError({
        code: 'METADATA',
        message: `\`${requirement.name}\` is required from \`${from}\`, and what lies there is \`${name}\``,
        origin: requirement.origin,
      });
    }
    const { sha256 } = await hashFile(path);
    const metadata = await this.withoutAddresses(made.metadata, python);
    const vendored: Vendored = {
      file: basename(path),
      from,
      ...(taken.at === undefined ? {} : { at: taken.at }),
      normalizedName,
      version,
      hash: `sha256:${sha256}`,
      path,
      metadata: { ...metadata, name: normalizedName, version },
    };
    const other = this.done.get(sdistKey(vendored));
    if (other !== undefined && other.hash !== vendored.hash) {
      throw new ElementError({
        code: 'RESOLUTION',
        message: `\`${sdistKey(vendored)}\` is required from \`${other.from}\` and from \`${from}\`, which differ`,
        origin: requirement.origin,
        hint: 'one version of a distribution is one file: give one of them another version',
      });
    }
    this.done.set(sdistKey(vendored), vendored);
    return vendored;
  }

  /** What the locks have for an address, where it is not to be asked anew. @throws ElementError LOCK_HASH */
  private keptFile(requirement: Requirement, from: string): Taken | undefined {
    const { previous, upgrade, workspaceDirectory } = this.services;
    if (upgrade === 'all' || pathInWorkspace(from) !== undefined) return undefined;
    const all = previous.flatMap(({ root, locks }) =>
      [locks.test, locks.runtime, ...locks.build.values()].map((lock) => ({ root, lock })),
    );
    for (const { root, lock } of all) {
      const vendored = lock.vendored?.find((each) => each.from === from);
      const entry = vendored === undefined ? undefined : entryOf(lock, vendored);
      if (vendored === undefined || entry === undefined || upgrade?.includes(entry.normalizedName) === true) continue;
      const adopted = this.services.commits?.get(entry.normalizedName);
      if (adopted !== undefined && adopted !== vendored.at) continue;
      const file = posix.join(vendorDirectory(root), vendored.file);
      const hash = hashOf(join(workspaceDirectory, file));
      if (hash === undefined) continue;
      if (entry.hashes.includes(hash)) {
        return { file: join(workspaceDirectory, file), ...(vendored.at === undefined ? {} : { at: vendored.at }) };
      }
      throw new ElementError({
        code: 'LOCK_HASH',
        message: `\`${file}\` is not the locked file: it is \`${hash}\`, and locked is \`${entry.hashes.join('`, `')}\``,
        origin: requirement.origin,
        hint: `take the file back from version control, or take it anew with \`--upgrade=${entry.normalizedName}\``,
      });
    }
    return undefined;
  }

  private async fetch(requirement: Requirement, work: string): Promise<Taken> {
    const { environment, workspaceDirectory } = this.services;
    const { origin } = requirement;
    const written = requirement.url ?? '';
    const address = parseAddress(
      expandVariables(written, (name) => environment[name], origin),
      origin,
    );
    switch (address.kind) {
      case 'git': {
        const pinned = this.services.commits?.get(requirement.normalizedName);
        const wanted = pinned === undefined ? address : { ...address, revision: pinned };
        const { commit, ...tree } = await checkOut(wanted, join(work, 'repository'), { ...this.services, origin });
        return { at: commit, tree };
      }
      case 'archive': {
        const request = {
          name: requirement.normalizedName,
          hashes: address.hashes,
          ...(origin === undefined ? {} : { origin }),
        };
        const { path } = await fetchAddress(address.url, request, { ...this.services, destination: work });
        return { file: path };
      }
      case 'path': {
        const path = resolve(workspaceDirectory, address.path);
        const stats = await stat(path).catch((error: unknown) => {
          if (isAbsent(error)) return undefined;
          throw error;
        });
        if (stats?.isFile() === true) return { file: path };
        if (stats?.isDirectory() === true) {
          const files = await projectFiles(path);
          return { at: treeDigest(path, files), tree: { directory: path, files } };
        }
        throw new ElementError({ code: 'METADATA', message: `there is nothing at \`${address.path}\``, origin });
      }
      default: {
        const unknown: never = address;
        throw new Error(`no such address: ${JSON.stringify(unknown)}`);
      }
    }
  }

  /** Gives what was taken its name and version, by asking its backend in the sandbox where its files do not say. */
  private async identified(
    taken: Taken,
    context: { readonly requirement: Requirement; readonly work: string; readonly python: string },
  ): Promise<{
    readonly name: string;
    readonly version: string;
    readonly path: string;
    readonly metadata: SdistMetadata;
  }> {
    const { requirement, work, python } = context;
    if (this.builds === undefined) throw new Error('vendoring without builds');
    const parsed = taken.file === undefined ? undefined : parseFilename(basename(taken.file));
    if (taken.file !== undefined && parsed?.format === 'wheel') {
      const { metadata: text = '' } = await inspectArchive(taken.file, this.services);
      const version = normalizeVersion(parsed.version);
      this.builds.provide({ normalizedName: normalizeName(parsed.name), version }, 'wheel');
      const path = await this.place(taken.file, basename(taken.file));
      return { name: parsed.name, version, path, metadata: parseMetadata(text) };
    }
    const suffix = taken.file === undefined ? '.tar.gz' : suffixOf(taken.file, requirement);
    const guess = {
      name: parsed?.name ?? (requirement.normalizedName || 'unnamed'),
      version: normalizeVersion(parsed?.version ?? '0'),
    };
    const first = await this.sdist(taken, { ...guess, suffix, directory: work });
    const known = staticMetadata(first.texts);
    const metadata = known ?? (await this.ask(first.sdist, first.texts, python));
    const { name = guess.name, version: said = guess.version } = metadata;
    const version = normalizeVersion(said);
    const last = await this.sdist(taken, { name, version, suffix, directory: this.directory });
    this.builds.provide({ ...last.sdist, ...buildTexts(last.texts) }, 'sdist');
    return { name, version, path: last.sdist.path, metadata };
  }

  private async ask(sdist: SdistFile, texts: ArchiveTexts, python: string): Promise<SdistMetadata> {
    if (this.builds === undefined) throw new Error('vendoring without builds');
    this.builds.provide({ ...sdist, ...buildTexts(texts) }, 'sdist');
    return await this.builds.metadata({ name: sdist.normalizedName, version: sdist.version }, python);
  }

  private async sdist(
    { file, tree }: Taken,
    to: { readonly name: string; readonly version: string; readonly suffix: string; readonly directory: string },
  ): Promise<{ readonly sdist: SdistFile; readonly texts: ArchiveTexts }> {
    const stem = `${normalizeName(to.name).replaceAll('-', '_')}-${to.version}`;
    const filename = `${stem}${to.suffix}`;
    const path = join(to.directory, filename);
    if (file !== undefined && file !== path) await copyFile(file, path);
    if (tree !== undefined) {
      // Backends that ask version control ask PKG-INFO where there is none.
      const add =
        tree.version === undefined || tree.files.includes('PKG-INFO')
          ? {}
          : { 'PKG-INFO': pkgInfo(to.name, tree.version) };
      await packArchive(
        { directory: tree.directory, files: tree.files, top: stem, destination: path, add },
        this.services,
      );
    }
    const { sha256, sizeBytes } = await hashFile(path);
    const normalizedName = normalizeName(to.name);
    const sdist: SdistFile = {
      ...{ name: normalizedName, normalizedName, version: to.version, hashes: [`sha256:${sha256}`] },
      ...{ filename, format: 'sdist', sha256, sizeBytes, path },
      origin: { file: filename, line: 1, column: 0 },
    };
    return { sdist, texts: await inspectArchive(path, this.services) };
  }

  private async place(file: string, name: string): Promise<string> {
    const path = join(this.directory, name);
    await copyFile(file, `${path}.new`);
    await rename(`${path}.new`, path);
    return path;
  }
}

function buildTexts({ pyproject, cargoLocks }: ArchiveTexts): BuildTexts {
  return { ...(pyproject === undefined ? {} : { pyproject }), cargoLocks };
}

function pkgInfo(name: string, version: string): string {
  return `Metadata-Version: 1.0\nName: ${name}\nVersion: ${version}\n`;
}

function suffixOf(file: string, { origin, url = '' }: Requirement): string {
  const suffix = /\.(tar\.gz|tgz|tar\.bz2|zip)$/i.exec(file)?.[0].toLowerCase();
  if (suffix !== undefined) return suffix;
  throw new ElementError({
    code: 'METADATA',
    message: `\`${publicAddress(url)}\` is neither a wheel nor an sdist`,
    origin,
    hint: 'wheels end in .whl, sdists in .tar.gz, .tgz, .tar.bz2 or .zip',
  });
}
