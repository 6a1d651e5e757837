'use strict';

const { relative, join } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');
const { secondsOf } = require('./kept-times.cjs');

const root = join(__dirname, '..', '..');

/** Jest starts the files that took longest first: a long one that comes last keeps one processor alone. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const took = new Map(tests.map((test) => [test, secondsOf(relative(root, test.path))]));
    return [...tests].sort((a, b) => took.get(b) - took.get(a) || (a.path < b.path ? -1 : 1));
  }
};
