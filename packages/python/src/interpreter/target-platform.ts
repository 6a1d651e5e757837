import { ElementError } from '@wheelhouse/element';
import type { MarkerEnvironment } from '../requirements/marker-environment.js';

/** What environment markers say of a platform. */
export type PlatformMarkers = Pick<
  MarkerEnvironment,
  'os_name' | 'sys_platform' | 'platform_machine' | 'platform_system'
>;

const LINUX = 'x86_64|i686|aarch64|armv6l|armv7l|ppc64|ppc64le|s390x|riscv64|loongarch64';
const LINUX_PLATFORM = new RegExp(`^(?:linux|manylinux2014|manylinux_2_\\d+|musllinux_\\d+_\\d+)_(${LINUX})$`);
const OLD_LINUX_PLATFORM = /^manylinux(?:1|2010)_(x86_64|i686)$/;
const MAC_PLATFORM = /^macosx_\d+_\d+_(x86_64|arm64|universal2)$/;
const WINDOWS_MACHINES: Readonly<Record<string, string>> = { win_amd64: 'AMD64', win32: 'x86', win_arm64: 'ARM64' };

/**
 * What markers are on the machine that some platform tags (PEP 425, PEP 600, PEP 656) are of.
 *
 * @throws ElementError INVALID_DATA for a tag that is not one, or tags of different machines
 */
export function platformMarkers(platforms: readonly string[]): PlatformMarkers {
  const all = platforms.map(markersOf);
  const [first] = all;
  if (first === undefined) throw new Error('a target without a platform');
  const other = all.findIndex((each) => JSON.stringify(each) !== JSON.stringify(first));
  if (other < 0) return first;
  throw new ElementError({
    code: 'INVALID_DATA',
    message: `\`${platforms[0] ?? ''}\` and \`${platforms[other] ?? ''}\` are platforms of different machines`,
    hint: 'fetch a separate snapshot for each of them',
  });
}

function markersOf(platform: string): PlatformMarkers {
  const linux = (LINUX_PLATFORM.exec(platform) ?? OLD_LINUX_PLATFORM.exec(platform))?.[1];
  if (linux !== undefined) {
    return { os_name: 'posix', sys_platform: 'linux', platform_machine: linux, platform_system: 'Linux' };
  }
  const mac = MAC_PLATFORM.exec(platform)?.[1];
  if (mac === 'universal2') {
    throw invalid(platform, 'is for two machines', 'choose one: `arm64` or `x86_64` also use these files');
  }
  if (mac !== undefined) {
    return { os_name: 'posix', sys_platform: 'darwin', platform_machine: mac, platform_system: 'Darwin' };
  }
  const windows = Object.hasOwn(WINDOWS_MACHINES, platform) ? WINDOWS_MACHINES[platform] : undefined;
  if (windows !== undefined) {
    return { os_name: 'nt', sys_platform: 'win32', platform_machine: windows, platform_system: 'Windows' };
  }
  throw invalid(
    platform,
    'is not a platform',
    'platforms are names such as `manylinux_2_28_x86_64`, `musllinux_1_2_aarch64`, `macosx_11_0_arm64` or `win_amd64`',
  );
}

function invalid(platform: string, what: string, hint: string): ElementError {
  return new ElementError({ code: 'INVALID_DATA', message: `\`${platform}\` ${what}`, hint });
}
