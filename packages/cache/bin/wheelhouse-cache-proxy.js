#!/usr/bin/env node
'use strict';

// Started by the Nx plugin. Node since 22.1 keeps compiled code between runs.
require('node:module').enableCompileCache?.();
const { main } = require('../bundle/proxy/main.js');

void main(process);
