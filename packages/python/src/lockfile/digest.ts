import { createHash } from 'node:crypto';
import { canonicalJson } from '@wheelhouse/element/internal';
import type { Lock } from './lock.js';

/** What a lock answers, without its answer. */
export type Question = Pick<
  Lock,
  | 'kind'
  | 'distribution'
  | 'resolve'
  | 'python'
  | 'requirements'
  | 'extraRequirements'
  | 'hookRequirements'
  | 'constraints'
  | 'prereleases'
  | 'settings'
  | 'machineSettings'
>;

/** The digest of the requirements a lock answers: `sha256:<hex>` over the canonical JSON of the question. */
export function questionDigest(question: Question): string {
  const { kind, distribution, python, requirements, hookRequirements } = question;
  const {
    resolve,
    extraRequirements = [],
    constraints = [],
    prereleases,
    settings = [],
    machineSettings = [],
  } = question;
  const text = canonicalJson({
    ...{ kind, distribution, python, requirements, hookRequirements },
    // What is not used is no part of it, so that locks of before it was known stay good.
    ...(resolve === undefined ? {} : { resolve }),
    ...(extraRequirements.length === 0 ? {} : { extraRequirements }),
    ...(constraints.length === 0 ? {} : { constraints }),
    ...(prereleases === undefined ? {} : { prereleases }),
    ...(settings.length === 0 ? {} : { settings }),
    ...(machineSettings.length === 0 ? {} : { machineSettings }),
  });
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
