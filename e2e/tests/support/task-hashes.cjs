'use strict';

/**
 * Prints the hashes that Nx gives tasks in the workspace it is started in, as JSON by the tasks' names. A program of
 * its own, because Nx knows one workspace a process. Each hash is computed as Nx computes it right before it runs the
 * task, save that outputs of other tasks are what is there now.
 *
 * `node task-hashes.cjs MODULES TASK...`, where MODULES is the directory that Nx is installed in.
 */
const { join } = require('node:path');

async function main([modules, ...names]) {
  const nx = (file) => require(join(modules, 'nx', 'dist', 'src', file));
  const { createProjectGraphAsync } = nx('project-graph/project-graph.js');
  const { createTaskGraph } = nx('tasks-runner/create-task-graph.js');
  const { createTaskHasher } = nx('hasher/create-task-hasher.js');
  const { getTaskSpecificEnv } = nx('tasks-runner/task-env.js');
  const { readNxJson } = nx('config/nx-json.js');

  const graph = await createProjectGraphAsync({ exitOnError: false });
  const nxJson = readNxJson();
  const hasher = createTaskHasher(graph, nxJson);
  const hashes = {};
  for (const name of names) {
    const [project, target] = name.split(':');
    const tasks = createTaskGraph(graph, {}, [project], [target], undefined, {});
    const task = tasks.tasks[name];
    hashes[name] = (await hasher.hashTask(task, tasks, getTaskSpecificEnv(task, graph))).value;
  }
  return hashes;
}

main(process.argv.slice(2)).then(
  (hashes) => {
    process.stdout.write(`${JSON.stringify(hashes)}\n`, () => process.exit(0));
  },
  (error) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
