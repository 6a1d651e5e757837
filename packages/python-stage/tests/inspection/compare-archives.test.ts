import {
  compareSdists,
  compareWheels,
  fileBytes,
  formatDifference,
  type CompareOptions,
} from '@wheelhouse/python-stage/inspection';
import { makeArchives, type MadeMember } from '../testing/archives.js';

const WHEEL = 'app-1.0-py3-none-any.whl';
const CODE: MadeMember = { name: 'app/__init__.py', text: 'x = 1\n' };
const RECORD = 'app-1.0.dist-info/RECORD';

/** The differences of two wheels, on a line each. */
async function compare(
  a: readonly MadeMember[],
  b: readonly MadeMember[],
  options?: CompareOptions,
): Promise<string[]> {
  const [one = '', other = ''] = makeArchives([a, b].map((members) => ({ name: WHEEL, members })));
  return (await compareWheels(fileBytes(one), fileBytes(other), options)).map(formatDifference);
}

/** The differences of one member that holds this or that. */
async function contents(a: string, b: string, options?: CompareOptions, name = 'app/data'): Promise<string[]> {
  return await compare([{ name, text: a }], [{ name, text: b }], options);
}

test('the same bytes have no difference', async () => {
  expect(await compare([CODE], [CODE])).toEqual([]);
});

test('a member that only one of them holds is missing', async () => {
  const more = { name: 'app/more.py' };
  expect(await compare([CODE, more], [CODE])).toEqual(['app/more.py: missing: only the first contains it']);
  expect(await compare([CODE], [CODE, more])).toEqual(['app/more.py: missing: only the second contains it']);
});

test('modes, times, order and compression differ without a byte of a member', async () => {
  expect(await compare([CODE], [{ ...CODE, mode: 0o755 }])).toEqual(['app/__init__.py: mode: 0644 and 0755']);
  expect(await compare([CODE], [{ ...CODE, date: [2020, 2, 3, 4, 5, 6] }])).toEqual([
    'app/__init__.py: time: 2011-11-11 11:11:10 and 2020-02-03 04:05:06',
  ]);
  const other = { name: 'app/b.py' };
  expect(await compare([CODE, other], [other, CODE])).toEqual([
    'order: member 1 is `app/__init__.py` in the first and `app/b.py` in the second',
  ]);
  expect(await compare([CODE], [{ ...CODE, stored: true }])).toEqual([
    'app/__init__.py: compression: method 8, flags 0, 8 bytes; and method 0, flags 0, 6 bytes',
  ]);
});

test('a link where the other has a file is a difference of headers', async () => {
  const differences = await compare([CODE], [{ name: CODE.name, link: 'x = 1\n' }]);
  expect(differences).toContain('app/__init__.py: header: it is a file and a link');
});

test('the build path is found where each was built in another place', async () => {
  const buildPaths = ['/application', '/elsewhere/project'] as const;
  expect(await contents('gcc /application/x.c -O2', 'gcc /elsewhere/project/x.c -O2', { buildPaths })).toEqual([
    'app/data: build path: it embeds `/application` and `/elsewhere/project`',
  ]);
  expect(await contents('/application/x.c 1', '/elsewhere/project/x.c 2', { buildPaths })).toEqual([
    'app/data: build path: it embeds `/application` and `/elsewhere/project`, and other bytes differ',
  ]);
});

test('a path that the backend makes up is found without knowing it', async () => {
  expect(await contents('\0/tmp/build-ab12/x.c\0', '\0/tmp/build-cd34/x.c\0')).toEqual([
    'app/data: build path: it embeds `/tmp/build-ab12/x.c` and `/tmp/build-cd34/x.c`',
  ]);
});

test.each([
  ['built 2026-11-24T10:00\n', 'built 2026-11-24T10:07\n', '2026-11-24T10:00', '2026-11-24T10:07'],
  ['built 2026-11-24 10:00:59\n', 'built 2026-11-24 10:01:00\n', '2026-11-24 10:00:59', '2026-11-24 10:01:00'],
  ['built 2026-11-24 10:00:58\n', 'built 2026-11-24 10:00:59\n', '2026-11-24 10:00:58', '2026-11-24 10:00:59'],
  ['\0Nov 24 2026\0', '\0Nov 25 2026\0', 'Nov 24 2026', 'Nov 25 2026'],
  ['time = 1700000000\n', 'time = 1700000099\n', '1700000000', '1700000099'],
  ['at 10:00:01.', 'at 10:00:02.', '10:00:01', '10:00:02'],
])('a timestamp is found: %j', async (a, b, one, other) => {
  expect(await contents(a, b)).toEqual([`app/data: timestamp: it contains \`${one}\` and \`${other}\``]);
});

