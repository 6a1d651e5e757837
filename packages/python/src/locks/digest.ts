import { createHash } from 'node:crypto';
import { canonicalJson } from '@wheelhouse/element';
import type { Lock } from './lock.js';

/** What a lock answers, without its answer. */
export type Question = Pick<Lock, 'kind' | 'distribution' | 'resolve' | 'python' | 'requirements' | 'hookRequirements'>;

/** The digest of the requirements a lock answers: `sha256:<hex>` over the canonical JSON of the question. */
export function questionDigest(question: Question): string {
  const { kind, distribution, resolve, python, requirements, hookRequirements } = question;
  const text = canonicalJson({
    kind,
    distribution,
    ...(resolve === undefined ? {} : { resolve }),
    python,
    requirements,
    hookRequirements,
  });
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
