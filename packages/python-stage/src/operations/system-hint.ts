import {
  installHint,
  openPackageDatabase,
  readBlob,
  type ArtifactRecord,
  type Outcome,
  type PackageDatabase,
} from '@wheelhouse/element/internal';
import type { Operation } from '../workspace/operation.js';
import type { PackagesToolchain, Toolchain } from '../toolchains/toolchain.js';
import { missingParts, type MissingPart } from './missing-parts.js';

/** More hints of one log would only repeat one another. */
const MOST = 3;

/** What is known of packages. */
export interface PackageKnowledge {
  readonly database: PackageDatabase;
  /** Finds packages that are not installed by the files that they have; absent if the machine has no index of these. */
  readonly indexed?: ((endings: readonly string[]) => Promise<readonly string[]>) | undefined;
}

/**
 * What to do if something of the system is missing that a build or tests looked for: which package has it, and the option
 * that brings it.
 *
 * @param toolchain of the project; absent if the machine's own directories are bound
 * @param record of the failed element @returns nothing if its log does not mention any
 */
export async function systemHints(
  { engine }: Pick<Operation, 'engine'>,
  toolchain: Toolchain | undefined,
  record: ArtifactRecord,
): Promise<string[]> {
  // What this machine has does not matter for a root that is not of it.
  if (record.log === undefined || toolchain?.kind === 'image' || toolchain?.kind === 'debian') return [];
  const parts = missingParts(Buffer.from(await readBlob(engine.store.blobs, record.log)).toString('utf8'));
  const database = parts.length === 0 ? undefined : openPackageDatabase('/');
  if (database === undefined) return [];
  const { aptFile } = await import('./apt-file.js');
  const indexed = database.manager === 'dpkg' ? aptFile(engine.environment) : undefined;
  return await hintsFor(parts, toolchain, { database, indexed });
}

/** The same for whatever failed. */
export async function hintsOfFailures(
  operation: Pick<Operation, 'engine'>,
  toolchain: Toolchain | undefined,
  outcomes: readonly Outcome[],
): Promise<string[]> {
  const hints = new Set<string>();
  for (const each of outcomes) {
    if (each.status !== 'failed') continue;
    for (const hint of await systemHints(operation, toolchain, each.record)) hints.add(hint);
  }
  return [...hints];
}

/** The same for parts that a log named. */
export async function hintsFor(
  parts: readonly MissingPart[],
  toolchain: PackagesToolchain | undefined,
  { database, indexed }: PackageKnowledge,
): Promise<string[]> {
  const installed = await database.packages();
  const hints = new Set<string>();
  for (const part of parts) {
    const owners = await database.endingIn(part.endings);
    const names = owners.flatMap((id) => installed.get(id)?.name ?? []);
    const [owner] = sorted(names);
    const [other] = owner === undefined ? sorted((await indexed?.(part.endings)) ?? part.likely) : [];
    const hint = hintOf(part, { owner, other, isIndexed: indexed !== undefined }, toolchain, database);
    if (hint !== undefined) hints.add(hint);
  }
  return [...hints].slice(0, MOST);
}

interface Found {
  /** An installed package that has the part. */
  readonly owner: string | undefined;
  /** Another that has it, or may have it. */
  readonly other: string | undefined;
  readonly isIndexed: boolean;
}

function hintOf(
  { name }: MissingPart,
  { owner, other, isIndexed }: Found,
  toolchain: PackagesToolchain | undefined,
  { manager }: PackageDatabase,
): string | undefined {
  const named = owner ?? other;
  // What the toolchain has already is missing for another reason.
  if (named === undefined || toolchain?.systemPackages.includes(named) === true) return undefined;
  const add = `add it to the option \`systemPackages\`: \`"systemPackages": ["${named}"]\``;
  if (owner !== undefined) {
    return toolchain === undefined
      ? undefined
      : `\`${name}\` is in the installed package \`${named}\`, which is not in the toolchain: ${add}`;
  }
  const where = isIndexed ? 'is in' : 'may be in';
  const rest = toolchain === undefined ? '' : `, and ${add}`;
  return `\`${name}\` ${where} the package \`${named}\`: ${installHint(manager, named)}${rest}`;
}

/** Packages for development first, of these the one with the shortest name. */
function sorted(names: readonly string[]): string[] {
  const isOther = (name: string): number => (/-dev(?:el)?$/.test(name) ? 0 : 1);
  return [...new Set(names)].sort((a, b) => isOther(a) - isOther(b) || a.length - b.length || (a < b ? -1 : 1));
}
