import { existsSync, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ElementKind, ElementMeta } from '../plugin/element.js';
import { PureElement } from '../plugin/pure-element.js';
import { ElementError } from '../base/error.js';
import { isGlob, nameGlob } from '../base/glob.js';
import { HostIdentity } from './host-identity.js';
import type { Json } from '../base/json.js';
import type { MappingNode } from '../load/node.js';
import type { HostMount } from '../plugin/ports.js';

/** What the kind needs of the program that registers it. */
export interface HostServices {
  /** Absolute path of the file in which a fact about this machine is kept between runs, by its name. */
  memo(name: string): string;
  /** Whether to read every file of the toolchain instead of trusting the package database. */
  readonly verify: boolean;
  /** Identities that were found out before, and are not asked for again as long as the program keeps this. */
  readonly seen?: Map<string, string> | undefined;
  /** Where work goes that nothing waits for; absent, it is left to the next. The caller that gives this awaits what is in it. */
  readonly background?: Set<Promise<void>> | undefined;
}

/**
 * A toolchain that is this machine's own (docs/adr/0008): directories bound read-only at their own paths.
 *
 * `directories` are covered by the package database, `settings` and `trees` by their content. `masks` are hidden.
 * `identity` contains facts that another program has determined, such as an interpreter's ABI.
 */
export class HostElement extends PureElement {
  private directories: readonly string[] = [];
  private settings: readonly string[] = [];
  private trees: readonly string[] = [];
  private masks: readonly string[] = [];
  private facts: Readonly<Record<string, string>> = {};
  private identityDigest: string | undefined;

  constructor(
    meta: ElementMeta,
    private readonly services: HostServices,
  ) {
    super(meta);
  }

  override configure(node: MappingNode): void {
    this.nodeValidate(node, ['directories', 'settings', 'trees', 'masks', 'identity']);
    this.directories = this.paths(node, 'directories').filter((path) => existsSync(path));
    this.settings = this.paths(node, 'settings').filter((path) => existsSync(path));
    this.trees = this.paths(node, 'trees');
    this.masks = this.paths(node, 'masks').filter((path) => existsSync(path));
    const facts = this.nodeGetMember(node, 'dict', 'identity');
    this.facts = Object.fromEntries(facts.keys().map((key) => [key, this.nodeSubstMember(facts, key)]));
  }

  override preflight(): void {
    for (const tree of this.trees) {
      if (!existsSync(tree)) {
        throw new ElementError({
          code: 'TOOLCHAIN',
          message: `${this.name}: the toolchain's \`${tree}\` does not exist`,
          origin: this.origin,
        });
      }
    }
    this.identityDigest = this.seenOrFound();
  }

  /** SHA-256 over what the toolchain is, in hexadecimal. Known after `preflight`. */
  get identityHash(): string {
    if (this.identityDigest === undefined) throw new Error(`${this.name} was asked for its identity before preflight`);
    return this.identityDigest;
  }

  override getUniqueKey(): Json {
    return { host: this.identityHash, facts: this.facts, mounts: this.hostMounts().map((mount) => ({ ...mount })) };
  }

  override hostMounts(): readonly HostMount[] {
    const mounts: HostMount[] = [];
    for (const path of [...this.directories, ...this.settings, ...this.trees]) {
      if (mounts.some((mount) => mount.type === 'bind' && (path === mount.path || path.startsWith(`${mount.path}/`)))) {
        continue;
      }
      if (lstatSync(path).isSymbolicLink()) mounts.push({ type: 'link', path, target: readlinkSync(path) });
      else mounts.push({ type: 'bind', path });
    }
    return [...mounts, ...this.masks.map((path): HostMount => ({ type: 'mask', path }))];
  }

  private seenOrFound(): string {
    const { seen, verify, background } = this.services;
    const parts = { directories: this.directories, trees: [...this.settings, ...this.trees], exclude: this.masks };
    const name = JSON.stringify([parts, verify]);
    const known = seen?.get(name);
    if (known !== undefined) return known;
    const identity = new HostIdentity({ ...parts, memo: (file) => this.services.memo(file), background });
    const digest = verify ? identity.verify() : identity.current();
    seen?.set(name, digest);
    return digest;
  }

  private paths(node: MappingNode, key: string): string[] {
    const list = this.nodeGetMember(node, 'list', key).scalars();
    return list.flatMap((item) => {
      const path = this.variables.expand(item);
      if (path.startsWith('/') && !path.split('/').includes('..')) return matching(path.replace(/(?<=.)\/+$/, ''));
      throw new ElementError({
        code: 'INVALID_DATA',
        message: `\`${path}\` of '${key}' is not an absolute path`,
        origin: item.origin,
      });
    });
  }
}

/** A path, or where its last part has a `*`, what there is of such names, sorted. */
function matching(path: string): string[] {
  const [directory, name] = [dirname(path), basename(path)];
  if (!isGlob(name)) return [path];
  const matches = nameGlob(name);
  const names = existsSync(directory) ? readdirSync(directory) : [];
  return names
    .filter(matches)
    .sort()
    .map((each) => join(directory, each));
}

/** Kind `host`, bound to what it remembers between runs. */
export function hostKind(services: HostServices): ElementKind {
  return {
    kind: 'host',
    formatVersion: 1,
    defaults: join(__dirname, 'host.yaml'),
    create: (meta) => new HostElement(meta, services),
  };
}
