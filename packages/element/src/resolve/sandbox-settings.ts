import { canonicalArchitecture } from '../base/architecture.js';
import { ElementError } from '../base/error.js';
import type { MappingNode, ScalarNode } from '../load/node.js';
import type { SandboxSettings } from '../plugin/element.js';

/** What elements are built for unless they say otherwise. */
export interface HostPlatform {
  readonly os: string;
  /** REAPI's name: `x86-64`, `aarch64`, ... */
  readonly arch: string;
}

/** Reads an element's `sandbox`, composed and expanded. @throws ElementError */
export function readSandbox(node: MappingNode, host: HostPlatform): SandboxSettings {
  const remoteApis = node.get('remote-apis-socket');
  if (remoteApis !== undefined) {
    throw new ElementError({
      code: 'UNSUPPORTED_PROJECT',
      message: 'A socket to remote APIs inside the sandbox is not supported yet: `remote-apis-socket`',
      origin: remoteApis.origin,
    });
  }
  node.validateKeys(['build-uid', 'build-gid', 'build-os', 'build-arch']);
  return Object.freeze({
    uid: readId(node, 'build-uid'),
    gid: readId(node, 'build-gid'),
    os: node.scalar('build-os')?.asString().toLowerCase() ?? host.os,
    arch: readArchitecture(node.scalar('build-arch')) ?? host.arch,
  });
}

function readId(node: MappingNode, key: string): number {
  const id = node.scalar(key);
  if (id === undefined) return 0;
  const value = id.asInteger(key);
  if (value >= 0) return value;
  throw new ElementError({ code: 'INVALID_DATA', message: `\`${value}\` is not an id: \`${key}\``, origin: id.origin });
}

function readArchitecture(node: ScalarNode | undefined): string | undefined {
  if (node === undefined) return undefined;
  const arch = canonicalArchitecture(node.asString());
  if (arch !== undefined) return arch;
  throw new ElementError({
    code: 'INVALID_DATA',
    message: `Unknown architecture: ${node.asString()}`,
    origin: node.origin,
  });
}
