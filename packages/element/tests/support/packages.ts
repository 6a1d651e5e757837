import { SourceServices, type Digest } from '@wheelhouse/element';
import {
  LocalStore,
  PACKAGES_SERVICES,
  PackagesSource,
  type PackagesServices,
  toMapping,
  walkTree,
} from '@wheelhouse/element/internal';

/** What a source of kind `packages` is asked for. */
export type PackagesConfig = Partial<
  Readonly<Record<'packages' | 'optional' | 'owners' | 'trees' | 'exclude', readonly string[]>>
>;

const place = { file: 'toolchain.bst', line: 1, column: 0 };

/** A source of kind `packages`, configured. */
export function packagesSource(
  store: string | undefined,
  config: PackagesConfig,
  services: Partial<PackagesServices> = {},
): PackagesSource {
  const sourceServices = new SourceServices(store === undefined ? undefined : LocalStore.open(store));
  sourceServices.bind(PACKAGES_SERVICES, { root: '/', verify: false, ...services });
  const identity = { kind: 'packages', formatVersion: 1 };
  const project = { directory: '/', name: 'test', fatalWarnings: [] };
  const meta = {
    identity,
    name: 'toolchain.bst [source 1]',
    origin: place,
    project,
    directory: '.',
    services: sourceServices,
  };
  const source = new PackagesSource(meta);
  source.configure(toMapping(config, place));
  return source;
}

/** What a source captures: the digest of its tree. */
export async function captured(...args: Parameters<typeof packagesSource>): Promise<Digest> {
  const source = packagesSource(...args);
  await source.consistency();
  return source.captured.tree;
}

/** The paths of a tree: files with an `*` if they are executable, links with their targets. */
export async function pathsOf(store: string, tree: Digest): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of walkTree(LocalStore.open(store).blobs, tree)) {
    if (entry.type === 'file') paths.push(`${entry.path}${entry.isExecutable ? '*' : ''}`);
    else if (entry.type === 'symlink') paths.push(`${entry.path} -> ${entry.target}`);
    else paths.push(`${entry.path}/`);
  }
  return paths.sort();
}
