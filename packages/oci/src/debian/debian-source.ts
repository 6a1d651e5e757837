import { createHash } from 'node:crypto';
import {
  ElementError,
  Source,
  type BlobStore,
  type Consistency,
  type Digest,
  type Json,
  type MappingNode,
  type SourceFacts,
  type SourceIo,
  type SourceKind,
} from '@wheelhouse/element';
import { IMAGE_SERVICES } from '../format/image-services.js';
import { mirrorOf } from './mirror.js';
import type { FindProgram } from './decompress.js';

/** A package that is pinned. */
interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  readonly suite: string;
  /** Relative to the mirror. */
  readonly path: string;
  readonly deb: Digest;
}

/** So many packages are downloaded at once. */
const AT_ONCE = 6;

/**
 * Packages of Debian, or of a distribution made from it, unpacked into one root (docs/adr/0112). They are pinned by the hashes
 * that `packages` lists, which are the key; scripts of packages are not run.
 *
 * `packages` is a list of `name`, `version`, `suite`, `path` (relative to the mirror), `size` and `sha256`, in the order in
 * which they are unpacked. `mirror` is the URL that they are downloaded from; without it, apt's sources of this machine say where
 * each suite is.
 */
export class DebianSource extends Source {
  private mirror: string | undefined;
  private packages: readonly PinnedPackage[] = [];

  /** @throws ElementError INVALID_DATA */
  override configure(node: MappingNode): void {
    this.nodeValidate(node, ['mirror', 'packages']);
    this.mirror = node.scalar('mirror')?.asString();
    this.packages = this.nodeGetMember(node, 'list', 'packages')
      .mappings()
      .map((each) => {
        this.nodeValidate(each, ['name', 'version', 'suite', 'path', 'size', 'sha256']);
        const text = (key: string): string => this.nodeGetMember(each, 'str', key);
        const [hash, sizeBytes] = [text('sha256'), Number(text('size'))];
        if (!/^[0-9a-f]{64}$/.test(hash) || !Number.isSafeInteger(sizeBytes)) {
          throw new ElementError({
            code: 'INVALID_DATA',
            message: `the package \`${text('name')}\` has the SHA-256 \`${hash}\` and the size \`${text('size')}\``,
            origin: each.origin,
            hint: 'they must be 64 hexadecimal digits, and a number of bytes',
          });
        }
        const deb = { hash, sizeBytes };
        return { name: text('name'), version: text('version'), suite: text('suite'), path: text('path'), deb };
      });
  }

  override async consistency(): Promise<Consistency> {
    const missing = await this.services.store.blobs.findMissing(this.packages.map(({ deb }) => deb));
    return missing.length === 0 ? 'cached' : 'resolved';
  }

  override getUniqueKey(): Json {
    return this.packages.map(({ deb }) => deb.hash);
  }

  override describe(): SourceFacts {
    return { label: 'debian', parts: this.packages.map(({ name, version }) => ({ name, version })) };
  }

  /** The packages as `name=version`. */
  get pinned(): readonly string[] {
    return this.packages.map(({ name, version }) => `${name}=${version}`);
  }

  /** SHA-256 over what identifies the content, in hexadecimal. */
  get identityHash(): string {
    return createHash('sha256').update(JSON.stringify(this.getUniqueKey())).digest('hex');
  }

  /** @throws ElementError SOURCE, HOST_TOOL */
  override async fetch(to: BlobStore, io: SourceIo): Promise<Digest> {
    await this.download(to, io);
    // What reads archives is loaded only for a root that is not in the store yet.
    const { unpackRoot } = await import('./debian-root.js');
    const temporary = await this.services.store.scratch.directory();
    const program: FindProgram = (name, hint) => this.services.hostTool(name, hint);
    try {
      return await unpackRoot(this.packages, { blobs: to, temporary: temporary.path, program });
    } finally {
      await temporary.dispose();
    }
  }

  private async download(to: BlobStore, io: SourceIo): Promise<void> {
    const { environment } = this.services.find(IMAGE_SERVICES) ?? { environment: {} };
    const access = { mirror: this.mirror, environment, scratch: this.services.store.scratch, signal: io.signal };
    const missing = new Set((await to.findMissing(this.packages.map(({ deb }) => deb))).map(({ hash }) => hash));
    const open = this.packages.filter(({ deb }) => missing.has(deb.hash));
    const mirrors = new Map<string, ReturnType<typeof mirrorOf>>();
    for (const { suite } of open) if (!mirrors.has(suite)) mirrors.set(suite, mirrorOf(suite, access));
    const worker = async (): Promise<void> => {
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        const mirror = await mirrors.get(next.suite);
        if (mirror !== undefined) await this.keep(to, next, mirror.get(next.path));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  private async keep(
    to: BlobStore,
    { name, version, deb }: PinnedPackage,
    content: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    try {
      await to.write(deb, content);
    } catch (cause) {
      if (!(cause instanceof ElementError)) throw cause;
      const reason = cause.code === 'SOURCE' ? cause.reason : 'what the mirror has does not match its hash';
      throw new ElementError({
        code: 'SOURCE',
        message: `the package \`${name}\` ${version}: ${reason}`,
        origin: this.origin,
        hint: 'a mirror keeps only the newest versions: run `npx wheelhouse toolchain lock`, or use a mirror that keeps them all',
        cause,
      });
    }
  }
}

/** Kind `debian`. */
export const debian: SourceKind = {
  kind: 'debian',
  formatVersion: 1,
  create: (meta) => new DebianSource(meta),
};
