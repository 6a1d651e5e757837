import { posix } from 'node:path';
import type { Change } from './change.js';
import { jsonChanges } from './json-changes.js';
import type { KeyedSource } from './keyed-element.js';
import { kindChanges } from './kind-changes.js';
import { ElementError } from '../base/error.js';
import { canonicalJson, type Json } from '../base/json.js';
import type { BlobStore } from '../cas/blob-store.js';
import { formatDigest, sameDigest, type Digest } from '../cas/digest.js';
import { treeDifference } from '../cas/tree-difference.js';
import type { SourcePart } from '../plugin/source-facts.js';

/** A source as the inputs of a key have it, with what is known of it. */
interface IdentifiedSource extends KeyedSource {
  readonly kind: Json;
  readonly directory: string;
  readonly key: Json;
}

/** What differs between the sources of an element then and now. */
export async function sourcesChanges(
  before: readonly [Json, readonly KeyedSource[]],
  after: readonly [Json, readonly KeyedSource[]],
): Promise<Change[]> {
  const [old, young] = [identified(before), identified(after)];
  const changes: Change[] = [];
  const left = [...old];
  const unmatched: IdentifiedSource[] = [];
  for (const source of young) {
    const at = left.findIndex((each) => identityOf(each) === identityOf(source));
    const [found] = at < 0 ? [] : left.splice(at, 1);
    if (found === undefined) unmatched.push(source);
    else changes.push(...(await sourceChanges(found, source)));
  }
  for (const source of unmatched) {
    const at = left.findIndex((each) => nameOfKind(each) === nameOfKind(source));
    const [found] = at < 0 ? [] : left.splice(at, 1);
    if (found === undefined) changes.push({ what: 'source', name: labelOf(source), how: 'added' });
    else changes.push(...(await sourceChanges(found, source)));
  }
  for (const source of left) changes.push({ what: 'source', name: labelOf(source), how: 'removed' });
  return changes;
}

async function sourceChanges(before: IdentifiedSource, after: IdentifiedSource): Promise<Change[]> {
  const kind = nameOfKind(after);
  const moved: Change[] =
    before.directory === after.directory
      ? []
      : [
          {
            what: 'source',
            name: 'directory',
            of: kind,
            how: 'changed',
            before: before.directory,
            after: after.directory,
          },
        ];
  return [...kindChanges(before.kind, after.kind), ...moved, ...(await keyChanges(before, after, kind))];
}

async function keyChanges(before: IdentifiedSource, after: IdentifiedSource, kind: string): Promise<Change[]> {
  if (canonicalJson(before.key) === canonicalJson(after.key)) return [];
  const [old, young] = [before.facts, after.facts];
  if (old?.parts !== undefined && young?.parts !== undefined) {
    const changes = await partsChanges([old.parts, before.blobs], [young.parts, after.blobs]);
    if (changes.length > 0) return changes;
  }
  if (old?.tree !== undefined && young?.tree !== undefined) {
    const changes = await treeChanges([old.tree, before.blobs], [young.tree, after.blobs], { label: young.label });
    if (changes.length > 0) return changes;
  }
  if (old !== undefined && young?.version !== undefined && old.version !== young.version) {
    return [version({ what: 'version', name: young.label, of: kind }, old.version, young.version)];
  }
  return jsonChanges(before.key, after.key).map(({ path, ...values }) => ({
    what: 'source',
    name: path === '' ? 'ref' : path,
    of: kind,
    how: howOf(values),
    ...values,
  }));
}

/** Packages by their versions; of those whose version is the same, the files. */
async function partsChanges(
  [before, beforeBlobs]: readonly [readonly SourcePart[], BlobStore],
  [after, afterBlobs]: readonly [readonly SourcePart[], BlobStore],
): Promise<Change[]> {
  const [old, young] = [
    new Map(before.map((each) => [each.name, each])),
    new Map(after.map((each) => [each.name, each])),
  ];
  const packages: Change[] = [];
  const files: Change[] = [];
  for (const name of [...new Set([...old.keys(), ...young.keys()])].sort()) {
    const [was, is] = [old.get(name), young.get(name)];
    if (was === undefined || is === undefined || was.version !== is.version) {
      packages.push(version({ what: 'package', name }, was?.version, is?.version, was === undefined, is === undefined));
    } else if (was.tree !== undefined && is.tree !== undefined && !sameDigest(was.tree, is.tree)) {
      const of = is.version === undefined ? `\`${name}\`` : `package \`${name}\` ${is.version}`;
      files.push(...(await treeChanges([was.tree, beforeBlobs], [is.tree, afterBlobs], { label: '/', of })));
    }
  }
  // Links that were chosen anew, and the like, follow from other packages.
  return packages.length > 0 ? [...packages, ...files.filter(({ of }) => of?.startsWith('package') === true)] : files;
}

function version(
  change: Pick<Change, 'what' | 'name' | 'of'>,
  before: string | undefined,
  after: string | undefined,
  added = false,
  removed = false,
): Change {
  return {
    ...change,
    how: added ? 'added' : removed ? 'removed' : 'changed',
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

async function treeChanges(
  [before, beforeBlobs]: readonly [Digest, BlobStore],
  [after, afterBlobs]: readonly [Digest, BlobStore],
  { label, of }: { readonly label: string; readonly of?: string },
): Promise<Change[]> {
  const part = of === undefined ? {} : { of };
  try {
    const changes = await treeDifference({ blobs: beforeBlobs, tree: before }, { blobs: afterBlobs, tree: after });
    return changes.map(({ path, change }) => ({
      what: 'file',
      name: posix.join(label, path),
      ...part,
      how: change === 'content' ? 'changed' : change,
    }));
  } catch (error) {
    if (!(error instanceof ElementError) || error.code !== 'STORE') throw error;
    return [
      {
        what: 'content',
        name: label,
        ...part,
        how: 'changed',
        before: formatDigest(before),
        after: formatDigest(after),
      },
    ];
  }
}

function howOf({ before, after }: { readonly before?: Json; readonly after?: Json }): Change['how'] {
  return before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
}

function identified([inputs, known]: readonly [Json, readonly KeyedSource[]]): IdentifiedSource[] {
  const sources = inputs as readonly Pick<IdentifiedSource, 'kind' | 'directory' | 'key'>[];
  return sources.flatMap((source, index) => {
    const more = known[index];
    return more === undefined ? [] : [{ ...source, ...more }];
  });
}

function identityOf(source: IdentifiedSource): string {
  return JSON.stringify([nameOfKind(source), source.directory, source.facts?.label]);
}

function labelOf(source: IdentifiedSource): string {
  return source.facts?.label ?? nameOfKind(source);
}

function nameOfKind({ kind }: IdentifiedSource): string {
  return (kind as { readonly kind: string }).kind;
}
