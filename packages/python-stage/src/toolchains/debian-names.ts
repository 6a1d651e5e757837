/** The components of a suite if none are named. */
export const DEFAULT_COMPONENTS: readonly string[] = ['main'];

/** What Debian calls an instruction set of Node. */
export function debianArchitecture(name: NodeJS.Architecture): string {
  return { x64: 'amd64', ia32: 'i386', arm: 'armhf', ppc64: 'ppc64el' }[name as string] ?? name;
}
