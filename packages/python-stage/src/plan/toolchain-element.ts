import { existsSync } from 'node:fs';
import type { Interpreter } from '@wheelhouse/python/internal';
import type { PlannedElement } from './planned-element.js';

/** The interpreter and what it needs of this machine (docs/adr/0008). */
export function toolchainElement(interpreter: Interpreter): PlannedElement {
  const { executable, implementation, version, soabi, tagsDigest, sitePackages } = interpreter;
  return {
    name: `toolchain/${tagsDigest.slice(0, 12)}.bst`,
    template: 'toolchain',
    overlay: {
      variables: { interpreter: executable },
      config: {
        trees: interpreterTrees(interpreter),
        masks: sitePackages,
        identity: { executable, implementation, version, soabi, tags: tagsDigest },
      },
    },
  };
}

/** Prefixes that an interpreter shares with programs that are none of its business. */
const SHARED_PREFIXES = ['/', '/usr', '/usr/local'];

/** What an interpreter consists of: its whole prefix, or, in a prefix it shares, the parts that are known to be its. */
function interpreterTrees(interpreter: Interpreter): string[] {
  const { executable, stdlib, libraries, basePrefix, version } = interpreter;
  if (!SHARED_PREFIXES.includes(basePrefix)) return [basePrefix];
  const [major = '', minor = ''] = version.split('.');
  const headers = `${basePrefix}/include/python${major}.${minor}${interpreter.abiFlags}`;
  return [executable, ...stdlib, ...libraries, ...(existsSync(headers) ? [headers] : [])];
}
