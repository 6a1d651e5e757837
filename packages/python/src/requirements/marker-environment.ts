/** The variables of environment markers but `extra` (PEP 508), as one interpreter answers them. */
export interface MarkerEnvironment {
  readonly os_name: string;
  readonly sys_platform: string;
  readonly platform_machine: string;
  readonly platform_python_implementation: string;
  readonly platform_release: string;
  readonly platform_system: string;
  readonly platform_version: string;
  readonly python_version: string;
  readonly python_full_version: string;
  readonly implementation_name: string;
  readonly implementation_version: string;
}

const VARIABLES: Readonly<Record<string, keyof MarkerEnvironment | 'extra'>> = {
  os_name: 'os_name',
  sys_platform: 'sys_platform',
  platform_machine: 'platform_machine',
  platform_python_implementation: 'platform_python_implementation',
  platform_release: 'platform_release',
  platform_system: 'platform_system',
  platform_version: 'platform_version',
  python_version: 'python_version',
  python_full_version: 'python_full_version',
  implementation_name: 'implementation_name',
  implementation_version: 'implementation_version',
  extra: 'extra',
  // The dotted names of PEP 345, which PEP 508 keeps for the metadata of old distributions.
  'os.name': 'os_name',
  'sys.platform': 'sys_platform',
  'platform.machine': 'platform_machine',
  'platform.version': 'platform_version',
  'platform.python_implementation': 'platform_python_implementation',
  python_implementation: 'platform_python_implementation',
};

/** The variable that a word of a marker means. @returns `undefined` if there is none of that name */
export function markerVariable(word: string): keyof MarkerEnvironment | 'extra' | undefined {
  return Object.hasOwn(VARIABLES, word) ? VARIABLES[word] : undefined;
}

/**
 * What is known of markers without asking an interpreter.
 *
 * @param platform as Node names it
 */
export function platformMarkers(platform: NodeJS.Platform): Partial<MarkerEnvironment> {
  switch (platform) {
    case 'linux':
      return { os_name: 'posix', sys_platform: 'linux', platform_system: 'Linux' };
    case 'darwin':
      return { os_name: 'posix', sys_platform: 'darwin', platform_system: 'Darwin' };
    case 'win32':
      return { os_name: 'nt', sys_platform: 'win32', platform_system: 'Windows' };
    default:
      return {};
  }
}
