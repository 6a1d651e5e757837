import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatError, type ElementError } from '@wheelhouse/element';
import { verifyWheelhouse, type WheelhouseQuestion } from '@wheelhouse/python/wheelhouse';
import { temporaryDirectory } from '../testing/tools.js';
import { makeWheels, sha256, WheelhouseMaker, type WheelSpec } from '../testing/wheelhouse.js';

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
  it('stands up to a check from its bytes alone, wherever it lies', async () => {
    const made = new WheelhouseMaker([APP, WEB]);
    expect(await findings(made.directory)).toEqual([]);
    const moved = join(temporaryDirectory(), 'moved');
    renameSync(made.directory, moved);
    const { findings: none, checked, own } = await verifyWheelhouse({ directory: moved });
    expect([none, own?.file]).toEqual([[], APP_FILE]);
    expect(checked).toBeGreaterThan(20);
  });

  it('with a wheel that was tampered with is told of by everything that knows the wheel', async () => {
    const made = new WheelhouseMaker([APP, WEB]);
    const [before, after] = tamper(made.path(WEB_FILE), 'VERSION');
    expect(await findings(made.directory)).toEqual([
      expect.stringMatching(
        /^web-2\.1-py3-none-any\.whl: `web\.py` is recorded as `sha256=[\w-]{43}`, and is `sha256=[\w-]{43}`$/,
      ),
      `requirements.txt: \`web==2.1\` is recorded as \`${before}\`, and is \`${after}\``,
      `sbom.cdx.json: \`hashes of ${WEB_FILE}\` is recorded as \`${before}\`, and is \`${after}\``,
      `provenance.intoto.json: \`subject ${WEB_FILE}\` is recorded as \`${before}\`, and is \`${after}\``,
      `../manifest.json: \`files[4].sha256 (wheelhouse/${WEB_FILE})\` is recorded as \`${before}\`, and is \`${after}\``,
    ]);
  });

  it('with a wheel that is no archive any more says so', async () => {
    const made = new WheelhouseMaker([APP, WEB]);
    writeFileSync(made.path(WEB_FILE), 'no archive');
    const [first] = await findings(made.directory);
    expect(first).toMatch(/^web-2\.1-py3-none-any\.whl: it is no zip file, or is damaged: /);
  });

  it('that lacks a wheel is told of, with who needs it', async () => {
    const made = new WheelhouseMaker([APP, WEB]);
    const digest = sha256(made.path(WEB_FILE));
    rmSync(made.path(WEB_FILE));
    expect(await findings(made.directory)).toEqual([
      'requirements.txt: `web==2.1` is required, and no wheel of it is there',
      `${APP_FILE}: it requires \`web>=2\`, and there is no wheel for that`,
      `sbom.cdx.json: \`dependencies of ${APP_FILE}\` is recorded as \`pkg:pypi/web@2.1\`, and is \`\``,
      `sbom.cdx.json: it has a component for \`${WEB_FILE}\`, which is not there`,
      `provenance.intoto.json: it has a subject \`${WEB_FILE}\`, which is not there`,
      `../manifest.json: \`files[4].sha256 (wheelhouse/${WEB_FILE})\` is recorded as \`${digest}\`, and is \`no such file\``,
    ]);
  });

  it('with a wheel and a file that nobody knows is told of', async () => {
    const made = new WheelhouseMaker([APP, WEB]);
    makeWheels(made.directory, [{ name: 'more', version: '1' }]);
    writeFileSync(made.path('notes.txt'), 'Bring milk.');
    expect(await findings(made.directory)).toEqual([
      'notes.txt: it is no part of a wheelhouse',
      'more-1-py3-none-any.whl: `requirements.txt` does not know it',
      'sbom.cdx.json: it has no component for `more-1-py3-none-any.whl`',
      'provenance.intoto.json: it has no subject `more-1-py3-none-any.whl`',
      '../manifest.json: `files` does not list `wheelhouse/more-1-py3-none-any.whl`',
      '../manifest.json: `files` does not list `wheelhouse/notes.txt`',
    ]);
  });

  it('with a version that does not fit is told of, whatever all its documents say', async () => {
    const made = new WheelhouseMaker([APP, { ...WEB, version: '1.9' }]);
    expect(await findings(made.directory)).toEqual([
      `${APP_FILE}: it requires \`web>=2\`, and version \`1.9\` is there`,
    ]);
  });

  it('with documents that were edited is told of', async () => {
    const made = new WheelhouseMaker([APP, WEB]);
    const before = sha256(made.path('sbom.cdx.json'));
    made.edit('sbom.cdx.json', '"MIT"', '"GPL-3.0-only"');
    const after = sha256(made.path('sbom.cdx.json'));
    expect(await findings(made.directory)).toEqual([
      `provenance.intoto.json: \`byproduct sbom.cdx.json\` is recorded as \`${before}\`, and is \`${after}\``,
      `../manifest.json: \`files[3].sha256 (wheelhouse/sbom.cdx.json)\` is recorded as \`${before}\`, and is \`${after}\``,
    ]);
    rmSync(made.path('sbom.cdx.json'));
    writeFileSync(made.path('provenance.intoto.json'), '{');
    const found = await findings(made.directory);
    expect(found.slice(0, 2)).toEqual(['sbom.cdx.json: it is not there', 'provenance.intoto.json: it is no JSON']);
  });

  it('beside an edited manifest is told of', async () => {
    const made = new WheelhouseMaker([APP, WEB]);
    made.edit('../manifest.json', 'e'.repeat(64), 'f'.repeat(64));
    made.edit('../manifest.json', `"identity": "${'7'.repeat(64)}"`, '"identity": "mine"');
    expect(await findings(made.directory)).toEqual([
      `../manifest.json: \`elementKey\` is recorded as \`${'f'.repeat(64)}\`, and the provenance says \`${'e'.repeat(64)}\``,
      `../manifest.json: \`toolchain.identity\` is recorded as \`mine\`, and the provenance says \`${'7'.repeat(64)}\``,
    ]);
  });

  it('with crates is as it was built, and is told of where they are others', async () => {
    const crate = { name: 'itoa', version: '1.0.11', checksum: `sha256:${'c'.repeat(64)}` };
    const made = new WheelhouseMaker([APP, WEB], [crate]);
    expect(await findings(made.directory)).toEqual([]);
    made.edit('../manifest.json', '"version": "1.84.0"', '"version": "1.85.0"');
    made.edit('sbom.cdx.json', 'c'.repeat(64), 'd'.repeat(64));
    made.edit('sbom.cdx.json', '"purl": "pkg:cargo/itoa@1.0.11"', '"purl": "pkg:cargo/itoa@1.0.12"');
    expect(await findings(made.directory)).toEqual(
      expect.arrayContaining([
        'sbom.cdx.json: it has a component for `pkg:cargo/itoa@1.0.12`, which no wheel needs',
        'sbom.cdx.json: `pkg:cargo/itoa@1.0.12` is a crate that is no input of the provenance, by its digest',
        'sbom.cdx.json: it has no component for `pkg:cargo/itoa@1.0.11`, which a wheel needs',
        '../manifest.json: `toolchain.rust.version` is recorded as `1.85.0`, and the provenance says `1.84.0`',
      ]),
    );
  });

  it('is none where there are no wheels', async () => {
    const directory = temporaryDirectory();
    const error: unknown = await verifyWheelhouse({ directory }).catch((reason: unknown) => reason);
    expect(formatError(error as ElementError)).toBe(
      `\`${directory}\` is no wheelhouse: there is no directory with wheels and a \`requirements.txt\`\n` +
        'hint: the target `build-wheel` writes them: `dist/<root>/wheelhouse`',
    );
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
      `${APP_FILE}: it is not tested: there is no record \`/nowhere/record.json\``,
    ]);
  });

  it('is not one whose record lies in reports, beside the wheelhouse, in it, or where it is said to', async () => {
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
      `${record}: it is about a wheel with the digest \`${other}\`, and \`${APP_FILE}\` has \`${digest}\``,
      `${record}: it is about the snapshot \`${other}\`, and the wheel was built from \`${'5'.repeat(64)}\``,
      `../../../reports/app/test-result.intoto.json: \`subject ${APP_FILE}\` is recorded as \`${other}\`, and is \`${digest}\``,
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
      `${statement}: \`record.json\` is recorded as \`${before}\`, and is \`${sha256(record)}\``,
    ]);
  });
});
