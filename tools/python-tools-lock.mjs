/**
 * Resolves the lock of the private Python tools anew: packages/python/src/tools/tools.txt. Uses the tools environment
 * of the lock that is there, so one resolution can be a version of uv behind its own answer.
 *
 * `node tools/build.mjs python && node tools/python-tools-lock.mjs`
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storeDirectory } from '@wheelhouse/element';
import { findPython, probeInterpreter } from '@wheelhouse/python';
import { ensureTools, lockTools, readIndexSettings } from '@wheelhouse/python/lock';
import { root } from './workspace.mjs';

const environment = process.env;
const io = { log: process.stderr, signal: new AbortController().signal };
const python = await findPython(environment, undefined, '>=3.10');
const interpreter = await probeInterpreter(python);
const tools = await ensureTools({ store: storeDirectory(environment), python: async () => python, environment, io });
const temporary = mkdtempSync(join(tmpdir(), 'wheelhouse-tools-lock-'));
try {
  const settings = await readIndexSettings(tools, environment);
  const text = await lockTools({ tools, settings, interpreter, environment, temporary, io });
  writeFileSync(join(root, 'packages', 'python', 'src', 'tools', 'tools.txt'), text);
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
