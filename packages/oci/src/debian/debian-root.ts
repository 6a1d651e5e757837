import { posix } from 'node:path';
import { ElementError, type Digest } from '@wheelhouse/element';
import { writeTree } from '@wheelhouse/element/internal';
import type { LayerEntry } from '../layers/layer-changes.js';
import { RootTree } from '../layers/root-tree.js';
import { chosenLinks, offeredLinks, type OfferedLink } from './deb-alternatives.js';
import { readDeb, type DebContext } from './deb-file.js';

/** A package of a root. */
export interface RootPackage {
  readonly name: string;
  readonly deb: Digest;
}

/** Directories that lead into `/usr` on every system of today; no package has these links (Debian Policy 10.1). */
const MERGED = ['bin', 'lib', 'lib32', 'lib64', 'libo32', 'libx32', 'sbin'];

const CHOSEN = '/etc/alternatives';

/**
 * Unpacks packages into one root, in their order (docs/adr/0112). Their scripts are not run. Of the alternatives that these
 * would offer, those with the highest priority are linked.
 *
 * @throws ElementError SOURCE if two of them have a file that is not the same
 */
export async function unpackRoot(packages: readonly RootPackage[], context: DebContext): Promise<Digest> {
  const root = new RootTree();
  const owners = new Map<string, { readonly name: string; readonly content: string }>();
  const offers: OfferedLink[] = [];
  const used = new Set<string>();
  for (const { name, deb } of packages) {
    const { entries, postinst } = await readDeb(deb, `the package \`${name}\``, context);
    offers.push(...offeredLinks(postinst));
    const merged = MERGED.filter((each) => !used.has(each) && entries.some(({ path }) => path.startsWith(`${each}/`)));
    root.apply(additions(merged.flatMap(mergedLink)));
    for (const each of merged) used.add(each);
    for (const entry of entries) checkOwner(owners, name, entry);
    // A directory of a package leaves a link to a directory as it is, as for dpkg.
    root.apply(additions(entries.filter(({ type, path }) => type !== 'directory' || !root.hasDirectory(path))));
  }
  for (const { links } of chosenLinks(offers)) {
    for (const { name, path, target } of links) {
      if (!root.exists(target) || root.exists(path)) continue;
      root.apply(additions([link(path, `${CHOSEN}/${name}`), link(`${CHOSEN}/${name}`, target)]));
    }
  }
  return await writeTree(context.blobs, root.tree);
}

function additions(entries: readonly LayerEntry[]): Parameters<RootTree['apply']>[0] {
  return { whiteouts: [], opaque: [], entries };
}

function mergedLink(name: string): LayerEntry[] {
  return [
    { type: 'directory', path: `usr/${name}` },
    { type: 'symlink', path: name, target: `usr/${name}` },
  ];
}

function link(path: string, target: string): LayerEntry {
  return { type: 'symlink', path: path.slice(1), target };
}

function checkOwner(
  owners: Map<string, { readonly name: string; readonly content: string }>,
  name: string,
  entry: LayerEntry,
): void {
  if (entry.type === 'directory') return;
  const top = entry.path.split('/')[0] ?? '';
  const path = MERGED.includes(top) && entry.path !== top ? posix.join('usr', entry.path) : entry.path;
  const content = entry.type === 'file' ? entry.digest.hash : entry.target;
  const known = owners.get(path);
  if (known !== undefined && known.name !== name && known.content !== content) {
    throw new ElementError({
      code: 'SOURCE',
      message: `the packages \`${known.name}\` and \`${name}\` both have \`/${path}\``,
      hint: 'leave out one of them',
    });
  }
  owners.set(path, { name, content });
}
