import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, posix, relative } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import type { Attestation } from '@wheelhouse/oci/internal';
import { hashFile } from '@wheelhouse/python/fetch';
import type { Manifest } from '../wheelhouse/manifest.js';
import { outputsOf, type Operation } from '../workspace/operation.js';
import { readManifest } from '../wheelhouse/read-manifest.js';
import { MANIFEST, PROVENANCE, SBOM } from '../wheelhouse/layout.js';
import { ownFile } from '../wheelhouse/own-file.js';

/** A wheelhouse that is what its manifest says. */
export interface CheckedWheelhouse {
  readonly manifest: Manifest;
  /** SHA-256 (hex) of `requirements.txt`, which names the hash of every wheel and so the whole wheelhouse. */
  readonly requirementsHash: string;
  /** Relative to the workspace. */
  readonly wheels: readonly string[];
  /** What is said of the wheelhouse, where it is: its bill of materials and its provenance. */
  readonly attestations: readonly Attestation[];
}

/** Files in `dist/<root>/` that say something of the wheelhouse, and their media types. */
const ATTESTATIONS: Readonly<Record<string, string>> = {
  [SBOM]: 'application/vnd.cyclonedx+json',
  [PROVENANCE]: 'application/vnd.in-toto+json',
};

/**
 * The wheelhouse in `dist/<root>/`, each file of which has been read and is what `manifest.json` says.
 *
 * @throws ElementError ARTIFACT
 */
export async function checkedWheelhouse(operation: Operation): Promise<CheckedWheelhouse> {
  const { dist } = outputsOf(operation);
  const workspace = operation.workspace.directory;
  const place = (name: string): string => posix.normalize(relative(workspace, join(dist, name)));
  const command = `nx run ${operation.project.ref.name}:build-wheel`;
  const again = `run \`${command}\``;
  const manifest = await readManifest({ path: join(dist, MANIFEST), shown: place(MANIFEST), command });
  const listed = manifest.files.filter((file) => file.path.startsWith('wheelhouse/'));
  const wheels: string[] = [];
  for (const file of listed) {
    const own = await ownFile(dist, file.path);
    const found = own.path === undefined ? undefined : (await hashFile(own.path)).sha256;
    if (found !== file.sha256) {
      throw new ElementError({
        code: 'ARTIFACT',
        message: `\`${place(file.path)}\` is not the file of its manifest: expected \`sha256:${file.sha256}\`, ${
          found === undefined ? `and it ${own.refused ?? ''}` : `got \`sha256:${found}\``
        }`,
        hint: again,
      });
    }
    if (file.path.endsWith('.whl')) wheels.push(place(file.path));
  }
  const directory = join(dist, 'wheelhouse');
  const names = new Set(listed.map((file) => posix.basename(file.path)));
  const unlisted = (await readdir(directory)).find((name) => name.endsWith('.whl') && !names.has(name));
  if (unlisted !== undefined) {
    throw new ElementError({
      code: 'ARTIFACT',
      message: `\`${place(`wheelhouse/${unlisted}`)}\` is not in the manifest`,
      hint: again,
    });
  }
  return {
    manifest,
    requirementsHash: (await hashFile(join(directory, 'requirements.txt'))).sha256,
    wheels,
    attestations: await attestationsIn([dist, directory]),
  };
}

/** Each from the first of the directories that has it. */
async function attestationsIn(directories: readonly string[]): Promise<Attestation[]> {
  const found: Attestation[] = [];
  for (const [name, mediaType] of Object.entries(ATTESTATIONS)) {
    const path = directories.map((directory) => join(directory, name)).find((each) => existsSync(each));
    if (path !== undefined) found.push({ mediaType, content: await readFile(path) });
  }
  return found;
}
