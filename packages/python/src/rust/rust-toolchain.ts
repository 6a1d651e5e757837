import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { ElementError, getHostTool } from '@wheelhouse/element';
import { runProgram } from '../tools/program.js';

/** A Rust toolchain of this machine. Plain data. */
export interface RustToolchain {
  /** The real directory that it is in, absolute: rustup's for a toolchain, or `/usr`. */
  readonly sysroot: string;
  /** rustc's release, such as `1.84.0`. */
  readonly version: string;
  /** SHA-256 (hex) of what rustc says of itself. */
  readonly identity: string;
}

/**
 * The Rust toolchain that cargo and rustc on PATH stand for. They may be rustup's shims, which choose by the directory
 * they are run in: they are asked in the root, if no project says which.
 *
 * @param whose what needs it, for the error
 * @throws ElementError TOOLCHAIN if there is none
 */
export async function findRust(environment: NodeJS.ProcessEnv, whose: string): Promise<RustToolchain> {
  const path = environment.PATH ?? '';
  const missing = (detail: string): ElementError =>
    new ElementError({
      code: 'TOOLCHAIN',
      message: `\`${whose}\` is built by cargo, but Rust is not installed on this machine`,
      detail,
      hint: "install rustc and cargo, with rustup or from the distribution's packages",
    });
  let rustc: string;
  try {
    [rustc] = [getHostTool('rustc', path), getHostTool('cargo', path)];
  } catch (error) {
    if (error instanceof ElementError && error.code === 'HOST_TOOL') throw missing(error.message);
    throw error;
  }
  const options = { environment: { ...environment, RUSTUP_AUTO_INSTALL: '0' }, cwd: '/' };
  const [sysroot, version] = [
    await runProgram(rustc, ['--print', 'sysroot'], options),
    await runProgram(rustc, ['-vV'], options),
  ];
  const wrong = [sysroot, version].find(({ code }) => code !== 0);
  if (wrong !== undefined) throw missing(wrong.output);
  return {
    sysroot: realpathSync(sysroot.stdout.trim()),
    version: /^release: (\S+)$/m.exec(version.stdout)?.[1] ?? '',
    identity: createHash('sha256').update(version.stdout).digest('hex'),
  };
}

/** The directory of the toolchain's real programs. */
export function rustPrograms({ sysroot }: RustToolchain): string {
  return join(sysroot, 'bin');
}