test('byte code and gzip files hold a time in their headers', async () => {
  const pyc = (time: string): string => `\xa7\x0d\x0d\x0a\0\0\0\0${time}\x04\0\0\0code`;
  expect(await contents(pyc('\x01\0\0\0'), pyc('\x02\0\0\0'), {}, 'app/a.pyc')).toEqual([
    'app/a.pyc: timestamp: the bytecode contains the modification time of its source: `1970-01-01T00:00:01Z` and `1970-01-01T00:00:02Z`',
  ]);
  const gzip = (time: string): string => `\x1f\x8b\x08\0${time}\x02\xffcompressed`;
  expect(await contents(gzip('\x01\0\0\0'), gzip('\x02\0\0\0'), {}, 'app/a.gz')).toEqual([
    'app/a.gz: timestamp: the gzip header contains `1970-01-01T00:00:01Z` and `1970-01-01T00:00:02Z`',
  ]);
});

test('the same lines in another order are distinguished from different lines', async () => {
  expect(await contents('a\nb\nc\n', 'b\na\nc\n')).toEqual([
    'app/data: order: the same lines in another order: line 1 is `a` and `b`',
  ]);
});

test('what nothing explains is random, and shows where it begins', async () => {
  expect(await contents('seed 77\n', 'seed 78\n')).toEqual([
    'app/data: random: 8 bytes, which differ from byte 6: `7` and `8`',
  ]);
  expect(await contents('seed\0\x01', 'seed\0\x02')).toEqual([
    'app/data: random: 6 bytes, which differ from byte 5: `01` (hexadecimal) and `02` (hexadecimal)',
  ]);
  expect(await contents('seed', 'seed of more')).toEqual([
    'app/data: random: 4 and 12 bytes, which differ from byte 4: nothing and ` of more`',
  ]);
});

test('a software bill of materials is called that, with what differs in it', async () => {
  const bill = (id: string): string => `{"serialNumber": "urn:uuid:${id}"}`;
  const [a, b] = ['0a8a1f0e-0000-4000-8000-000000000001', 'ffffffff-0000-4000-8000-000000000002'];
  expect(await contents(bill(a), bill(b), {}, 'app-1.0.dist-info/sboms/app.cyclonedx.json')).toEqual([
    `app-1.0.dist-info/sboms/app.cyclonedx.json: embedded SBOM: the identifiers \`${a}\` and \`${b}\``,
  ]);
});

test('RECORD is a consequence of what it lists, and a difference of its own where nothing else differs', async () => {
  const record = (hash: string): MadeMember => ({ name: RECORD, text: `app/__init__.py,sha256=${hash},6\n` });
  expect(await compare([CODE, record('a')], [{ ...CODE, text: 'x = 2\n' }, record('b')])).toEqual([
    'app/__init__.py: random: 6 bytes, which differ from byte 4: `1` and `2`',
    `${RECORD}: consequence: it lists the members that differ`,
  ]);
  expect(await compare([CODE, record('a')], [CODE, record('b')])).toEqual([
    `${RECORD}: random: 27 bytes, which differ from byte 23: \`a,6\` and \`b,6\``,
  ]);
});

test('two members of one name are compared one by one', async () => {
  expect(await compare([CODE, { ...CODE, text: 'y' }], [CODE, { ...CODE, text: 'z' }])).toEqual([
    'app/__init__.py: random: 1 bytes, which differ from byte 0: `y` and `z`',
  ]);
});

test('sdists are compared, too: their gzip header, and the headers of their members', async () => {
  const name = 'app-1.0.tar.gz';
  const [a = '', b = '', again = ''] = makeArchives([
    { name, members: [CODE], gzipTime: 5 },
    { name, members: [{ ...CODE, mode: 0o600, text: 'x = 2\n' }], gzipTime: 6 },
    { name, members: [CODE], gzipTime: 5 },
  ]);
  expect((await compareSdists(fileBytes(a), fileBytes(b))).map(formatDifference)).toEqual([
    'time: gzip time: `5` and `6`',
    'app/__init__.py: mode: 0644 and 0600',
    'app/__init__.py: random: 6 bytes, which differ from byte 4: `1` and `2`',
  ]);
  expect(await compareSdists(fileBytes(a), fileBytes(again))).toEqual([]);
});

test('a file that is not an archive is an error that says so', async () => {
  const [wheel = '', sdist = ''] = makeArchives([
    { name: WHEEL, members: [CODE] },
    { name: 'app-1.0.tar.gz', members: [CODE] },
  ]);
  await expect(compareWheels(fileBytes(wheel), fileBytes(sdist))).rejects.toThrow(
    '`app-1.0.tar.gz` is not a zip file, or is damaged: End of central directory record signature not found.',
  );
  await expect(compareSdists(fileBytes(sdist), fileBytes(wheel))).rejects.toThrow(
    '`app-1.0-py3-none-any.whl` is not a tar.gz file, or is damaged: incorrect header check',
  );
});
