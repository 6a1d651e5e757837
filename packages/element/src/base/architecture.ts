/** Names of instruction sets, by REAPI's (and BuildStream's) name of each. */
const ARCHITECTURES: Readonly<Record<string, readonly string[]>> = {
  aarch32: ['arm', 'armv7l'],
  aarch64: ['arm64', 'armv8l'],
  'aarch64-be': ['armv8b'],
  'power-isa-be': ['ppc64'],
  'power-isa-le': ['ppc64le'],
  'sparc-v9': ['sparc64'],
  'x86-32': ['i386', 'i486', 'i586', 'i686', 'ia32'],
  'x86-64': ['amd64', 'x64'],
};

/** REAPI's name of an instruction set, from any of its usual ones; `undefined` if the name means none of them. */
export function canonicalArchitecture(name: string): string | undefined {
  const plain = name.toLowerCase().replaceAll('_', '-');
  if (Object.hasOwn(ARCHITECTURES, plain)) return plain;
  return Object.keys(ARCHITECTURES).find((canonical) => ARCHITECTURES[canonical]?.includes(plain));
}
