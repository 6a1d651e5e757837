/**
 * Runs the conformance cases of the element format, where they are beside the checkout: `shared/conformance` next to
 * the repository's directory. `passed.txt` is a ratchet: it names the cases that pass, and one that is in it may not
 * fail.
 *
 * `node tools/conformance/run.mjs` after `npm run build`; `--update` writes the ratchet anew, `--digest` prints what
 * identifies the cases.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMain, root, run } from '../workspace.mjs';

const CASES = join(root, '..', 'shared', 'conformance');
const RATCHET = join(root, 'tools', 'conformance', 'passed.txt');

const kept = () =>
  readFileSync(RATCHET, 'utf8')
    .split('\n')
    .filter((id) => id !== '');

/**
 * What a run means for the ratchet.
 *
 * @param ids of all cases @param failures lines `id: what of it is wrong` @param known ids that the ratchet names
 * @returns what passed now, `lost` as lines, and `won`, ids that the ratchet does not name yet
 */
export function judge(ids, failures, known) {
  const why = new Map(failures.map((line) => [line.slice(0, line.lastIndexOf(': ')), line]));
  const good = ids.filter((id) => !why.has(id)).sort();
  const goodSet = new Set(good);
  const knownSet = new Set(known);
  const lost = known.filter((id) => !goodSet.has(id)).map((id) => why.get(id) ?? `${id}: there is no such case`);
  return { good, lost, won: good.filter((id) => !knownSet.has(id)) };
}

/** Runs all cases. @returns ids of all, and the lines about those that fail; undefined if there are no cases */
async function runCases() {
  if (!existsSync(join(CASES, 'run'))) return undefined;
  const directory = mkdtempSync(join(tmpdir(), 'wheelhouse-conformance-'));
  try {
    const list = join(directory, 'failed.txt');
    const adapter = `${process.execPath} ${join(root, 'tools', 'conformance', 'adapter.mjs')}`;
    const args = [join(CASES, 'run'), '--adapter', adapter, '--fail-list', list, '--min', '0'];
    const { code } = await run('python3', args);
    if (code !== 0) throw new Error(`the conformance cases could not be run (exit code ${code}); the output is above`);
    const ids = JSON.parse(readFileSync(join(CASES, 'cases.json'), 'utf8')).map(({ id }) => id);
    return {
      ids,
      failures: readFileSync(list, 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * The check of `npm test`: a case of the ratchet that fails is a failure.
 *
 * @param update whether the ratchet is written anew, so that it names what passes now and nothing else
 */
export async function ratchet({ update = false } = {}) {
  const ran = await runCases();
  if (ran === undefined) {
    console.log(`there are no conformance cases beside this checkout (${CASES}): none was run`);
    return { passed: 0, failed: 0, reasons: [] };
  }
  const { good, lost, won } = judge(ran.ids, ran.failures, kept());
  for (const id of won) console.log(`passes now: ${id}`);
  if (update) writeFileSync(RATCHET, good.map((id) => `${id}\n`).join(''));
  else if (won.length > 0) console.log('to keep them: node tools/conformance/run.mjs --update');
  return { passed: good.length, failed: lost.length, reasons: lost };
}

async function main(words) {
  if (words.includes('--digest')) {
    const file = join(CASES, 'cases.json');
    console.log(existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : 'no cases');
    return;
  }
  const update = words.includes('--update');
  const { passed, failed, reasons } = await ratchet({ update });
  for (const reason of reasons) console.log(`failed: ${reason}`);
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0 && !update) process.exitCode = 1;
}

if (isMain(import.meta.url)) await main(process.argv.slice(2));
