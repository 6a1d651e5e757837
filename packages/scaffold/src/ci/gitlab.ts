import { ElementError } from '@wheelhouse/element';
import { isMap, LineCounter, parseDocument, type Document } from 'yaml';
import { ADOPT_DATABASE, APT, indented, installCommand, PYTHON_VERSIONS, type Pipeline } from './pipeline.js';

/** Where GitLab looks for its pipeline. */
export const GITLAB_FILE = '.gitlab-ci.yml';

/** Where elements are kept: GitLab caches what is in the checkout. */
export const GITLAB_STORE = '.nx/wheelhouse';

/** The name of a branch as CI_COMMIT_REF_SLUG has it ("Predefined CI/CD variables reference"). */
function slugOf(branch: string): string {
  const slug = branch.toLowerCase().replaceAll(/[^a-z0-9]/g, '-');
  return slug.slice(0, 63).replaceAll(/^-+|-+$/g, '');
}

/** The variables of a job with the directory of its elements among them. */
function withStore(variables: string): string {
  return variables.replace(
    '  variables:\n',
    `  variables:\n    WHEELHOUSE_CACHE_DIR: $CI_PROJECT_DIR/${GITLAB_STORE}\n    # Versions of Nx differ in where the cache is.\n    NX_CACHE_DIRECTORY: .nx/cache\n`,
  );
}

/** The jobs of a pipeline, as YAML of their own ("CI/CD YAML syntax reference"). */
export function gitlabJobs({ branch, stage, packageManager }: Pipeline): string {
  const compared = `  variables:
    # nx affected compares with earlier commits.
    GIT_DEPTH: 0
    NX_HEAD: $CI_COMMIT_SHA
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == "${branch}"
`;
  // Variables of GitLab's own have no defaults, those of a shell do.
  const base = 'export NX_BASE="${CI_MERGE_REQUEST_DIFF_BASE_SHA:-$CI_COMMIT_BEFORE_SHA}"';
  const stageJob = `
python-stage:
  image: docker:27
  services:
    - docker:27-dind
${compared}  before_script:
    - apk add --no-cache bash git nodejs npm python3
    - ${installCommand(packageManager)}
  script:
    - ${base}
    - npx nx affected -t stage:test stage:builder
  artifacts:
    when: always
    paths:
      - reports/
      - dist/**/stage/wheelhouse/
`;
  return `# Sandboxes need user namespaces: use a runner whose containers may create them, or one with virtual machines.
python-wheels:
  image: node:22-bookworm
${withStore(compared)}  before_script:
    - apt-get update && ${APT}
    # The Python versions that .python-version files require, in addition to Debian's.
    - python3 -m venv /opt/uv && /opt/uv/bin/pip install --quiet uv
    - |
      ${PYTHON_VERSIONS} | xargs --no-run-if-empty /opt/uv/bin/uv python install
    - export PATH="$HOME/.local/bin:$PATH"
    # Nx names its database after the machine, which differs in each run.
    - |
${indented(ADOPT_DATABASE, 6)}
    - ${installCommand(packageManager)}
  script:
    - ${base}
    - npx nx sync:check
    - npx nx affected -t test build-wheel
  # Nx's cache with its database, and the built elements.
  cache:
    key: wheelhouse-$CI_COMMIT_REF_SLUG
    fallback_keys:
      - wheelhouse-${slugOf(branch)}
    paths:
      - .nx/cache/
      - .nx/workspace-data/*.db*
      - ${GITLAB_STORE}/
  artifacts:
    when: always
    paths:
      - reports/
      - dist/**/wheelhouse/
${stage ? stageJob : ''}`;
}

/** A pipeline with jobs added, and those that are there under the same names and differ. */
export interface AddedJobs {
  readonly text: string;
  readonly kept: readonly { readonly present: string; readonly wanted: string }[];
}

/**
 * Adds jobs to a pipeline that is there: behind everything else, which keeps its form and its comments.
 *
 * @throws ElementError UNREADABLE if the pipeline is no YAML mapping
 */
export function addJobs(present: string, jobs: string): AddedJobs {
  const document = readPipeline(present);
  const wanted = parseDocument(jobs);
  const kept: { present: string; wanted: string }[] = [];
  const missing: string[] = [];
  for (const name of keysOf(wanted)) {
    const text = JSON.stringify(valueOf(wanted, name), null, 2);
    if (!document.has(name)) missing.push(name);
    else if (JSON.stringify(valueOf(document, name), null, 2) !== text) {
      kept.push({ present: jobText(document, name), wanted: jobText(wanted, name) });
    }
  }
  if (missing.length === 0) return { text: present, kept };
  const added = missing.map((name) => jobText(wanted, name)).join('\n');
  return { text: `${present.trimEnd()}\n\n${added}`, kept };
}

function readPipeline(text: string): Document {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error === undefined && (isMap(document.contents) || document.contents === null)) return document;
  const { line, col } = lines.linePos(error?.pos[0] ?? 0);
  throw new ElementError({
    code: 'UNREADABLE',
    message: error === undefined ? 'not a mapping of jobs' : `not valid YAML: ${error.message.split('\n')[0] ?? ''}`,
    origin: { file: GITLAB_FILE, line, column: col - 1 },
  });
}

function keysOf(document: Document): string[] {
  return isMap(document.contents) ? document.contents.items.map(({ key }) => String(key)) : [];
}

/** A job with its comments, as YAML of its own. */
function jobText(document: Document, name: string): string {
  const copy = document.clone();
  for (const other of keysOf(copy)) if (other !== name) copy.delete(other);
  return copy.toString({ lineWidth: 0 });
}

function valueOf(document: Document, name: string): unknown {
  return (document.toJS() as Readonly<Record<string, unknown>>)[name];
}
