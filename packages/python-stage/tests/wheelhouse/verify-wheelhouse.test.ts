import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import { temporaryDirectory } from '@wheelhouse/python/testing';
import { verifyWheelhouse, type WheelhouseQuestion } from '@wheelhouse/python-stage/wheelhouse';
import { makeWheels, sha256, SNAPSHOT, WheelhouseMaker, type WheelSpec } from '../testing/wheelhouse.js';

const APP: WheelSpec = { name: 'app', version: '1.0', metadata: ['License-Expression: MIT', 'Requires-Dist: web>=2'] };
const WEB: WheelSpec = { name: 'web', version: '2.1' };
const APP_FILE = 'app-1.0-py3-none-any.whl';
const WEB_FILE = 'web-2.1-py3-none-any.whl';

/** The findings, a line each. */
async function findings(directory: string, more: Partial<WheelhouseQuestion> = {}): Promise<string[]> {
  const { findings: found } = await verifyWheelhouse({ directory, ...more });
  return found.map(({ file, message }) => `${file}: ${message}`);
}

/** Turns one bit of a file over, where a text begins. @returns the digests before and after */
function tamper(path: string, at: string): [string, string] {
  const before = sha256(path);
  const bytes = readFileSync(path);
  const index = bytes.indexOf(at);
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  return [before, sha256(path)];
}

