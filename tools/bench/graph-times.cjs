/**
 * Loaded into every process of Nx by `--require`: what the plugin's part in a graph takes is written as JSON lines into
 * the file that BENCH_GRAPH_TIMES names. Processor time is that of the process and of the children that it waited for.
 */
'use strict';

const { appendFileSync, readFileSync } = require('node:fs');
const Module = require('node:module');

const file = process.env.BENCH_GRAPH_TIMES;
const PLUGIN = /[/\\]packages[/\\]build[/\\]bundle[/\\]index(\.js)?$/;
/** Linux counts the time of children in hundredths of a second. */
const TICKS = 100;

function processor() {
  const { user, system } = process.cpuUsage();
  const fields = readFileSync('/proc/self/stat', 'latin1').split(') ').pop().split(' ');
  return { own: (user + system) / 1e6, children: (Number(fields[13]) + Number(fields[14])) / TICKS };
}

function note(what, before, start) {
  const after = processor();
  const line = {
    what,
    own: after.own - before.own,
    children: after.children - before.children,
    wall: Number(process.hrtime.bigint() - start) / 1e9,
  };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

function measured(what, call) {
  return async (...given) => {
    const [before, start] = [processor(), process.hrtime.bigint()];
    try {
      return await call(...given);
    } finally {
      note(what, before, start);
    }
  };
}

const load = Module._load;
let plugin;
Module._load = function (request, ...more) {
  if (file === undefined || !PLUGIN.test(request)) return load.call(this, request, ...more);
  if (plugin !== undefined) return plugin;
  const [before, start] = [processor(), process.hrtime.bigint()];
  const { createNodes, createDependencies, ...others } = load.call(this, request, ...more);
  note('load', before, start);
  const nodes = [createNodes[0], measured('createNodes', createNodes[1])];
  plugin = {
    ...others,
    createNodes: nodes,
    createNodesV2: nodes,
    createDependencies: measured('createDependencies', createDependencies),
  };
  return plugin;
};
