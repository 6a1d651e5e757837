import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import type { Interpreter } from './interpreter.js';
import { platformMarkers, type PlatformMarkers } from './target-platform.js';
import { runProgram } from '../tools/program.js';
import type { Tools } from '../tools/ensure-tools.js';

const SCRIPT = join(__dirname, 'target.py');

/** An interpreter that is not on this machine, in pip's terms; default for each property: the project's interpreter. */
export interface TargetRequest {
  /** `X.Y` or `X.Y.Z`. */
  readonly python?: string | undefined;
  /** Platform tags, such as `manylinux_2_28_aarch64`, best first. */
  readonly platforms?: readonly string[] | undefined;
  /** Such as `cp312`, `cp313t` or `pypy310_pp73`; default: that of CPython. */
  readonly abi?: string | undefined;
}

/** An interpreter that files are chosen for. */
export interface Target {
  /** What names it in paths: `3.12-manylinux_2_28_aarch64`. */
  readonly name: string;
  /** No program: it has neither files nor directories. */
  readonly interpreter: Interpreter;
  /** Whether what is built on this machine runs there, but for the interpreter's version. */
  readonly isSamePlatform: boolean;
}

/**
 * The interpreter that a request means, its tags by packaging's rules, and its markers those of the target and not of
 * this machine (docs/adr/0029).
 *
 * @param host the project's own interpreter
 * @throws ElementError INVALID_DATA
 */
export async function targetInterpreter(
  request: TargetRequest,
  host: Interpreter,
  context: { readonly tools: Pick<Tools, 'python'>; readonly signal: AbortSignal },
): Promise<Target> {
  const version = request.python ?? host.version;
  const [, major, minor, patch] = /^(3)\.(\d+)(?:\.(\d+))?$/.exec(version) ?? [];
  if (major === undefined || minor === undefined) {
    throw invalid(`\`${version}\` is not a Python version`, 'it must be `X.Y` or `X.Y.Z`, such as `3.12`');
  }
  const { abi, implementation } = abiOf(request.abi, { major, minor });
  const hostPlatforms = platformsOf(host);
  const isSamePlatform = request.platforms?.every((platform) => hostPlatforms.includes(platform)) ?? true;
  const platforms = request.platforms ?? hostPlatforms;
  const markers = request.platforms === undefined ? host.markers : platformMarkers(platforms);
  const tags = await tagsOf({ python: [Number(major), Number(minor)], implementation, abi, platforms }, context);
  const full = `${major}.${minor}.${patch ?? '0'}`;
  const usual = `cp${major}${minor}`;
  return {
    name: [
      version,
      ...(abi === usual ? [] : [abi]),
      request.platforms === undefined
        ? `${host.markers.sys_platform}_${host.markers.platform_machine}`
        : platforms.join('+'),
    ].join('-'),
    interpreter: interpreterOf({ version: full, implementation, tags, markers, label: labelOf(version, request) }),
    isSamePlatform,
  };
}

function abiOf(
  abi: string | undefined,
  { major, minor }: { readonly major: string; readonly minor: string },
): { readonly abi: string; readonly implementation: 'cpython' | 'pypy' } {
  const usual = `cp${major}${minor}`;
  if (abi === undefined) return { abi: usual, implementation: 'cpython' };
  const [, cpython, pypy] = /^(?:cp(\d+)[td]{0,2}|pypy(\d+)_pp\d+)$/.exec(abi) ?? [];
  if (cpython === undefined && pypy === undefined) {
    throw invalid(`\`${abi}\` is not an ABI`, 'ABIs are names such as `cp312`, `cp313t` or `pypy310_pp73`');
  }
  if ((cpython ?? pypy) !== `${major}${minor}`) {
    throw invalid(`the ABI \`${abi}\` is not one of Python ${major}.${minor}`, `it would be \`${usual}\``);
  }
  return { abi, implementation: cpython === undefined ? 'pypy' : 'cpython' };
}

/** The platforms in an interpreter's tags, best first. */
function platformsOf({ tags }: Interpreter): string[] {
  const platforms = tags.map((tag) => tag.split('-')[2] ?? '');
  return [...new Set(platforms)].filter((platform) => platform !== 'any');
}

async function tagsOf(
  job: Readonly<Record<string, unknown>>,
  { tools, signal }: { readonly tools: Pick<Tools, 'python'>; readonly signal: AbortSignal },
): Promise<string[]> {
  const { code, stdout, output } = await runProgram(tools.python, ['-I', SCRIPT], {
    environment: {},
    signal,
    input: JSON.stringify(job),
  });
  if (code !== 0) throw new Error(`${SCRIPT} ended with ${code}: ${output}`);
  return JSON.parse(stdout) as string[];
}

interface TargetFacts {
  readonly version: string;
  readonly implementation: 'cpython' | 'pypy';
  readonly tags: readonly string[];
  readonly markers: PlatformMarkers;
  readonly label: string;
}

function interpreterOf({ version, implementation, tags, markers, label }: TargetFacts): Interpreter {
  const tagsDigest = createHash('sha256')
    .update(JSON.stringify([implementation, version, tags]))
    .digest('hex');
  const nothing = {
    soabi: '',
    abiFlags: '',
    basePrefix: '',
    baseExecPrefix: '',
    stdlib: [],
    sitePackages: [],
    libraries: [],
  };
  const { os_name, sys_platform, platform_machine, platform_system } = markers;
  return {
    ...nothing,
    executable: '',
    label,
    version,
    implementation,
    tags,
    tagsDigest,
    markers: {
      ...{ os_name, sys_platform, platform_machine, platform_system },
      // The version of the kernel is not known.
      platform_release: '',
      platform_version: '',
      python_version: version.split('.').slice(0, 2).join('.'),
      python_full_version: version,
      implementation_name: implementation,
      implementation_version: version,
      platform_python_implementation: implementation === 'cpython' ? 'CPython' : 'PyPy',
    },
  };
}

function labelOf(version: string, { platforms, abi }: TargetRequest): string {
  return `Python ${version}${abi === undefined ? '' : ` with the ABI \`${abi}\``}${platforms === undefined ? '' : ` on \`${platforms.join('`, `')}\``}`;
}

function invalid(message: string, hint: string): ElementError {
  return new ElementError({ code: 'INVALID_DATA', message, hint });
}