describe('a wheelhouse', () => {
  it('passes verification from its bytes alone, in any directory', async () => {
    const made = new WheelhouseMaker([APP, WEB]);
    expect(await findings(made.directory)).toEqual([]);
    const moved = join(temporaryDirectory(), 'moved');
    renameSync(made.directory, moved);
    const { findings: none, checked, own } = await verifyWheelhouse({ directory: moved });
    expect([none, own?.file]).toEqual([[], APP_FILE]);
    expect(checked).toBeGreaterThan(20);
  });

  it('with a wheel that was tampered with is reported by everything that lists the wheel', async () => {
    const made = new WheelhouseMaker([APP, WEB]);
    const [before, after] = tamper(made.path(WEB_FILE), 'VERSION');
    expect(await findings(made.directory)).toEqual([
      expect.stringMatching(
        /^web-2\.1-py3-none-any\.whl: `web\.py` is recorded as `sha256=[\w-]{43}`, but is `sha256=[\w-]{43}`$/,
      ),
      `requirements.txt: \`web==2.1\` is recorded as \`${before}\`, but is \`${after}\``,
      `sbom.cdx.json: \`hashes of ${WEB_FILE}\` is recorded as \`${before}\`, but is \`${after}\``,
      `provenance.intoto.json: \`subject ${WEB_FILE}\` is recorded as \`${before}\`, but is \`${after}\``,
      `../manifest.json: \`files[4].sha256 (wheelhouse/${WEB_FILE})\` is recorded as \`${before}\`, but is \`${after}\``,
    ]);
  });

  it('with a wheel that is not an archive is reported', async () => {
    const made = new WheelhouseMaker([APP, WEB]);
    writeFileSync(made.path(WEB_FILE), 'no archive');
    const [first] = await findings(made.directory);
    expect(first).toMatch(/^web-2\.1-py3-none-any\.whl: it is not a zip file, or is damaged: /);
  });

  it('that lacks a wheel is reported, with what requires it', async () => {
    const made = new WheelhouseMaker([APP, WEB]);
    const digest = sha256(made.path(WEB_FILE));
    rmSync(made.path(WEB_FILE));
    expect(await findings(made.directory)).toEqual([
      'requirements.txt: `web==2.1` is required, but there is no wheel of it',
      `${APP_FILE}: it requires \`web>=2\`, but no wheel provides it`,
      `sbom.cdx.json: \`dependencies of ${APP_FILE}\` is recorded as \`pkg:pypi/web@2.1\`, but is \`\``,
      `sbom.cdx.json: it has a component for \`${WEB_FILE}\`, which does not exist`,
      `provenance.intoto.json: it has a subject \`${WEB_FILE}\`, which does not exist`,
      `../manifest.json: \`files[4].sha256 (wheelhouse/${WEB_FILE})\` is recorded as \`${digest}\`, but is \`no such file\``,
    ]);
  });

  it('with an unlisted wheel and an unlisted file is reported', async () => {
    const made = new WheelhouseMaker([APP, WEB]);
    makeWheels(made.directory, [{ name: 'more', version: '1' }]);
    writeFileSync(made.path('notes.txt'), 'Bring milk.');
    expect(await findings(made.directory)).toEqual([
      'notes.txt: it is not part of a wheelhouse',
      'more-1-py3-none-any.whl: `requirements.txt` does not list it',
      'sbom.cdx.json: it has no component for `more-1-py3-none-any.whl`',
      'provenance.intoto.json: it has no subject `more-1-py3-none-any.whl`',
      '../manifest.json: `files` does not list `wheelhouse/more-1-py3-none-any.whl`',
      '../manifest.json: `files` does not list `wheelhouse/notes.txt`',
    ]);
  });

  it('with a version that does not fit is reported, even if all its documents agree', async () => {
    const made = new WheelhouseMaker([APP, { ...WEB, version: '1.9' }]);
    expect(await findings(made.directory)).toEqual([
      `${APP_FILE}: it requires \`web>=2\`, but the wheelhouse has version \`1.9\``,
    ]);
  });

  it('with wheels that require URLs is reported, with an error for paths of the build machine', async () => {
    const metadata = [
      'Requires-Dist: web @ file:///web',
      'Requires-Dist: web@git+https://me:secret@host/web ; extra == "x"',
    ];
    const made = new WheelhouseMaker([{ ...APP, metadata }, WEB]);
    const { findings: found, warnings } = await verifyWheelhouse({ directory: made.directory });
    expect(found.map(({ file, message }) => `${file}: ${message}`)).toEqual([
      `${APP_FILE}: it requires \`web @ file:///web\`, a path on the build machine`,
    ]);
    expect(warnings.map(({ file, message }) => `${file}: ${message}`)).toEqual([
      `${APP_FILE}: it requires \`web@ git+https://host/web ; extra == "x"\`: pip installs it only with \`--no-deps\`, and indexes refuse it`,
    ]);
  });

  it('with edited documents is reported', async () => {
    const made = new WheelhouseMaker([APP, WEB]);
    const before = sha256(made.path('sbom.cdx.json'));
    made.edit('sbom.cdx.json', '"MIT"', '"GPL-3.0-only"');
    const after = sha256(made.path('sbom.cdx.json'));
    expect(await findings(made.directory)).toEqual([
      `provenance.intoto.json: \`byproduct sbom.cdx.json\` is recorded as \`${before}\`, but is \`${after}\``,
      `../manifest.json: \`files[3].sha256 (wheelhouse/sbom.cdx.json)\` is recorded as \`${before}\`, but is \`${after}\``,
    ]);
    rmSync(made.path('sbom.cdx.json'));
    writeFileSync(made.path('provenance.intoto.json'), '{');
    const found = await findings(made.directory);
    expect(found.slice(0, 2)).toEqual([
      'sbom.cdx.json: it does not exist',
      'provenance.intoto.json: it is not a JSON object',
    ]);
  });

  it('beside an edited manifest is reported', async () => {
    const made = new WheelhouseMaker([APP, WEB]);
    made.edit('../manifest.json', 'e'.repeat(64), 'f'.repeat(64));
    made.edit('../manifest.json', `"identity": "${'7'.repeat(64)}"`, '"identity": "mine"');
    expect(await findings(made.directory)).toEqual([
      `../manifest.json: \`elementKey\` is recorded as \`${'f'.repeat(64)}\`, but the provenance has \`${'e'.repeat(64)}\``,
      `../manifest.json: \`toolchain.identity\` is recorded as \`mine\`, but the provenance has \`${'7'.repeat(64)}\``,
    ]);
  });

  it('with crates passes as it was built, and is reported if they differ', async () => {
    const crate = { name: 'itoa', version: '1.0.11', checksum: `sha256:${'c'.repeat(64)}` };
    const made = new WheelhouseMaker([APP, WEB], [crate]);
    expect(await findings(made.directory)).toEqual([]);
    made.edit('../manifest.json', '"version": "1.84.0"', '"version": "1.85.0"');
    made.edit('sbom.cdx.json', 'c'.repeat(64), 'd'.repeat(64));
    made.edit('sbom.cdx.json', '"purl": "pkg:cargo/itoa@1.0.11"', '"purl": "pkg:cargo/itoa@1.0.12"');
    expect(await findings(made.directory)).toEqual(
      expect.arrayContaining([
        'sbom.cdx.json: it has a component for `pkg:cargo/itoa@1.0.12`, which no wheel needs',
        'sbom.cdx.json: `pkg:cargo/itoa@1.0.12` is a crate whose digest is not among the materials of the provenance',
        'sbom.cdx.json: it has no component for `pkg:cargo/itoa@1.0.11`, which a wheel needs',
        '../manifest.json: `toolchain.rust.version` is recorded as `1.85.0`, but the provenance has `1.84.0`',
      ]),
    );
  });

  it('is not a wheelhouse without wheels', async () => {
    const directory = temporaryDirectory();
    const error: unknown = await verifyWheelhouse({ directory }).catch((reason: unknown) => reason);
    expect(formatError(error as ElementError)).toBe(
      `\`${directory}\` is not a wheelhouse: there is no directory with wheels and a \`requirements.txt\`\n` +
        'hint: the target `build-wheel` writes them: `dist/<root>/wheelhouse`',
    );
  });
});

