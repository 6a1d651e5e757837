import { type ElementError } from '@wheelhouse/element';
import { formatError, parseYaml } from '@wheelhouse/element/internal';
import { formatTier, matchesPattern, type OidcProvider, readSettings, tierOf } from '@wheelhouse/cache/internal';

function providers(text: string): readonly OidcProvider[] {
  const sources = { options: {}, environment: {}, cwd: '/work', fileDirectory: '/work' };
  return readSettings({ ...sources, file: parseYaml(text, 'wheelhouse-cache.yml') }, []).oidc;
}

function messageOf(text: string): string {
  try {
    providers(text);
  } catch (error) {
    return formatError(error as ElementError);
  }
  throw new Error('nothing was thrown');
}

/** The tier that the first provider gives. */
function tier(text: string, claims: Record<string, unknown>): string {
  const [{ rules } = { rules: [] }] = providers(text);
  const given = tierOf(claims, rules);
  return given === undefined ? 'nobody' : formatTier(given);
}

describe('patterns of claims', () => {
  it.each<[string, string, boolean]>([
    ['refs/heads/main', 'refs/heads/main', true],
    ['refs/heads/main', 'refs/heads/mai', false],
    ['refs/heads/main2', 'refs/heads/main', false],
    ['refs/heads/Main', 'refs/heads/main', false],
    ['refs/heads/release/1', 'refs/heads/release/*', true],
    ['refs/heads/release/1/x', 'refs/heads/release/*', false],
    ['refs/heads/release/1/x', 'refs/heads/release/**', true],
    ['refs/heads/mainx', 'refs/heads/main.', false],
    ['refs/heads/main\nx', 'refs/heads/main', false],
    ['x\nrefs/heads/main', 'refs/heads/main', false],
    ['org/shop', 'org/*', true],
    ['organ/shop', 'org*', false],
    ['(a+)+', '(a+)+', true],
  ])('match %j against %j: %j', (text, pattern, is) => {
    expect(matchesPattern(text, pattern)).toBe(is);
  });
});

describe('the preset `github`', () => {
  const file = 'oidc:\n- preset: github\n  audience: cache\n  repository: org/shop\n  branches: [main, release/*]\n';
  const push = { repository: 'org/shop', ref: 'refs/heads/main', event_name: 'push', sub: 'x' };

  it.each<[string, object, string]>([
    ['a push to main', {}, 'trusted'],
    ['a push to a branch of releases', { ref: 'refs/heads/release/1.0' }, 'trusted'],
    ['a nightly build of main', { event_name: 'schedule' }, 'trusted'],
    ['a build of main that somebody started', { event_name: 'workflow_dispatch' }, 'trusted'],
    ['a push to another branch', { ref: 'refs/heads/feature' }, 'read'],
    ['a branch whose name is like one of releases', { ref: 'refs/heads/release/1/x' }, 'read'],
    ['a tag that is called main', { ref: 'refs/tags/main' }, 'read'],
    ['a pull request', { ref: 'refs/pull/12/merge', event_name: 'pull_request' }, 'pr:12'],
    ['a pull request that claims to be a branch', { event_name: 'pull_request' }, 'read'],
    ['a pull request with a number that is none', { ref: 'refs/pull/0/merge', event_name: 'pull_request' }, 'nobody'],
    ['pull_request_target, which carries the ref of main', { event_name: 'pull_request_target' }, 'read'],
    ['workflow_run, which carries the ref of main', { event_name: 'workflow_run' }, 'read'],
    ['issue_comment, which carries the ref of main', { event_name: 'issue_comment' }, 'read'],
    ['a push whose ref is that of a pull request', { ref: 'refs/pull/12/merge' }, 'read'],
    ['main of a fork', { repository: 'evil/shop' }, 'nobody'],
    ['main of a repository whose name begins the same', { repository: 'org/shop-fork' }, 'nobody'],
    ['a claim that is a list', { event_name: ['push', 'pull_request_target'] }, 'read'],
    ['a repository that is a list', { repository: ['org/shop', 'evil/shop'] }, 'nobody'],
    ['no event', { event_name: undefined }, 'read'],
  ])('takes %s for what it is', (_what, change, expected) => {
    expect(tier(file, { ...push, ...change })).toBe(expected);
  });

  it('asks for the issuer of GitHub', () => {
    expect(providers(file)).toMatchObject([
      {
        issuer: 'https://token.actions.githubusercontent.com',
        audience: ['cache'],
        workspace: 'default',
        maxTokenAgeMs: 86_400_000,
      },
    ]);
  });
});

