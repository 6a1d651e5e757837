import { execFileSync } from 'node:child_process';
import {
  evaluateMarker,
  mayHold,
  platformMarkers,
  parseMarker,
  probeInterpreter,
  type MarkerEnvironment,
} from '@wheelhouse/python/internal';

const linux: MarkerEnvironment = {
  os_name: 'posix',
  sys_platform: 'linux',
  platform_machine: 'x86_64',
  platform_python_implementation: 'CPython',
  platform_release: '6.1.0-13-amd64',
  platform_system: 'Linux',
  platform_version: '#1 SMP',
  python_version: '3.11',
  python_full_version: '3.11.2',
  implementation_name: 'cpython',
  implementation_version: '3.11.2',
};

describe('a marker', () => {
  test.each([
    ['python_version < "3.9"', false],
    ['python_version >= "3.9"', true],
    ['python_version ~= "3.10"', true],
    ['python_version == "3.*"', true],
    ['python_full_version <= "3.11.2"', true],
    ['python_full_version < "3.11.2"', false],
    ['python_version in "3.10 3.11"', true],
    ['sys_platform == "linux" and platform_machine == "x86_64"', true],
    ['sys_platform == "win32" or os_name == "posix"', true],
    ['sys_platform == "win32" or os_name == "nt" and python_version > "3"', false],
    ['(sys_platform == "win32" or os_name == "posix") and python_version > "3"', true],
    ['"lin" in sys_platform', true],
    ['sys_platform not in "linux darwin"', false],
    ['platform_release >= "6"', true],
    ['extra == "test"', false],
    ['extra != "test"', true],
  ])('%s holds: %s', (text, holds) => {
    expect(evaluateMarker(parseMarker(text), linux)).toBe(holds);
  });

  test('on an extra holds when one of the extras asked for is it, however it is spelled', () => {
    expect(evaluateMarker(parseMarker('extra == "My_Extra"'), linux, ['other', 'my-extra'])).toBe(true);
    expect(evaluateMarker(parseMarker('extra == "My_Extra"'), linux, ['other'])).toBe(false);
  });

  test('that is absent holds everywhere', () => {
    expect(evaluateMarker(undefined, linux)).toBe(true);
  });

  test('sees what the interpreter itself says', async () => {
    const interpreter = await probeInterpreter(
      execFileSync('sh', ['-c', 'command -v python3'], { encoding: 'utf8' }).trim(),
    );
    const version = execFileSync(interpreter!.executable, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], {
      encoding: 'utf8',
    }).trim();
    expect(evaluateMarker(parseMarker(`python_version == "${version}"`), interpreter!.markers)).toBe(true);
    expect(evaluateMarker(parseMarker(`python_version != "${version}"`), interpreter!.markers)).toBe(false);
  });

  test.each([
    ['sys_platform == "win32"', false],
    ['sys_platform == "win32" and python_version < "3"', false],
    ['sys_platform == "win32" or python_version < "3"', true],
    ['python_version < "3"', true],
    ['os_name == "posix"', true],
    ['extra == "x"', false],
  ])('%s may hold on Linux with any interpreter: %s', (text, may) => {
    expect(mayHold(parseMarker(text), platformMarkers('linux'))).toBe(may);
  });
});