describe('a wheelhouse with what leads elsewhere', () => {
  const manifestOf = (files: readonly unknown[]): string => JSON.stringify({ project: 'app', version: '1.0', files });

  it('has links that are reported and not read', async () => {
    const made = new WheelhouseMaker([APP, WEB]);
    const elsewhere = join(made.base, WEB_FILE);
    renameSync(made.path(WEB_FILE), elsewhere);
    symlinkSync(elsewhere, made.path(WEB_FILE));
    expect((await findings(made.directory))[0]).toBe(
      `${WEB_FILE}: it is a link that points outside its directory, and is not part of a wheelhouse`,
    );
    rmSync(elsewhere);
    expect((await findings(made.directory))[0]).toBe(
      `${WEB_FILE}: it is a broken link, and is not part of a wheelhouse`,
    );
    rmSync(made.path('requirements.txt'));
    symlinkSync('requirements.txt', made.path('requirements.txt'));
    rmSync(made.path('../manifest.json'));
    symlinkSync(APP_FILE, made.path('../manifest.json'));
    const found = await findings(made.directory);
    expect(found).toContain('requirements.txt: it is a link that leads to itself, and is not part of a wheelhouse');
    expect(found).toContain('requirements.txt: it does not exist');
    expect(found).toContain('../manifest.json: it is a broken link');
  });

  it.each([
    [[{ path: null }], '`files[0].path` is `null`, not a path'],
    [[{ path: [] }], '`files[0].path` is `[]`, not a path'],
    [[{ path: '' }], '`files[0].path` is ``: it is empty'],
    [[{ path: '/etc/passwd' }], '`files[0].path` is `/etc/passwd`: it is not a relative path'],
    [[{ path: '../../x' }], '`files[0].path` is `../../x`: it points outside its directory'],
    [[null], '`files[0].path` is ``, not a path'],
  ])('has paths in its manifest that are reported: %j', async (files, message) => {
    const made = new WheelhouseMaker([APP, WEB]);
    writeFileSync(made.path('../manifest.json'), manifestOf(files));
    expect(await findings(made.directory)).toContain(`../manifest.json: ${message}`);
  });

  it.each(['null', '[]', '"x"', '{', ''])('has a manifest that is not one: %s', async (text) => {
    const made = new WheelhouseMaker([APP, WEB]);
    writeFileSync(made.path('../manifest.json'), text);
    expect(await findings(made.directory)).toEqual(['../manifest.json: it is not a JSON object']);
  });

  it('has files beside it that nothing lists', async () => {
    const made = new WheelhouseMaker([APP, WEB]);
    mkdirSync(made.path('../sdist'));
    writeFileSync(made.path('../sdist/app-1.0.tar.gz'), '');
    expect(await findings(made.directory)).toEqual(['../manifest.json: `files` does not list `sdist/app-1.0.tar.gz`']);
  });
});

