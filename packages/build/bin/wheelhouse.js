#!/usr/bin/env node
'use strict';

// Most of what starting costs is compiling. Node since 22.1 keeps compiled code between runs.
const { enableCompileCache } = require('node:module');
if (enableCompileCache) enableCompileCache();
else require('./code-cache.js').keepCompiledCode();
const { run } = require('../bundle/cli/run.js');

void run(process);
