'use strict';

/**
 * Keeps the compiled code of the packages' bundles between runs, for Node before 22.1, which has no compile cache of its
 * own (docs/adr/0113).
 */

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const Module = require('node:module');
const { tmpdir } = require('node:os');
const { basename, dirname, join } = require('node:path');
const { Script } = require('node:vm');

/** More than one installation with all its packages has; the files of the oldest are removed first. */
const FILES = 64;

/**
 * Modules named `modules.cjs` are compiled from what an earlier run kept, and kept when this one ends. As for Node's own
 * cache, NODE_COMPILE_CACHE is the directory, and NODE_DISABLE_COMPILE_CACHE=1 turns it off. What cannot be read or
 * written, or is not this user's, is compiled as ever.
 */
function keepCompiledCode() {
  const { NODE_COMPILE_CACHE, NODE_DISABLE_COMPILE_CACHE } = process.env;
  if (NODE_DISABLE_COMPILE_CACHE === '1') return;
  const user = process.getuid?.() ?? 'user';
  const directory = join(NODE_COMPILE_CACHE ?? tmpdir(), `wheelhouse-code-${user}`);
  if (!isOwn(directory, user)) return;
  const compiled = new Map();
  const compile = Module.prototype._compile;
  Module.prototype._compile = function (text, filename, ...rest) {
    if (basename(filename) !== 'modules.cjs') return compile.call(this, text, filename, ...rest);
    const file = join(directory, nameOf(filename, text));
    const cachedData = readIfThere(file);
    const script = new Script(Module.wrap(text), { filename, cachedData });
    if (cachedData === undefined || script.cachedDataRejected) compiled.set(file, script);
    const run = script.runInThisContext();
    return run.call(this.exports, this.exports, Module.createRequire(filename), this, filename, dirname(filename));
  };
  process.on('exit', () => {
    if (compiled.size > 0) keep(directory, compiled);
  });
}

/**
 * What may change the code that V8 makes of a file. V8 itself compares no more of the text than its length.
 */
function nameOf(filename, text) {
  const { dev, ino, size, mtimeNs, ctimeNs } = fs.statSync(filename, { bigint: true });
  const { versions, arch } = process;
  const parts = [versions.node, versions.v8, arch, filename, dev, ino, size, mtimeNs, ctimeNs, text.length];
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}

/** Creates the directory. @returns whether nobody else can write to it: code is run from there */
function isOwn(directory, user) {
  try {
    fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
    const { uid, mode } = fs.lstatSync(directory);
    return (user === 'user' || uid === user) && (mode & 0o170022) === 0o040000;
  } catch {
    return false;
  }
}

function readIfThere(file) {
  try {
    return fs.readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Keeps what was compiled, with the functions that were called so far. */
function keep(directory, compiled) {
  try {
    for (const [file, script] of compiled) {
      const written = `${file}.${process.pid}`;
      fs.writeFileSync(written, script.createCachedData(), { mode: 0o600 });
      fs.renameSync(written, file);
    }
    const files = fs.readdirSync(directory).map((name) => join(directory, name));
    if (files.length <= FILES) return;
    const byAge = files.map((file) => ({ file, time: fs.statSync(file).mtimeMs })).sort((a, b) => b.time - a.time);
    for (const { file } of byAge.slice(FILES)) fs.rmSync(file, { force: true });
  } catch {
    // The next run compiles again.
  }
}

module.exports = { keepCompiledCode };
