/**
 * The list of the security tests of the shared cache, from the titles of the tests themselves: jest is asked for them
 * without running any. Prints the page; with `--write` it goes into docs/reference/cache-security-tests.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { isMain, root } from './workspace.mjs';

export const PAGE = join(root, 'docs', 'reference', 'cache-security-tests.md');
const TESTS = join(root, 'packages', 'cache', 'tests');

/** What is attacked, and by which files' tests of which full titles it is shown that nothing comes of it. */
const ATTACKS = [
  {
    name: 'CREEP, and other ways from a pull request to main',
    tests: {
      'tiers/tiered-cache.test.ts': /never give|trusted before|readers write nothing|first write win|bound what/,
      'server/protocol.test.ts': /^tiers, over HTTP|may not write/,
      'server/runs.test.ts': /nothing about trusted entries|may not write/,
      'cli/oidc.test.ts': /CREEP/,
      'nx/nx.test.ts': /CREEP/,
      'proxy/proxy.test.ts': /gives main nothing|by the token of main/,
      'store/disk-store.test.ts': /from that share alone/,
      'ledger/ledger.test.ts': /cannot take/,
    },
  },
  {
    name: 'Builds that claim to be what they are not',
    tests: { 'oidc/provider.test.ts': /^patterns|^the preset|are refused/ },
  },
  {
    name: 'Tokens that are wrong, expired, mis-issued, replayed, or of another algorithm',
    tests: {
      'oidc/verifier.test.ts': /is refused|is not verified|may be signed|serves any number|characters/,
      'tokens/tokens.test.ts': /^a token (is|may)|^what is refused/,
      'tiers/tier.test.ts': /is not/,
      'server/protocol.test.ts': /401|Basic|Bearer|whc_0|bearer|nobody while|revoked/,
      'server/hostile.test.ts': /two tokens/,
    },
  },
  { name: 'Issuers and their keys', tests: { 'oidc/verifier.test.ts': /^the keys/ } },
  {
    name: 'Hashes and paths',
    tests: {
      'server/hostile.test.ts': /^paths/,
      'store/disk-store.test.ts': /no path of/,
      'store/s3-store.test.ts': /no key of/,
    },
  },
  {
    name: 'Lengths that lie, bodies that are too short, too long or too large',
    tests: {
      'server/hostile.test.ts': /^lengths/,
      'store/disk-store.test.ts': /shorter or longer|refuses (what is larger|more on)|too short/,
      'store/s3-store.test.ts': /shorter or longer|no end|were changed/,
      'store/layered-store.test.ts': /shorter or longer|other bytes/,
    },
  },
  {
    name: 'Smuggled requests and headers',
    tests: { 'server/hostile.test.ts': /^smuggling (?!knows nobody)/ },
  },
  {
    name: 'Slow clients, those that want too much, and disks that are full',
    tests: {
      'server/hostile.test.ts': /^slow clients|^memory|^a disk that is full|^ending/,
      'ledger/full-disk.test.ts': /./,
    },
  },
  {
    name: 'Archives that lead out of the workspace, and bombs',
    tests: {
      'proxy/archive-check.test.ts': /may not|must/,
      'proxy/proxy.test.ts': /archives that no proxy/,
    },
  },
  {
    name: 'Writers at the same time, and processes that are killed',
    tests: {
      'server/kills.test.ts': /./,
      'store/disk-store.test.ts': /many writers|writer that is killed|killed writers/,
      'store/s3-store.test.ts': /many writers|are killed/,
      'store/layered-store.test.ts': /many writers/,
      'tokens/tokens.test.ts': /at the same time/,
      'nx/proxy.test.ts': /is killed/,
      'proxy/kill.test.ts': /./,
    },
  },
  {
    name: 'Secrets',
    tests: {
      'server/protocol.test.ts': /never a token|not to pull requests/,
      'proxy/proxy.test.ts': /secret/,
      'proxy/redirect.test.ts': /./,
      'proxy/transport.test.ts': /is not trusted/,
      'tokens/tokens.test.ts': /nowhere on the disk/,
    },
  },
  {
    name: 'The overview: sessions, forms, names',
    tests: {
      'server/runs.test.ts': /^the page|what is wrong/,
      'server/sessions.test.ts': /./,
      'overview/page.test.ts': /wrong|without end/,
      'overview/census.test.ts': /without end/,
    },
  },
];

