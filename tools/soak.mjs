/**
 * `npm run test:soak`: what takes too long for `npm test`, one after the other, with live output. The last line is
 * `N passed, N failed`, the sum of what each of them says last.
 */
import { join } from 'node:path';
import { isMain, root, run, secondsSince } from './workspace.mjs';

/** By name: a program of this directory, whose last line is `N passed, N failed`, and its arguments. */
const SOAKS = {
  backends: ['backends.mjs'],
  sdists: ['sdists.mjs'],
  // Every fault before each version of Nx, and a hundred kills of the proxy and of the server.
  cache: ['jest-soak.mjs', 'packages/cache/jest.config.cjs', 'tests/nx', 'tests/proxy/kill', 'tests/server/kills'],
  // Two machines with other packages, users and directories.
  machines: ['jest-soak.mjs', 'e2e/soak.config.cjs'],
};

/** The counts on the last line of a program's output; one failure where it says none. */
export function countsOf(text, exitCode) {
  const [, passed, failed] = /^(\d+) passed, (\d+) failed$/.exec(text.trimEnd().split('\n').at(-1) ?? '') ?? [];
  if (passed === undefined) return { passed: 0, failed: 1 };
  const counts = { passed: Number(passed), failed: Number(failed) };
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

async function main() {
  const total = { passed: 0, failed: 0 };
  for (const [name, [file, ...words]] of Object.entries(SOAKS)) {
    console.log(`\n=== ${name}`);
    const start = performance.now();
    const { code, text } = await run(process.execPath, [join(root, 'tools', file), ...words], { capture: true });
    const { passed, failed } = countsOf(text, code);
    console.log(`=== ${name}: ${passed} passed, ${failed} failed (${secondsSince(start)})`);
    total.passed += passed;
    total.failed += failed;
  }
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

if (isMain(import.meta.url)) await main();
