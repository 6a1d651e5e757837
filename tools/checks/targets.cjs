'use strict';

/**
 * The checks of this repository as targets of Nx, found in its files, so that a new package has them by being there:
 * `lint`, `typecheck` and `test` of every package; `test` of e2e with a target for each test file; what concerns the
 * whole repository (`format`, `conformance`, the tests of the tools) in the project `tools`.
 *
 * Each runs through `run.mjs`, which writes what came out of it below `reports/tests`: Nx keeps that as the output.
 */
const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

/** What else decides how a test ends: programs of this machine. */
const machine = { runtime: 'node tools/checks/machine.mjs' };
const checks = '{workspaceRoot}/tools/checks/**/*';
const onlyNx = { externalDependencies: ['nx'] };

const isTest = (name) => name.endsWith('.test.ts');

/** Where a check writes its report, relative to the root. */
function reportPath(project, target) {
  return join('reports', 'tests', project, `${target.replaceAll(':', '-')}.json`);
}

function check(project, target, command, { inputs, dependsOn = [] }) {
  return {
    executor: 'nx:run-commands',
    cache: true,
    dependsOn,
    inputs: [...inputs, checks],
    outputs: [`{workspaceRoot}/${reportPath(project, target)}`],
    options: { command: `node tools/checks/run.mjs ${reportPath(project, target)} ${command}` },
  };
}

/** A check that one process makes for all projects of a run (`executors.cjs`). */
function together(project, target, paths, { inputs, dependsOn = [] }) {
  const report = reportPath(project, target);
  return {
    executor: `./tools/checks:${target}`,
    cache: true,
    dependsOn,
    inputs: [...inputs, checks],
    outputs: [`{workspaceRoot}/${report}`],
    options: { paths, report },
  };
}

function packageTargets(name) {
  const root = join('packages', name);
  const inputs = ['default', '^production'];
  return {
    build: {
      executor: 'nx:run-commands',
      cache: true,
      dependsOn: ['^build'],
      inputs: ['production', '^production', '{workspaceRoot}/tools/{build,bundle,workspace}.mjs'],
      outputs: ['{projectRoot}/bundle', '{projectRoot}/dist'],
      options: { command: `node tools/build.mjs ${name}` },
    },
    lint: together(name, 'lint', [root], { inputs: [...inputs, 'rooms'] }),
    typecheck: together(name, 'typecheck', [`${root}/tsconfig.spec.json`], { inputs, dependsOn: ['build'] }),
    test: check(name, 'test', `jest ${root}`, {
      // Some run the packages as they are built, and borrow what other packages' tests are made with.
      inputs: [...inputs, 'support', 'pages', '{workspaceRoot}/tools/*.mjs', machine],
      dependsOn: ['build'],
    }),
  };
}

/** The files of e2e, those that took longest first: Nx starts them in this order. */
function shards(workspaceRoot) {
  const { secondsOf } = require('./kept-times.cjs');
  return readdirSync(join(workspaceRoot, 'e2e', 'tests'))
    .filter(isTest)
    .sort((a, b) => secondsOf(`e2e/tests/${b}`) - secondsOf(`e2e/tests/${a}`) || (a < b ? -1 : 1));
}

function shardTarget(workspaceRoot, file) {
  const name = file.slice(0, -'.test.ts'.length);
  const text = readFileSync(join(workspaceRoot, 'e2e', 'tests', file), 'utf8');
  const packages = readdirSync(join(workspaceRoot, 'packages'));
  // The shared cache is a product of its own: most files install it and none of these runs it.
  const used = packages.filter((each) => each !== 'cache' || /['/]cache'|@wheelhouse\/cache/.test(text));
  const target = `test:${name}`;
  return [
    target,
    check('e2e', target, `jest e2e tests/${file}`, {
      inputs: [
        `{projectRoot}/tests/${file}`,
        ...['{projectRoot}/tests/support/**/*', '{projectRoot}/fixtures/**/*', '{projectRoot}/*'],
        ...['sharedGlobals', 'pages', '{workspaceRoot}/examples/**/*', '{workspaceRoot}/tools/*.mjs', machine],
        { input: 'production', projects: used },
      ],
      dependsOn: ['^build'],
    }),
  ];
}

function e2eTargets(workspaceRoot) {
  const each = Object.fromEntries(shards(workspaceRoot).map((file) => shardTarget(workspaceRoot, file)));
  const inputs = ['default', '^production'];
  return {
    lint: together('e2e', 'lint', ['e2e'], { inputs: [...inputs, 'rooms'] }),
    typecheck: together('e2e', 'typecheck', ['e2e/tsconfig.json'], { inputs, dependsOn: ['^build'] }),
    ...each,
    test: { executor: 'nx:noop', cache: true, inputs: [onlyNx], dependsOn: Object.keys(each) },
  };
}

function toolsTargets() {
  const all = ['{workspaceRoot}/**/*'];
  return {
    format: check('tools', 'format', 'prettier .', { inputs: all }),
    lint: together('tools', 'lint', ['tools', 'eslint.config.mjs', 'jest.preset.cjs'], {
      inputs: ['default', 'sharedGlobals', 'rooms'],
    }),
    // They read the whole repository but for what tests of packages are: its workflow, manifests, pages, sources, and the
    // packages as they are built.
    test: check('tools', 'test', 'node-tests tools/tests', {
      inputs: [...all, '!{workspaceRoot}/packages/*/tests/**/*', machine],
      dependsOn: ['^build'],
    }),
    conformance: check('tools', 'conformance', 'conformance', {
      inputs: [
        ...['{projectRoot}/conformance/**/*', { input: 'production', projects: ['element'] }],
        { runtime: 'node tools/conformance/run.mjs --digest' },
      ],
      dependsOn: [{ target: 'build', projects: ['element'] }],
    }),
  };
}

const targetsOf = { e2e: e2eTargets, tools: toolsTargets };

const createNodes = [
  '{packages/*,e2e,tools}/project.json',
  (files, _options, { workspaceRoot }) =>
    files.map((file) => {
      const root = dirname(file);
      if (!root.startsWith('packages/'))
        return [file, { projects: { [root]: { targets: targetsOf[root](workspaceRoot) } } }];
      if (!existsSync(join(workspaceRoot, root, 'jest.config.cjs'))) return [file, {}];
      return [file, { projects: { [root]: { targets: packageTargets(root.slice('packages/'.length)) } } }];
    }),
];

/**
 * The shared cache, where `NX_SELF_HOSTED_REMOTE_CACHE_SERVER` names one: through the plugin of this repository, as it is
 * built. On CI the token is in a file that is kept fresh (docs/guide/cache-github-actions.md).
 */
function cacheHook(name) {
  return async (_options, context) => {
    if ((process.env.NX_SELF_HOSTED_REMOTE_CACHE_SERVER ?? '') === '') return undefined;
    const built = join(context.workspaceRoot, 'packages', 'cache', 'bundle', 'index.js');
    if (!existsSync(built)) return undefined;
    const tokenFile = join(context.workspaceRoot, '.nx', 'cache-token');
    return await require(built)[name](existsSync(tokenFile) ? { tokenFile } : {}, context);
  };
}

module.exports = {
  name: 'checks',
  createNodes,
  createNodesV2: createNodes,
  preTasksExecution: cacheHook('preTasksExecution'),
  postTasksExecution: cacheHook('postTasksExecution'),
  reportPath,
};
