/**
 * The tests of the cache that take too long for `npm test`: every fault before each version of Nx, and a hundred kills of
 * the proxy and of the server. The last line is `N passed, N failed`.
 */
import { mkdtempSync, readFileSync, rmSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countJest } from './test.mjs';
import { isMain, root, run } from './workspace.mjs';

const TESTS = ['tests/nx', 'tests/proxy/kill', 'tests/server/kills'];

async function main() {
  const results = mkdtempSync(join(tmpdir(), 'wheelhouse-soak-'));
  try {
    const outputFile = join(results, 'jest.json');
    const options = ['-c', 'packages/cache/jest.config.cjs', '--ci', '-w', '1', '--json', '--outputFile', outputFile];
    const { code } = await run(join(root, 'node_modules', '.bin', 'jest'), [...options, ...TESTS], {
      cwd: root,
      env: { ...process.env, WHEELHOUSE_SOAK: '1' },
    });
    const report = existsSync(outputFile) ? JSON.parse(readFileSync(outputFile, 'utf8')) : undefined;
    const { passed, failed, reasons } = countJest(report, code);
    for (const reason of reasons) console.log(reason);
    console.log(`${passed} passed, ${failed} failed`);
    process.exitCode = failed > 0 ? 1 : 0;
  } finally {
    rmSync(results, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) await main();
