import { ADOPT_DATABASE, APT, indented, installCommand, PYTHON_VERSIONS, type Pipeline } from './pipeline.js';

/** Where the workflow is. */
export const GITHUB_FILE = '.github/workflows/python.yml';

/** A workflow of GitHub Actions ("Workflow syntax for GitHub Actions"). */
export function githubWorkflow({ branch, stage, packageManager }: Pipeline): string {
  const steps = `    steps:
      - uses: actions/checkout@v4
        with:
          # nx affected compares with earlier commits.
          fetch-depth: 0
      - uses: nrwl/nx-set-shas@v4
        with:
          main-branch-name: ${branch}
      - uses: actions/setup-node@v4
        with:
          node-version: 22`;
  const stageJob = `
  stage:
    runs-on: ubuntu-24.04
${steps}
      - run: ${installCommand(packageManager)}
      - run: npx nx affected -t stage:test stage:builder
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: stage
          path: |
            reports/
            dist/**/stage/wheelhouse/
`;
  return `name: Python

on:
  push:
    branches: [${branch}]
  pull_request:

permissions:
  actions: read
  contents: read

jobs:
  wheels:
    runs-on: ubuntu-24.04
    env:
      # Versions of Nx differ in where the cache is.
      NX_CACHE_DIRECTORY: .nx/cache
${steps}
      - run: sudo apt-get update && sudo ${APT}
      # Sandboxes need user namespaces, which this Ubuntu restricts.
      - run: sudo sysctl --write kernel.apparmor_restrict_unprivileged_userns=0
      - id: python
        run: |
          {
            echo 'versions<<END'
            ${PYTHON_VERSIONS}
            echo END
          } >> "$GITHUB_OUTPUT"
      - uses: actions/setup-python@v5
        if: steps.python.outputs.versions != ''
        with:
          python-version: \${{ steps.python.outputs.versions }}
      # Nx's cache with its database, and the built elements.
      - uses: actions/cache@v4
        with:
          path: |
            .nx/cache
            .nx/workspace-data/*.db*
            ~/.cache/wheelhouse
          key: wheelhouse-\${{ runner.os }}-\${{ runner.arch }}-\${{ hashFiles('**/locks/**/*.txt') }}-\${{ github.sha }}
          restore-keys: |
            wheelhouse-\${{ runner.os }}-\${{ runner.arch }}-\${{ hashFiles('**/locks/**/*.txt') }}-
            wheelhouse-\${{ runner.os }}-\${{ runner.arch }}-
      # Nx names its database after the machine, which differs in each run.
      - run: |
${indented(ADOPT_DATABASE, 10)}
      - run: ${installCommand(packageManager)}
      - run: npx nx sync:check
      - run: npx nx affected -t test build-wheel
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: wheels
          path: |
            reports/
            dist/**/wheelhouse/
${stage ? stageJob : ''}`;
}