describe('an untested wheel', () => {
  const tested = { tested: true };

  it('is one without a record', async () => {
    const made = new WheelhouseMaker([APP, WEB]);
    expect(await findings(made.directory, tested)).toEqual([
      `${APP_FILE}: it is not tested: there is no \`record.json\` in the wheelhouse, beside it, or in \`reports\``,
    ]);
    expect(await findings(made.directory, { ...tested, record: '/nowhere/record.json' })).toEqual([
      `${APP_FILE}: it is not tested: the record \`/nowhere/record.json\` does not exist`,
    ]);
  });

  it('is not one whose record is in reports, beside the wheelhouse, in it, or at a given path', async () => {
    const made = new WheelhouseMaker([APP, WEB]);
    made.test();
    expect(await findings(made.directory, tested)).toEqual([]);
    const reports = join(made.base, 'reports', 'app');
    const elsewhere = temporaryDirectory();
    cpSync(reports, elsewhere, { recursive: true });
    rmSync(reports, { recursive: true });
    expect(await findings(made.directory, { ...tested, record: elsewhere })).toEqual([]);
    expect(await findings(made.directory, { ...tested, record: join(elsewhere, 'record.json') })).toEqual([]);
    cpSync(elsewhere, made.directory, { recursive: true });
    rmSync(made.path('../manifest.json'));
    expect(await findings(made.directory, tested)).toEqual([]);
    for (const name of ['record.json', 'test-result.intoto.json']) renameSync(made.path(name), made.path(`../${name}`));
    expect(await findings(made.directory, tested)).toEqual([]);
  });

  it('is one whose record is about other bytes or another snapshot', async () => {
    const made = new WheelhouseMaker([APP, WEB]);
    const other = '0'.repeat(64);
    made.test({ wheel: { path: `wheel/${APP_FILE}`, sha256: other }, snapshotDigest: `sha256:${other}/1` });
    const record = '../../../reports/app/record.json';
    const digest = sha256(made.path(APP_FILE));
    expect(await findings(made.directory, tested)).toEqual([
      `${record}: it is about a wheel with the digest \`${other}\`, but \`${APP_FILE}\` has \`${digest}\``,
      `${record}: it is about the snapshot \`sha256:${other}/1\`, but the wheel was built from \`${SNAPSHOT}\``,
      `../../../reports/app/test-result.intoto.json: \`subject ${APP_FILE}\` is recorded as \`${other}\`, but is \`${digest}\``,
    ]);
  });

  it('is one that ships beside other versions than it was tested with', async () => {
    const made = new WheelhouseMaker([APP, WEB]);
    made.test({ uses: [{ path: 'web-2.0-py3-none-any.whl', sha256: '0'.repeat(64) }] });
    const record = '../../../reports/app/record.json';
    const shipped = `\`web==2.1\` (\`${WEB_FILE}\`) is shipped`;
    expect(await findings(made.directory, tested)).toEqual([
      `${record}: ${shipped}, and it was tested with \`web==2.0\``,
    ]);
    made.test({ uses: [] });
    expect(await findings(made.directory, tested)).toEqual([
      `${record}: ${shipped}, and was not installed when it was tested`,
    ]);
  });

  it('is one whose tests failed, or of which none ran', async () => {
    const made = new WheelhouseMaker([APP, WEB]);
    const reports = '../../../reports/app';
    made.test({ failed: 2 });
    expect(await findings(made.directory, tested)).toEqual([
      `${reports}/record.json: \`failed\` is \`2\`: not every test passed`,
      `${reports}/test-result.intoto.json: \`result\` is \`FAILED\`, not \`PASSED\``,
    ]);
    made.test({ passed: 0 });
    expect((await findings(made.directory, tested))[0]).toBe(
      `${reports}/record.json: \`passed\` is \`0\`: no test passed`,
    );
  });

  it('is one whose record was edited', async () => {
    const made = new WheelhouseMaker([APP, WEB]);
    made.test({ failed: 1 });
    const record = join(made.base, 'reports', 'app', 'record.json');
    const before = sha256(record);
    writeFileSync(record, readFileSync(record, 'utf8').replace('"failed": 1', '"failed": 0'));
    const statement = '../../../reports/app/test-result.intoto.json';
    expect(await findings(made.directory, tested)).toEqual([
      `${statement}: \`result\` is \`FAILED\`, not \`PASSED\``,
      `${statement}: \`record.json\` is recorded as \`${before}\`, but is \`${sha256(record)}\``,
    ]);
  });
});

/** The paths of all values in a document that are neither objects nor lists. */
function leaves(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, member]) => leaves(member, [...path, key]));
}

/** The text of a document with another value in one place; without it for `undefined`. */
function mutated(text: string, path: readonly string[], change: (value: unknown) => unknown): string {
  const document = JSON.parse(text) as Record<string, unknown>;
  const last = path.at(-1) ?? '';
  const parent = path
    .slice(0, -1)
    .reduce<Record<string, unknown>>((node, key) => node[key] as Record<string, unknown>, document);
  const value = change(parent[last]);
  if (value === undefined && Array.isArray(parent)) parent.splice(Number(last), 1);
  else parent[last] = value;
  return `${JSON.stringify(document, null, 2)}\n`;
}

const CHANGES: readonly (readonly [string, (value: unknown) => unknown])[] = [
  [
    'another value',
    (value) => (typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : `${String(value)}x`),
  ],
  ['a list', () => []],
  ['nothing', () => undefined],
];

describe('every value of every document is looked at', () => {
  const made = new WheelhouseMaker(
    [APP, WEB],
    [{ name: 'itoa', version: '1.0.11', checksum: `sha256:${'c'.repeat(64)}` }],
  );
  made.test();

  it.each([
    '../manifest.json',
    'provenance.intoto.json',
    'sbom.cdx.json',
    '../../../reports/app/record.json',
    '../../../reports/app/test-result.intoto.json',
  ])('of %s', async (name) => {
    const path = made.path(name);
    const text = readFileSync(path, 'utf8');
    expect(await findings(made.directory, { tested: true })).toEqual([]);
    const passed: string[] = [];
    for (const leaf of leaves(JSON.parse(text))) {
      for (const [what, change] of CHANGES) {
        writeFileSync(path, mutated(text, leaf, change));
        const found = await findings(made.directory, { tested: true });
        if (found.length === 0) passed.push(`${leaf.join('.')}: ${what}`);
      }
    }
    writeFileSync(path, text);
    expect(passed).toEqual([]);
  });
});
