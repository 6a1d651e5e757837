import { copyFile, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import {
  parseFilename,
  publicAddress,
  normalizeName,
  type Requirement,
  normalizeVersion,
} from '@wheelhouse/python/internal';
import { hashFile } from '@wheelhouse/python/fetch';
import { type SdistMetadata, parseMetadata } from '@wheelhouse/python/metadata';
import { inspectArchive, packArchive, type ArchiveTexts } from './archive.js';
import { staticMetadata } from './static-metadata.js';
import type { Taken } from './taken.js';
import type { BuildTexts, VendorBuilds, VendorServices } from './vendor-services.js';
import type { SdistFile } from '../hooks/hook-runner.js';

/** What is to be identified for whom. */
export interface IdentifyRequest {
  readonly requirement: Requirement;
  /** A private directory, absolute. */
  readonly work: string;
  /** Where the file is to are, absolute. */
  readonly directory: string;
  /** The lowest Python the metadata is for. */
  readonly python: string;
}

/** What identifying uses. */
export interface IdentifyServices {
  readonly services: VendorServices;
  readonly builds: VendorBuilds;
}

/** A distribution whose file is under the name that says what it is. */
export interface Identified {
  readonly name: string;
  readonly version: string;
  /** Absolute. */
  readonly path: string;
  readonly metadata: SdistMetadata;
}

interface PackedSdist {
  readonly sdist: SdistFile;
  readonly texts: ArchiveTexts;
}

/** Gives what was taken its name and version, by asking its backend in the sandbox where its files do not say. */
export async function identify(
  taken: Taken,
  { requirement, work, directory, python }: IdentifyRequest,
  { services, builds }: IdentifyServices,
): Promise<Identified> {
  const parsed = taken.file === undefined ? undefined : parseFilename(basename(taken.file));
  if (taken.file !== undefined && parsed?.format === 'wheel') {
    const { metadata: text = '' } = await inspectArchive(taken.file, services);
    const version = normalizeVersion(parsed.version);
    builds.provide({ normalizedName: normalizeName(parsed.name), version }, 'wheel');
    const path = await place(taken.file, directory);
    return { name: parsed.name, version, path, metadata: parseMetadata(text) };
  }
  const suffix = taken.file === undefined ? '.tar.gz' : suffixOf(taken.file, requirement);
  const guess = {
    name: parsed?.name ?? (requirement.normalizedName || 'unnamed'),
    version: normalizeVersion(parsed?.version ?? '0'),
  };
  const first = await pack(taken, { ...guess, suffix, directory: work }, services);
  const known = staticMetadata(first.texts);
  const metadata = known ?? (await ask(first, builds, python));
  const { name = guess.name, version: said = guess.version } = metadata;
  const version = normalizeVersion(said);
  const last = await pack(taken, { name, version, suffix, directory }, services);
  builds.provide({ ...last.sdist, ...buildTexts(last.texts) }, 'sdist');
  return { name, version, path: last.sdist.path, metadata };
}

async function ask({ sdist, texts }: PackedSdist, builds: VendorBuilds, python: string): Promise<SdistMetadata> {
  builds.provide({ ...sdist, ...buildTexts(texts) }, 'sdist');
  return await builds.metadata({ name: sdist.normalizedName, version: sdist.version }, python);
}

async function pack(
  { file, tree }: Taken,
  to: { readonly name: string; readonly version: string; readonly suffix: string; readonly directory: string },
  services: VendorServices,
): Promise<PackedSdist> {
  const stem = `${normalizeName(to.name).replaceAll('-', '_')}-${to.version}`;
  const filename = `${stem}${to.suffix}`;
  const path = join(to.directory, filename);
  if (file !== undefined && file !== path) await copyFile(file, path);
  if (tree !== undefined) {
    // Backends that ask version control ask PKG-INFO if there is none.
    const add =
      tree.version === undefined || tree.files.includes('PKG-INFO')
        ? {}
        : { 'PKG-INFO': pkgInfo(to.name, tree.version) };
    await packArchive({ directory: tree.directory, files: tree.files, top: stem, destination: path, add }, services);
  }
  const { sha256, sizeBytes } = await hashFile(path);
  const normalizedName = normalizeName(to.name);
  const sdist: SdistFile = {
    ...{ name: normalizedName, normalizedName, version: to.version, hashes: [`sha256:${sha256}`] },
    ...{ filename, format: 'sdist', sha256, sizeBytes, path },
    origin: { file: filename, line: 1, column: 0 },
  };
  return { sdist, texts: await inspectArchive(path, services) };
}

async function place(file: string, directory: string): Promise<string> {
  const path = join(directory, basename(file));
  await copyFile(file, `${path}.new`);
  await rename(`${path}.new`, path);
  return path;
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