describe('the preset `gitlab`', () => {
  const file =
    'oidc:\n- preset: gitlab\n  issuer: https://gitlab.example.org\n  audience: [cache]\n  workspace: shop\n' +
    '  max-token-age: 2h\n  project: group/team/shop\n';
  const push = {
    ...{ project_path: 'group/team/shop', ref: 'main', ref_type: 'branch', ref_path: 'refs/heads/main' },
    ...{ ref_protected: 'true', pipeline_source: 'push', sub: 'project_path:group/team/shop:ref_type:branch:ref:main' },
  };
  const own = { ref: 'x', ref_path: 'refs/heads/x', ref_protected: 'false', sub: 'project_path:group/team/shop:ref:x' };

  it.each<[string, object, RegExp]>([
    ['a push to main', {}, /^trusted$/],
    ['a nightly build of main', { pipeline_source: 'schedule' }, /^trusted$/],
    ['main where it is not protected', { ref_protected: 'false' }, /^pr:\d+$/],
    ['a branch', own, /^pr:\d+$/],
    ['a merge request', { ...own, pipeline_source: 'merge_request_event' }, /^pr:\d+$/],
    [
      'a merge request from a branch called main of a fork',
      { pipeline_source: 'merge_request_event', ref_protected: 'false' },
      /^pr:\d+$/,
    ],
    ['a merge request that says it is protected', { pipeline_source: 'merge_request_event' }, /^read$/],
    ['a tag called main', { ref_type: 'tag', ref_path: 'refs/tags/main' }, /^read$/],
    ['a pipeline that another one started', { pipeline_source: 'trigger' }, /^read$/],
    ['main of a fork', { project_path: 'evil/shop' }, /^nobody$/],
  ])('takes %s for what it is', (_what, change, expected) => {
    expect(tier(file, { ...push, ...change })).toMatch(expected);
  });

  it('keeps branches apart', () => {
    const other = { ...own, sub: 'project_path:group/team/shop:ref:y' };
    expect(tier(file, { ...push, ...own })).toBe(tier(file, { ...push, ...own, sha: 'another' }));
    expect(tier(file, { ...push, ...own })).not.toBe(tier(file, { ...push, ...other }));
  });

  it('takes settings of its own', () => {
    expect(providers(file)).toMatchObject([
      { issuer: 'https://gitlab.example.org', workspace: 'shop', maxTokenAgeMs: 7_200_000 },
    ]);
  });
});

