import { matchesPattern, type ClaimRule } from './claim-rule.js';

/** A place where builds run, which gives each of them a token. */
export interface Platform {
  readonly issuer: string;
  /**
   * Claims without which a rule must not grant `trusted`, each a choice: one of them must be looked at. A token of an
   * untrusted build has all the others as a trusted one has them.
   */
  readonly needed: readonly (readonly string[])[];
  /** Values of claims that mark builds of code that has not been accepted, or that such code can start. */
  readonly untrusted: Readonly<Record<string, readonly string[]>>;
  /** The setting that names the project, and the claim that it is compared with. */
  readonly project: { readonly setting: string; readonly claim: string };
  /** The rules for a project whose branches of these names are trusted. */
  rules(project: string, branches: readonly string[]): readonly ClaimRule[];
}

/**
 * GitHub Actions. `pull_request_target`, `workflow_run` and `issue_comment` run for the default branch, and their tokens
 * say its ref, though a pull request started them; so the ref alone proves nothing.
 */
const github: Platform = {
  issuer: 'https://token.actions.githubusercontent.com',
  needed: [['repository', 'repository_id'], ['ref'], ['event_name']],
  untrusted: {
    event_name: [
      ...['pull_request', 'pull_request_target', 'pull_request_review', 'pull_request_review_comment'],
      ...['workflow_run', 'issue_comment', 'issues', 'discussion', 'discussion_comment', 'fork', 'watch'],
    ],
  },
  project: { setting: 'repository', claim: 'repository' },
  rules: (repository, branches) => [
    {
      claims: {
        repository: [repository],
        ref: branches.map((branch) => `refs/heads/${branch}`),
        event_name: ['push', 'schedule', 'workflow_dispatch'],
      },
      grant: { kind: 'trusted' },
    },
    {
      claims: { repository: [repository], ref: ['refs/pull/*/merge'], event_name: ['pull_request'] },
      grant: { kind: 'pull-request', number: 'ref' },
    },
    { claims: { repository: [repository] }, grant: { kind: 'read' } },
  ],
};

/**
 * GitLab CI. The pipeline of a merge request says the source branch as its ref, which in a fork may be called `main`;
 * what tells it apart is `pipeline_source`, and `ref_protected`. No claim has the merge request's number, so that what is
 * not protected has a namespace for each branch.
 */
const gitlab: Platform = {
  issuer: 'https://gitlab.com',
  needed: [['project_path', 'project_id'], ['ref', 'ref_path'], ['ref_protected'], ['pipeline_source']],
  untrusted: {
    pipeline_source: ['merge_request_event', 'external_pull_request_event'],
    ref_protected: ['false'],
  },
  project: { setting: 'project', claim: 'project_path' },
  rules: (project, branches) => [
    {
      claims: {
        project_path: [project],
        ref_type: ['branch'],
        ref_path: branches.map((branch) => `refs/heads/${branch}`),
        ref_protected: ['true'],
        pipeline_source: ['push', 'schedule', 'web'],
      },
      grant: { kind: 'trusted' },
    },
    {
      claims: { project_path: [project], ref_type: ['branch'], ref_protected: ['false'] },
      // Of the project's path and the branch.
      grant: { kind: 'pull-request', hash: 'sub' },
    },
    { claims: { project_path: [project] }, grant: { kind: 'read' } },
  ],
};

/** The platforms that are known, by the names of their presets. */
export const PLATFORMS: Readonly<Record<string, Platform>> = { github, gitlab };

/**
 * Why a rule would let untrusted builds be trusted.
 *
 * @returns nothing if it would not, as far as is known of the platform
 */
export function dangerOf({ claims, grant }: ClaimRule, platform: Platform | undefined): string | undefined {
  if (grant.kind !== 'trusted' || platform === undefined) return undefined;
  const missing = platform.needed.find((choice) => !choice.some((name) => name in claims));
  if (missing !== undefined) {
    return `a rule for \`trusted\` must check ${missing.map((name) => `\`${name}\``).join(' or ')}`;
  }
  for (const [name, values] of Object.entries(platform.untrusted)) {
    const bad = values.find((value) => claims[name]?.some((pattern) => matchesPattern(value, pattern)));
    if (bad !== undefined) return `a rule for \`trusted\` must not match \`${name}: ${bad}\``;
  }
  return undefined;
}
