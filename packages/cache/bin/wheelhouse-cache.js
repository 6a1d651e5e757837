#!/usr/bin/env node
'use strict';

// Node since 22.1 keeps compiled code between runs.
require('node:module').enableCompileCache?.();
const { run } = require('../bundle/cli/run.js');

void run(process);
