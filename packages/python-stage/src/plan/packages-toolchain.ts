import type { PackageManager } from '@wheelhouse/element/internal';

/** A shell, the usual small programs, and the dynamic linker's. Of dpkg's, what every machine has (`Essential`). */
const BASIC: Readonly<Record<PackageManager, readonly string[]>> = {
  dpkg: [
    'bash',
    'coreutils',
    'dash',
    'debianutils',
    'diffutils',
    'findutils',
    'grep',
    'gzip',
    'hostname',
    'libc-bin',
    'mawk',
    'ncurses-base',
    'sed',
    'tar',
    'tzdata',
  ],
  rpm: [
    'bash',
    'coreutils',
    'coreutils-single',
    'diffutils',
    'findutils',
    'gawk',
    'glibc-common',
    'grep',
    'gzip',
    'hostname',
    'ncurses-base',
    'sed',
    'tar',
    'tzdata',
  ],
  apk: ['bash', 'busybox', 'busybox-binsh', 'coreutils', 'musl', 'musl-utils', 'tzdata'],
};

/** Compilers for C and C++ with what they compile against, and what configures builds. Of dpkg's, `build-essential`'s. */
const COMPILERS: Readonly<Record<PackageManager, readonly string[]>> = {
  dpkg: ['binutils', 'bzip2', 'g++', 'gcc', 'libc6-dev', 'make', 'patch', 'perl', 'pkg-config', 'pkgconf', 'xz-utils'],
  rpm: [
    'binutils',
    'bzip2',
    'gcc',
    'gcc-c++',
    'glibc-devel',
    'make',
    'patch',
    'perl-interpreter',
    'pkgconf-pkg-config',
    'xz',
  ],
  apk: ['binutils', 'bzip2', 'g++', 'gcc', 'linux-headers', 'make', 'musl-dev', 'patch', 'perl', 'pkgconf', 'xz'],
};

/** What a toolchain of packages of a mirror consists of, by their names; `python` such as `python3` or `python3.12`. */
export function debianPackageNames(
  python: string,
  use: 'python' | 'native',
): { readonly packages: readonly string[]; readonly optional: readonly string[] } {
  if (use === 'python') return { packages: [python], optional: BASIC.dpkg };
  return { packages: [python, `lib${python}-dev`], optional: [...BASIC.dpkg, ...COMPILERS.dpkg] };
}

/** Names of packages that every toolchain has of those that are installed. */
export function basicPackages(manager: PackageManager): readonly string[] {
  return BASIC[manager];
}

/** Names of packages that a toolchain which compiles has beside them. */
export function compilerPackages(manager: PackageManager): readonly string[] {
  return COMPILERS[manager];
}
