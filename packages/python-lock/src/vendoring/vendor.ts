import { mkdir, mkdtemp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ElementError } from '@wheelhouse/element';
import {
  publicAddress,
  formatMarker,
  normalizeName,
  formatRequirement,
  parseRequirement,
  type Requirement,
} from '@wheelhouse/python/internal';
import { hashFile } from '@wheelhouse/python/fetch';
import { sdistKey, type LockEntry, type VendoredFile } from '@wheelhouse/python/lockfile';
import type { SdistMetadata } from '@wheelhouse/python/metadata';
import { identify } from './identify.js';
import { keptFile, takeFrom } from './taken.js';
import type { VendorBuilds, VendorServices } from './vendor-services.js';
import type { KnownMetadata } from '../hooks/known-metadata.js';

/** A distribution that is here because its requirement names an address. */
export interface Vendored extends VendoredFile {
  readonly normalizedName: string;
  readonly version: string;
  /** `sha256:<hex>`. */
  readonly hash: string;
  /** Absolute. */
  readonly path: string;
  readonly metadata: KnownMetadata;
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
    const kept = keptFile(requirement, from, this.services);
    const taken = kept ?? (await takeFrom(requirement, work, this.services));
    const { services, builds, directory } = this;
    if (builds === undefined) throw new Error('vendoring without builds');
    const made = await identify(taken, { requirement, work, directory, python }, { services, builds });
    const { name, version, path } = made;
    const normalizedName = normalizeName(name);
    if (requirement.name !== '' && normalizedName !== requirement.normalizedName) {
      throw new ElementError({
        code: 'METADATA',
        message: `\`${requirement.name}\` is required from \`${from}\`, which contains \`${name}\``,
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
        hint: 'a version of a distribution must be one file: change the version of one of them',
      });
    }
    this.done.set(sdistKey(vendored), vendored);
    return vendored;
  }
}