/** The full titles of the tests of some files, by their paths below the cache's tests, in the order they stand. */
function titlesOf(files) {
  // What test files make when they are loaded goes with this.
  const scratch = mkdtempSync(join(tmpdir(), 'wheelhouse-titles-'));
  try {
    const outputFile = join(scratch, 'titles.json');
    // `undefined` takes a variable away.
    const env = { ...process.env, TMPDIR: scratch, WHEELHOUSE_SOAK: undefined };
    const { stderr } = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
        ...['--config', join(root, 'packages', 'cache', 'jest.config.cjs'), '--json', '--outputFile', outputFile],
        // Which no title is, so that nothing is run.
        ...['--testNamePattern', '^\\b$', '--runTestsByPath', ...files.map((file) => join(TESTS, file))],
      ],
      { cwd: root, env, encoding: 'utf8' },
    );
    let report;
    try {
      report = JSON.parse(readFileSync(outputFile, 'utf8'));
    } catch (error) {
      throw new Error(`jest told no titles: ${stderr}`, { cause: error });
    }
    return new Map(
      report.testResults.map(({ name, message, assertionResults }) => {
        if (assertionResults.length === 0) throw new Error(`${name} has no tests: ${message}`);
        return [name.slice(TESTS.length + 1), assertionResults.map(({ fullName }) => fullName)];
      }),
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The tests of an attack by their files. @throws Error if a file has none that is meant */
export function select(tests, titles) {
  return Object.entries(tests).map(([file, pattern]) => {
    const found = (titles.get(file) ?? []).filter((title) => pattern.test(title));
    if (found.length === 0) throw new Error(`no test of ${file} is meant by ${pattern}: mend tools/security-tests.mjs`);
    return { file, titles: found };
  });
}

/** A title as text of Markdown, on one line and no longer than one can read. */
export function titleText(title) {
  const line = JSON.stringify(title).slice(1, -1).replaceAll('\\"', '"');
  const short = line.length > 180 ? `${line.slice(0, 180)}…` : line;
  return short.replace(/[\\`*_{}[\]<>|#~]/g, '\\$&');
}

/** The page, as it is to be. */
export async function securityTests() {
  const files = [...new Set(ATTACKS.flatMap(({ tests }) => Object.keys(tests)))];
  const titles = titlesOf(files);
  const attacks = ATTACKS.map(({ name, tests }) => ({ name, files: select(tests, titles) }));
  const countOf = (attack) => attack.files.reduce((sum, file) => sum + file.titles.length, 0);
  const all = new Set(attacks.flatMap((attack) => attack.files.flatMap((f) => f.titles.map((t) => `${f.file} ${t}`))));
  const summary = attacks.map(
    (attack) => `| ${attack.name} | ${countOf(attack)} | ${attack.files.map(({ file }) => `\`${file}\``).join(', ')} |`,
  );
  const sections = attacks.map(({ name, files: of }) => {
    const lists = of.map(
      (file) =>
        `\`${file.file}\`: ${file.titles.length}\n\n${file.titles.map((title) => `- ${titleText(title)}`).join('\n')}`,
    );
    return `## ${name}\n\n${lists.join('\n\n')}`;
  });
  const text = `# Security tests of the shared cache

Made by \`node tools/security-tests.mjs --write\` from the titles of the tests in \`packages/cache/tests\`. What they are
about is told by [Threats to the shared cache](../concepts/cache-threats.md). They are ${all.size}; some stand in two lists.

| attack | tests | files |
|---|---:|---|
${summary.join('\n')}

${sections.join('\n\n')}
`;
  return await format(text, { ...(await resolveConfig(PAGE)), parser: 'markdown' });
}

async function main() {
  const text = await securityTests();
  if (process.argv.includes('--write')) writeFileSync(PAGE, text);
  else process.stdout.write(text);
}

if (isMain(import.meta.url)) await main();
