/**
 * `node tools/jest-soak.mjs CONFIG [TEST]...`: tests of a jest project as `npm run test:soak` has them, with
 * WHEELHOUSE_SOAK set. The last line is `N passed, N failed`.
 */
import { mkdtempSync, readFileSync, rmSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.mjs';
import { need, partsForTests, pathOfTests } from './set-up.mjs';
import { countJest } from './test.mjs';
import { isMain, root, run } from './workspace.mjs';

async function main([config, ...tests]) {
  await need(partsForTests);
  process.env.PATH = pathOfTests();
  if ((await build()) !== 0) throw new Error('the packages do not compile');
  const results = mkdtempSync(join(tmpdir(), 'wheelhouse-soak-'));
  try {
    const outputFile = join(results, 'jest.json');
    const options = ['-c', config, '--ci', '-w', '1', '--json', '--outputFile', outputFile];
    const { code } = await run(join(root, 'node_modules', '.bin', 'jest'), [...options, ...tests], {
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

if (isMain(import.meta.url)) await main(process.argv.slice(2));
