/** The server of the shared cache, killed a hundred times under load; the last line is `N passed, N failed`. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countJest } from './test.mjs';
import { isMain, root, run } from './workspace.mjs';

async function main() {
  const results = mkdtempSync(join(tmpdir(), 'wheelhouse-kills-'));
  try {
    const outputFile = join(results, 'jest.json');
    const { code } = await run(
      join(root, 'node_modules', '.bin', 'jest'),
      ['--config', join('packages', 'cache', 'jest.config.cjs'), '--json', '--outputFile', outputFile, 'server/kills'],
      { env: { ...process.env, WHEELHOUSE_SOAK: '1' } },
    );
    const report = existsSync(outputFile) ? JSON.parse(readFileSync(outputFile, 'utf8')) : undefined;
    const { passed, failed, reasons } = countJest(report, code);
    for (const reason of reasons) console.error(reason);
    console.log(`${passed} passed, ${failed} failed`);
    process.exitCode = failed > 0 ? 1 : 0;
  } finally {
    rmSync(results, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) await main();
