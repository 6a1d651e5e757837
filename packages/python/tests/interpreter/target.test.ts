import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import {
  evaluateMarker,
  parseMarker,
  type Interpreter,
  type TargetRequest,
  targetInterpreter,
  type Target,
} from '@wheelhouse/python/internal';
import type { Tools } from '@wheelhouse/python/fetch';
import { anInterpreter, io, sharedTools } from '@wheelhouse/python/testing';

let tools: Tools;
let host: Interpreter;
beforeAll(async () => {
  tools = await sharedTools();
  host = await anInterpreter();
}, 120_000);

const { signal } = io;

async function target(request: TargetRequest): Promise<Target> {
  return await targetInterpreter(request, host, { tools, signal });
}

async function complaint(request: TargetRequest): Promise<string> {
  const error: unknown = await target(request).catch((reason: unknown) => reason);
  return formatError(error as ElementError);
}

/** The platforms of the tags of one interpreter and ABI. */
function platforms({ interpreter }: Target, prefix: string): string[] {
  return interpreter.tags.filter((tag) => tag.startsWith(`${prefix}-`)).map((tag) => tag.slice(prefix.length + 1));
}

test('what is not asked for is that of the host: the same tags and markers', async () => {
  const same = await target({ python: host.version });
  expect(same.interpreter.tags).toEqual(host.tags);
  expect(same.isSamePlatform).toBe(true);
  const { platform_release: _release, platform_version: _version, ...markers } = host.markers;
  expect(same.interpreter.markers).toMatchObject(markers);
});

test('a manylinux platform includes older C libraries, and their legacy names (PEP 600)', async () => {
  const arm = await target({ python: '3.12', platforms: ['manylinux_2_19_aarch64'] });
  expect(arm.name).toBe('3.12-manylinux_2_19_aarch64');
  expect(arm.isSamePlatform).toBe(false);
  expect(platforms(arm, 'cp312-cp312')).toEqual([
    'manylinux_2_19_aarch64',
    'manylinux_2_18_aarch64',
    'manylinux_2_17_aarch64',
    'manylinux2014_aarch64',
  ]);
  expect(platforms(arm, 'cp32-abi3')).toHaveLength(4);
  expect(platforms(arm, 'py3-none')).toEqual([...platforms(arm, 'cp312-cp312'), 'any']);
  const old = await target({ python: '3.12', platforms: ['manylinux2010_x86_64'] });
  expect(platforms(old, 'cp312-cp312')).toContain('manylinux1_x86_64');
  expect(platforms(old, 'cp312-cp312')).not.toContain('manylinux2014_x86_64');
});

test('musllinux, macOS and Windows have platforms of their own (PEP 656)', async () => {
  const musl = await target({ python: '3.12', platforms: ['musllinux_1_2_x86_64'] });
  expect(platforms(musl, 'cp312-cp312')).toEqual([
    'musllinux_1_2_x86_64',
    'musllinux_1_1_x86_64',
    'musllinux_1_0_x86_64',
  ]);
  const mac = await target({ python: '3.12', platforms: ['macosx_12_0_arm64'] });
  expect(platforms(mac, 'cp312-cp312').slice(0, 5)).toEqual([
    'macosx_12_0_arm64',
    'macosx_12_0_universal2',
    'macosx_11_0_arm64',
    'macosx_11_0_universal2',
    'macosx_10_16_universal2',
  ]);
  const windows = await target({ python: '3.12', platforms: ['win_amd64'] });
  expect(platforms(windows, 'cp312-cp312')).toEqual(['win_amd64']);
});

test.each([
  ['3.12', 'manylinux_2_28_aarch64', 'sys_platform == "linux" and platform_machine == "aarch64"'],
  ['3.12', 'macosx_11_0_arm64', 'sys_platform == "darwin" and platform_system == "Darwin" and os_name == "posix"'],
  ['3.13', 'win_amd64', 'os_name == "nt" and platform_machine == "AMD64" and python_version == "3.13"'],
  ['3.10.4', 'win32', 'platform_machine == "x86" and python_full_version == "3.10.4"'],
])('markers are evaluated for the target and not for the host: %s on %s', async (python, platform, marker) => {
  const { interpreter } = await target({ python, platforms: [platform] });
  const parsed = parseMarker(marker, { file: '', line: 1, column: 0 });
  expect(evaluateMarker(parsed, interpreter.markers)).toBe(true);
  expect(evaluateMarker(parsed, host.markers)).toBe(false);
});

test('the ABI of a free-threaded Python takes no stable ABI, and PyPy has its own', async () => {
  const threaded = await target({ python: '3.13', abi: 'cp313t', platforms: ['win_amd64'] });
  expect(threaded.name).toBe('3.13-cp313t-win_amd64');
  expect(threaded.interpreter.label).toBe('Python 3.13 with the ABI `cp313t` on `win_amd64`');
  expect(threaded.interpreter.tags[0]).toBe('cp313-cp313t-win_amd64');
  expect(threaded.interpreter.tags.filter((tag) => tag.includes('-abi3-'))).toEqual([]);
  const pypy = await target({ python: '3.10', abi: 'pypy310_pp73', platforms: ['win_amd64'] });
  expect(pypy.interpreter.tags.slice(0, 2)).toEqual(['pp310-pypy310_pp73-win_amd64', 'pp310-none-win_amd64']);
  expect(pypy.interpreter.markers.platform_python_implementation).toBe('PyPy');
});

test.each<[string, TargetRequest, string]>([
  ['a version', { python: '3' }, '`3` is not a Python version\nhint: it must be `X.Y` or `X.Y.Z`, such as `3.12`'],
  [
    'a platform',
    { platforms: ['manylinux_2_28_sparc'] },
    '`manylinux_2_28_sparc` is not a platform\nhint: platforms are names such as `manylinux_2_28_x86_64`, `musllinux_1_2_aarch64`, `macosx_11_0_arm64` or `win_amd64`',
  ],
  [
    'a machine',
    { platforms: ['macosx_11_0_universal2'] },
    '`macosx_11_0_universal2` is for two machines\nhint: choose one: `arm64` or `x86_64` also use these files',
  ],
  [
    'platforms of one machine',
    { platforms: ['win_amd64', 'win32'] },
    '`win_amd64` and `win32` are platforms of different machines\nhint: fetch a separate snapshot for each of them',
  ],
  [
    'an ABI',
    { python: '3.12', abi: 'abi3' },
    '`abi3` is not an ABI\nhint: ABIs are names such as `cp312`, `cp313t` or `pypy310_pp73`',
  ],
  [
    'an ABI of the version',
    { python: '3.12', abi: 'cp311' },
    'the ABI `cp311` is not one of Python 3.12\nhint: it would be `cp312`',
  ],
])('what is not %s is refused', async (_what, request, text) => {
  expect(await complaint(request)).toBe(text);
});