describe('providers of tokens', () => {
  it('may have rules of their own, before those of a preset', () => {
    const file =
      'oidc:\n- preset: github\n  audience: cache\n  repository: org/shop\n  rules:\n' +
      '  - claims: {repository: org/shop, actor: dependabot*}\n    tier: read\n';
    const push = { repository: 'org/shop', ref: 'refs/heads/main', event_name: 'push' };
    expect(tier(file, { ...push, actor: 'dependabot[bot]' })).toBe('read');
    expect(tier(file, { ...push, actor: 'somebody' })).toBe('trusted');
  });

  it('may be of any issuer', () => {
    const file =
      'oidc:\n- issuer: https://ci.example.org\n  audience: cache\n  rules:\n' +
      '  - claims: {branch: main, protected: true, pull: 0}\n    tier: trusted\n' +
      '  - claims: {kind: pull}\n    tier: pr\n    number: pull\n' +
      '  - claims: {kind: change}\n    tier: pr\n    hash: change\n' +
      '  - claims: {group: operators}\n    tier: admin\n';
    expect(tier(file, { branch: 'main', protected: true, pull: 0 })).toBe('trusted');
    expect(tier(file, { branch: 'main', protected: 'true', pull: '0' })).toBe('trusted');
    expect(tier(file, { branch: 'main', pull: 0 })).toBe('nobody');
    expect(tier(file, { kind: 'pull', pull: 7 })).toBe('pr:7');
    expect(tier(file, { kind: 'pull', pull: 'refs/merge-requests/8/head' })).toBe('pr:8');
    expect(tier(file, { kind: 'pull', pull: '7; trusted' })).toBe('nobody');
    expect(tier(file, { kind: 'change', change: 'I42' })).toMatch(/^pr:\d{1,15}$/);
    expect(tier(file, { group: 'operators' })).toBe('admin');
    expect(tier(file, { toString: 'x', constructor: 'y' })).toBe('nobody');
  });

  it('are refused where a pull request would be trusted by them', () => {
    const rule = (claims: string): string =>
      messageOf(`oidc:\n- preset: github\n  audience: c\n  rules:\n  - claims: ${claims}\n    tier: trusted\n`);
    const at = 'wheelhouse-cache.yml [line 5 column 4]: ';
    const hint = '\nhint: nothing else distinguishes tokens of pull request builds from these';
    const repository = 'repository: org/shop, ref: refs/heads/main';
    expect(rule(`{${repository}}`)).toBe(`${at}a rule for \`trusted\` must check \`event_name\`${hint}`);
    expect(rule('{ref: refs/heads/main, event_name: push}')).toBe(
      `${at}a rule for \`trusted\` must check \`repository\` or \`repository_id\`${hint}`,
    );
    expect(rule(`{${repository}, event_name: [push, pull_request_target]}`)).toBe(
      `${at}a rule for \`trusted\` must not match \`event_name: pull_request_target\`${hint}`,
    );
    expect(rule(`{${repository}, event_name: '*'}`)).toContain('must not match `event_name: pull_request`');
    const gitlab =
      'oidc:\n- issuer: https://gitlab.com\n  audience: c\n  rules:\n' +
      "  - claims: {project_path: a/b, ref: main, ref_protected: ['true', 'false'], pipeline_source: push}\n    tier: trusted\n";
    expect(messageOf(gitlab)).toContain('must not match `ref_protected: false`');
  });

  it('are refused with all that is wrong with them, where it is', () => {
    const file = [
      'oidc:',
      '- preset: jenkins',
      '  issuer: http://ci.example.org',
      '  audience: []',
      '  workspace: A B',
      '  max-token-age: soon',
      '  rules:',
      '  - claims: {}',
      '    tier: trusted',
      '  - claims: {a: b}',
      '    tier: root',
      '  - claims: {a: b}',
      '    tier: pr',
      '  - claims: {a: {b: c}}',
      '    tier: read',
      '  - claims: {a: b}',
      '    tier: read',
      '    number: a',
      '- preset: github',
      '  audience: x',
      '- preset: github',
      '  audience: x',
      '  repository: org',
      '  project: org/shop',
      '- issuer: https://ci.example.org',
      '  audience: x',
    ].join('\n');
    expect(messageOf(file)).toBe(
      [
        'wheelhouse-cache.yml [line 2 column 10]: `preset` is `jenkins`',
        'hint: it must be `github` or `gitlab`',
        'wheelhouse-cache.yml [line 3 column 10]: `issuer` is `http://ci.example.org`',
        'hint: it must be an HTTPS URL, as tokens have it in `iss`',
        'wheelhouse-cache.yml [line 4 column 12]: `audience` is neither a string nor a list of strings',
        'hint: an empty string or list would match nothing',
        'wheelhouse-cache.yml [line 5 column 13]: `workspace` is `A B`',
        'hint: it must be a name of lowercase letters, digits and hyphens',
        'wheelhouse-cache.yml [line 6 column 17]: `max-token-age` is `soon`',
        'hint: it must be a duration such as `10m` or `1d`',
        'wheelhouse-cache.yml [line 8 column 12]: `claims` is empty',
        'hint: a rule must say which builds it is for',
        'wheelhouse-cache.yml [line 11 column 10]: `tier` is `root`',
        'hint: it must be `trusted`, `pr`, `read` or `admin`',
        'wheelhouse-cache.yml [line 13 column 10]: the tier `pr` needs the number of the pull request',
        'hint: set `number` to the claim that has it, or `hash` to one that differs for each pull request',
        'wheelhouse-cache.yml [line 14 column 16]: `a` is neither a string nor a list of strings',
        'hint: an empty string or list would match nothing',
        'wheelhouse-cache.yml [line 18 column 12]: `number` and `hash` are only for the tier `pr`',
        'hint: remove them',
        'wheelhouse-cache.yml [line 19 column 2]: `repository` is not set',
        'hint: set it to the project whose builds the rules are for, as in the claim `repository`',
        'wheelhouse-cache.yml [line 24 column 11]: Unexpected key: project',
        'hint: known keys are `preset`, `issuer`, `audience`, `workspace`, `max-token-age`, `branches`, `rules`, `repository`',
        'wheelhouse-cache.yml [line 23 column 14]: `repository` is `org`',
        'hint: it must be the full path of one project, such as `org/repo`',
        'wheelhouse-cache.yml [line 25 column 2]: no rule gives a token its tier',
        'hint: add `rules`, or set a `preset`',
      ].join('\n'),
    );
  });
});
