/**
 * Answers the conformance cases of the element format: one JSON line in, one JSON line out (the protocol is that of
 * the cases' own runner).
 *
 * `run --adapter 'node tools/conformance/adapter.mjs'`, after `npm run build`.
 */
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ElementError, ElementErrors } from '@wheelhouse/element';
import { coreElements, diskDocuments, coreSources, PluginRegistry, resolveProject } from '@wheelhouse/element/internal';

const registry = new PluginRegistry().register({
  elements: coreElements({ memo: (name) => join(tmpdir(), name), verify: false }),
  sources: coreSources,
});

async function answer(line) {
  const { projectDir, targets, options, maxJobs } = JSON.parse(line);
  if (options.length > 0) {
    throw new ElementError({ code: 'UNSUPPORTED_PROJECT', message: 'Project options are not supported yet' });
  }
  const graph = await resolveProject({
    documents: diskDocuments(projectDir),
    directory: projectDir,
    targets,
    registry,
    hostArch: process.arch,
    maxJobs: maxJobs ?? Math.min(availableParallelism(), 8),
  });
  return { elements: graph.elements.map((element) => view(graph.describe(element))) };
}

function view({ name, kind, variables, environment, config, public: data, deps, buildDeps, runtimeDeps }) {
  return {
    name,
    kind,
    deps,
    'build-deps': buildDeps,
    'runtime-deps': runtimeDeps,
    vars: variables,
    env: environment,
    config,
    public: data,
  };
}

/** The first of the errors: the reference implementation stops there. */
function failure(error) {
  const first = error instanceof ElementErrors ? error.errors[0] : error;
  if (!(first instanceof ElementError)) return { reason: 'BUG', message: String(error?.stack ?? error), detail: null };
  return { reason: first.code, message: first.message, detail: first.detail ?? null };
}

for await (const line of createInterface({ input: process.stdin })) {
  let result;
  try {
    result = await answer(line);
  } catch (error) {
    result = { error: failure(error) };
  }
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
