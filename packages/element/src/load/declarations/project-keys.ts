import { ElementError } from '../../base/error.js';
import type { ErrorCollector } from '../../base/error-collector.js';
import type { MappingNode } from '../node.js';

/** The keys of project.conf that are acted upon. */
const SUPPORTED = [
  'name',
  'min-version',
  'element-path',
  'variables',
  'environment',
  'environment-nocache',
  'split-rules',
  'sandbox',
  'elements',
  'sources',
  'plugins',
  'defaults',
  'fatal-warnings',
];

/** Keys that cannot change what is built here: they are accepted, so that a project can be shared with BuildStream. */
const HARMLESS = [
  // Short names and mirrors of URLs; only kinds of sources that download use them, and they verify what they get.
  'aliases',
  'mirrors',
  // The environment of an interactive shell, which is never part of a build.
  'shell',
  // The attributes that describe where a source comes from; builds do not use them.
  'source-provenance-attributes',
];

/** Keys whose meaning would be lost if they were skipped. */
const UNSUPPORTED: ReadonlyMap<string, string> = new Map([
  ['options', 'Project options are not supported yet'],
  ['junctions', 'Junctions are not supported yet'],
  ['artifacts', 'Artifact servers of a project are not supported yet'],
  ['source-caches', 'Source caches of a project are not supported yet'],
  ['fail-on-overlap', 'The key was replaced by `fatal-warnings`'],
]);

/** Collects an error for every key of project.conf that is unknown or not acted upon. */
export function refuseUnsupportedKeys(project: MappingNode, errors: ErrorCollector): void {
  for (const [key, value] of project.entries) {
    if (SUPPORTED.includes(key) || HARMLESS.includes(key)) continue;
    if (key === 'ref-storage') {
      errors.attempt(() => {
        refuseProjectRefs(project);
      });
      continue;
    }
    const reason = UNSUPPORTED.get(key);
    errors.add(
      reason === undefined
        ? new ElementError({
            code: 'INVALID_DATA',
            message: `Unexpected key: ${key}`,
            origin: value.origin,
            hint: `known keys are ${[...SUPPORTED, ...HARMLESS].map((name) => `\`${name}\``).join(', ')}`,
          })
        : new ElementError({
            code: 'UNSUPPORTED_PROJECT',
            message: `${reason}: \`${key}\``,
            origin: value.origin,
            hint: 'remove the key from project.conf',
          }),
    );
  }
}

/** References of sources are read from the element's own file alone. */
function refuseProjectRefs(project: MappingNode): void {
  const storage = project.scalar('ref-storage');
  if (storage === undefined || storage.asString() === 'inline') return;
  throw new ElementError({
    code: 'UNSUPPORTED_PROJECT',
    message: `Source references in a separate file are not supported yet: \`${storage.asString()}\``,
    origin: storage.origin,
    hint: 'set `ref-storage: inline` and write the references into the elements',
  });
}
