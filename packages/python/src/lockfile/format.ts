import { questionDigest } from './digest.js';
import type { Lock, LockEntry, VendoredFile } from './lock.js';
import { formatCrate } from './crate.js';
import { formatMarker } from '../requirements/marker.js';

/** A lock without what its text gives it. */
export type UnwrittenLock = Omit<Lock, 'file' | 'requirementsDigest'>;

/**
 * The text of a lock: a requirements file for `pip install --require-hashes`, whose header says what it answers.
 * Nothing in it names an index.
 */
export function formatLock(lock: UnwrittenLock): string {
  const header = [
    'wheelhouse lock 1',
    `made by: ${lock.kind === 'tools' ? 'node tools/python-tools-lock.mjs' : 'the target lock; do not edit'}`,
    `kind: ${lock.kind}`,
    `distribution: ${lock.distribution}`,
    ...(lock.resolve === undefined ? [] : [`resolve: ${lock.resolve}`]),
    `python: ${lock.python}`,
    `uv: ${lock.uv}`,
    `requirements: ${questionDigest(lock)}`,
    ...lock.requirements.map((requirement) => `requirement: ${requirement}`),
    ...(lock.extraRequirements ?? []).map((requirement) => `extra requirement: ${requirement}`),
    ...lock.hookRequirements.map((requirement) => `hook requirement: ${requirement}`),
    ...(lock.constraints ?? []).map((constraint) => `constraint: ${constraint}`),
    ...(lock.prereleases === undefined ? [] : [`prereleases: ${lock.prereleases}`]),
    ...(lock.settings ?? []).map((line) => `setting: ${line}`),
    ...(lock.machineSettings ?? []).map((line) => `machine setting: ${line}`),
    ...(lock.vendored ?? []).map(formatVendored),
    ...(lock.noBinary === true ? ['no binary: true'] : []),
    ...(lock.bootstrap ?? []).map((key) => `bootstrap: ${key}`),
    ...(lock.crates ?? []).map((crate) => `crate: ${formatCrate(crate)}`),
  ];
  return `${header.map((line) => `# ${line}\n`).join('')}${lock.entries.map(formatEntry).join('')}`;
}

function formatVendored({ file, from, at }: VendoredFile): string {
  return `vendored: ${file} from ${from}${at === undefined ? '' : ` at ${at}`}`;
}

function formatEntry(entry: LockEntry): string {
  const marker = entry.marker === undefined ? '' : ` ; ${formatMarker(entry.marker)}`;
  const lines = [
    `${entry.normalizedName}==${entry.version}${marker}`,
    ...entry.hashes.map((hash) => `    --hash=${hash}`),
  ];
  return `${lines.join(' \\\n')}\n`;
}
