#!/usr/bin/env node
'use strict';

// Node since 22.1 keeps compiled code between runs; most of what starting costs is compiling.
require('node:module').enableCompileCache?.();
const { main, outputOn } = require('../bundle/cli/main.js');

// Until it is known how it ended: a process that runs out of work in between has not succeeded.
process.exitCode = 70;
void main(process.argv.slice(2), {
  cwd: process.cwd(),
  environment: process.env,
  output: outputOn(process.stdout),
  errorOutput: process.stderr,
  process,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
