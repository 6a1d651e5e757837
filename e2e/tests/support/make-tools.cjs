'use strict';

const { join } = require('node:path');
const { ensureTools } = require('@wheelhouse/python/fetch');
const { findPython } = require('@wheelhouse/python/internal');

/**
 * Makes the environment of Wheelhouse's tools once for all files, before any of them runs: each workspace gets a copy
 * (`shared-tools.ts`). The unit tests of the package use the same one.
 */
module.exports = async () => {
  await ensureTools({
    store: join(__dirname, '..', '..', '..', 'node_modules', '.cache', 'wheelhouse-tests'),
    python: () => findPython(process.env, undefined, '>=3.10'),
    environment: process.env,
    io: { log: process.stderr, signal: new AbortController().signal },
  });
};
