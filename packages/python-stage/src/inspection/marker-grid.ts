import { type MarkerEnvironment, satisfies } from '@wheelhouse/python/internal';

const PYTHONS = Array.from({ length: 10 }, (_, index) => `3.${index + 6}`);
const PLATFORMS = [
  { os_name: 'posix', sys_platform: 'linux', platform_system: 'Linux', platform_machine: 'x86_64' },
  { os_name: 'posix', sys_platform: 'linux', platform_system: 'Linux', platform_machine: 'aarch64' },
  { os_name: 'posix', sys_platform: 'darwin', platform_system: 'Darwin', platform_machine: 'arm64' },
  { os_name: 'nt', sys_platform: 'win32', platform_system: 'Windows', platform_machine: 'AMD64' },
];
const IMPLEMENTATIONS = [
  { implementation_name: 'cpython', platform_python_implementation: 'CPython' },
  { implementation_name: 'pypy', platform_python_implementation: 'PyPy' },
];

/**
 * Environments in which two markers that do not mean the same are likely to differ: that of an interpreter, and the
 * usual systems and Pythons that a project is for.
 */
export function markerGrid(own: MarkerEnvironment, requiresPython: string): MarkerEnvironment[] {
  const pythons = PYTHONS.filter((python) => satisfies(`${python}.0`, requiresPython));
  return [
    own,
    ...pythons.flatMap((python) =>
      PLATFORMS.flatMap((platform) =>
        IMPLEMENTATIONS.map((implementation) => ({
          ...own,
          ...platform,
          ...implementation,
          python_version: python,
          python_full_version: `${python}.0`,
          implementation_version: `${python}.0`,
        })),
      ),
    ),
  ];
}
