import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { type HostMount } from '@wheelhouse/element';
import { BubblewrapSandbox, LocalStore, type BubblewrapSandboxOptions } from '@wheelhouse/element/internal';
import { treeOf, type SandboxSubject } from '../../../src/testing/sandbox-subject.js';

/** A bubblewrap sandbox over a store of its own. */
export interface BubblewrapSubject extends SandboxSubject {
  readonly store: LocalStore;
  readonly sandbox: BubblewrapSandbox;
}

const PARTS = ['/usr/bin', '/usr/lib', '/usr/lib32', '/usr/lib64', '/bin', '/lib', '/lib64', '/etc/alternatives'];

/** The parts of this machine that its programs need, as a host toolchain has them. */
export function hostMounts(): HostMount[] {
  return PARTS.filter((path) => existsSync(path)).map((path) =>
    lstatSync(path).isSymbolicLink() ? { type: 'link', path, target: readlinkSync(path) } : { type: 'bind', path },
  );
}

export const PLATFORM: { readonly os: string; readonly arch: string } = {
  os: 'linux',
  arch: { x64: 'x86-64', arm64: 'aarch64' }[process.arch as string] ?? process.arch,
};

/** @param path the `PATH` to find bubblewrap by */
export async function openSubject(
  storeDirectory: string,
  path: string,
  options: Omit<BubblewrapSandboxOptions, 'store' | 'path'> = {},
): Promise<BubblewrapSubject> {
  const store = LocalStore.open(storeDirectory);
  return {
    store,
    sandbox: new BubblewrapSandbox({ store, path, ...options }),
    blobs: store.blobs,
    base: { root: await treeOf(store.blobs, {}), host: hostMounts() },
    platform: PLATFORM,
  };
}
