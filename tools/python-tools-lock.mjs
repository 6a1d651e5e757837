/**
 * Resolves the locks of the private Python tools anew: packages/python/src/tools/tools.txt and upload-tools.txt. Uses the
 * tools environment of the lock that is there, so one resolution can be a version of uv behind its own answer.
 *
 * `node tools/build.mjs python && node tools/python-tools-lock.mjs`
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storeDirectory } from '@wheelhouse/element/internal';
import { findPython, probeInterpreter } from '@wheelhouse/python/internal';
import { ensureTools, readIndexSettings, UPLOAD_TOOL_REQUIREMENTS } from '@wheelhouse/python/fetch';
import { lockTools } from '@wheelhouse/python-lock/internal';
import { root } from './workspace.mjs';

const environment = process.env;
const io = { log: process.stderr, signal: new AbortController().signal };
const python = await findPython(environment, undefined, '>=3.10');
const interpreter = await probeInterpreter(python);
const tools = await ensureTools({ store: storeDirectory(environment), python: async () => python, environment, io });
const temporary = mkdtempSync(join(tmpdir(), 'wheelhouse-tools-lock-'));
try {
  const settings = await readIndexSettings(tools, environment);
  const context = { tools, settings, interpreter, environment, temporary, io };
  const directory = join(root, 'packages', 'python', 'src', 'tools');
  writeFileSync(join(directory, 'tools.txt'), await lockTools(context));
  writeFileSync(join(directory, 'upload-tools.txt'), await lockTools(context, UPLOAD_TOOL_REQUIREMENTS));
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
