import { realpathSync, statSync } from 'node:fs';
import { ElementError } from '../base/error.js';
import type { Digest } from '../cas/digest.js';
import type { BlobStore } from '../cas/blob-store.js';
import type { Action, HostMount } from '../plugin/ports.js';
import { emptyTree, openTree, splitPath, type MutableTree } from '../cas/tree.js';
import { SANDBOX_FILES } from './contract.js';
import { below, guestPath, isWithin, outermost } from './guest-path.js';
import { hostType } from './host-path.js';
import { addMountPoints, type AddedEntry, type MountEntry, type MountPoint } from './mount-point.js';

/** One thing laid over the root, at an absolute path inside the sandbox. */
export interface Mount {
  readonly path: string;
  /** `shm` is `/dev/shm` where the action did not ask for one: empty, and nothing can be written to it. */
  readonly type: 'proc' | 'dev' | 'shm' | 'tmpfs' | 'host' | 'mask-directory' | 'mask-file' | 'writable';
}

/** A part of the root that commands may write: a private copy. */
export interface WritablePart {
  /** Absolute path inside the sandbox; `/` for the whole root. */
  readonly path: string;
  /** What it holds to begin with; nothing if absent. */
  readonly content: Digest | undefined;
  /** That, with the directories and mount points below. */
  readonly tree: MutableTree;
  /** Directories the action asks for, which stay. */
  readonly made: readonly AddedEntry[];
  /** Mount points, which do not belong to what commands leave. */
  readonly added: readonly AddedEntry[];
}

/** How an action's root is put together. */
export interface RootPlan {
  /** The root with nothing below the writable paths, and with all mount points. */
  readonly tree: MutableTree;
  /** Those mount points that the root did not have. */
  readonly added: readonly AddedEntry[];
  readonly writable: readonly WritablePart[];
  /** In the order in which they are mounted. The root itself is not among them. */
  readonly mounts: readonly Mount[];
  /** Links that are on a file system in memory. */
  readonly links: readonly { readonly path: string; readonly target: string }[];
}

const WRITABLE = 'a directory that commands may write';
const MOUNT_ORDER: readonly Mount['type'][] = [
  'proc',
  'dev',
  'shm',
  'tmpfs',
  'host',
  'mask-directory',
  'mask-file',
  'writable',
];

/**
 * Works out from an action and the trees in `blobs` what has to be mounted where, and which mount points are missing.
 *
 * @throws ElementError STAGING if the root has something else at a mount point, TOOLCHAIN if a part of this
 *   machine cannot be reached, SANDBOX if a mount has no place
 */
export async function planRoot(blobs: BlobStore, action: Action): Promise<RootPlan> {
  return await new Planner(blobs, action).plan();
}

class Planner {
  private readonly host: readonly HostMount[];
  private readonly writablePaths: readonly string[];
  private readonly asked: readonly string[];
  private readonly mounts: Mount[] = [];
  private readonly links: { path: string; target: string }[] = [];

  constructor(
    private readonly blobs: BlobStore,
    private readonly action: Action,
  ) {
    this.host = (action.host ?? []).map((mount) => ({ ...mount, path: guestPath(mount.path) }));
    this.asked = action.writable === 'all' ? ['/'] : action.writable.map(guestPath);
    this.writablePaths = outermost(this.asked);
  }

  async plan(): Promise<RootPlan> {
    const points = this.mountPoints();
    const tree = await openTree(this.blobs, this.action.root);
    const contents = new Map<string, Digest | undefined>();
    for (const path of this.writablePaths) {
      contents.set(path, path === '/' ? this.action.root : await this.cut(tree, path));
    }
    const added = await this.place(tree, points, '');
    const writable: WritablePart[] = [];
    for (const path of this.writablePaths) writable.push(await this.planWritable(path, contents.get(path), points));
    const mounts = this.mounts.sort((a, b) => compare(a.path, b.path) || rank(a) - rank(b));
    return { tree, added, writable, mounts, links: this.links };
  }

  /** All mount points, each with the path of the part that holds it: `''` for the root, else a writable path. */
  private mountPoints(): HeldPoint[] {
    const points: HeldPoint[] = [];
    const mount = (path: string, type: Mount['type'], entry: MountEntry, purpose: string): void => {
      if (this.mounts.some((other) => other.path === path && other.type === type)) return;
      this.mounts.push({ path, type });
      const holder = this.holderOf(path);
      if (holder.type === 'part') points.push({ path, entry, purpose, part: holder.path });
      else if (holder.type === 'host') requireOnHost(path, holder.path, purpose);
    };
    const directory: MountEntry = { type: 'directory' };
    mount('/proc', 'proc', directory, 'the directory of processes');
    mount('/dev', 'dev', directory, 'the directory of devices');
    mount('/tmp', 'tmpfs', directory, 'an in-memory file system');
    const tmpfs = this.action.tmpfs.map(guestPath);
    for (const path of tmpfs) mount(path, 'tmpfs', directory, 'an in-memory file system');
    if (!tmpfs.includes('/dev/shm')) this.mounts.push({ path: '/dev/shm', type: 'shm' });
    for (const path of this.writablePaths) if (path !== '/') mount(path, 'writable', directory, WRITABLE);
    for (const part of this.host) {
      if (part.type === 'bind') {
        const type = hostType(part.path);
        mount(
          part.path,
          'host',
          type === 'directory' ? directory : { type, content: '', optional: false },
          "a part of this machine's toolchain",
        );
      } else if (part.type === 'link') {
        this.addLink(part.path, part.target, points);
      } else {
        this.addMask(part.path, mount);
      }
    }
    for (const [path, content] of Object.entries(SANDBOX_FILES)) {
      const holder = this.holderOf(path);
      const bound = this.host.some((part) => part.path === path);
      // In a writable part short of the whole root, the files would be taken for something commands left.
      if (bound || holder.type !== 'part' || (holder.path !== '' && holder.path !== '/')) continue;
      points.push({ path, entry: { type: 'file', content, optional: true }, purpose: '', part: holder.path });
    }
    return points;
  }

  private addLink(path: string, target: string, points: HeldPoint[]): void {
    const holder = this.holderOf(path);
    const entry: MountEntry = { type: 'symlink', target };
    if (holder.type === 'part') {
      points.push({ path, entry, purpose: "a link of this machine's toolchain", part: holder.path });
    } else if (holder.type === 'memory') this.links.push({ path, target });
    // On a part of this machine the link is there already.
  }

  private addMask(
    path: string,
    mount: (path: string, type: Mount['type'], entry: MountEntry, purpose: string) => void,
  ): void {
    const purpose = "a part of this machine's toolchain that is hidden";
    if (this.holderOf(path).type !== 'host') {
      mount(path, 'mask-directory', { type: 'directory' }, purpose);
      return;
    }
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return;
    const real = realpathSync(path);
    if (this.holderOf(real).type !== 'host') return;
    mount(real, stat.isDirectory() ? 'mask-directory' : 'mask-file', { type: 'directory' }, purpose);
  }

  /** What `path` is in: the innermost mount above it, or the part of the root it belongs to. */
  private holderOf(path: string): Holder {
    const holders: Holder[] = [
      { type: 'part', path: '' },
      ...['/proc', '/dev', '/tmp', ...this.action.tmpfs.map(guestPath)].map((memory): Holder => ({
        type: 'memory',
        path: memory,
      })),
      ...this.host.flatMap((part): Holder[] => (part.type === 'bind' ? [{ type: 'host', path: part.path }] : [])),
      ...this.writablePaths.map((part): Holder => ({ type: 'part', path: part })),
    ];
    return holders
      .filter((holder) => holder.path === '' || (holder.path !== path && isWithin(path, holder.path)))
      .reduce((inner, holder) => (holder.path.length >= inner.path.length ? holder : inner));
  }

  private async planWritable(
    path: string,
    content: Digest | undefined,
    points: readonly HeldPoint[],
  ): Promise<WritablePart> {
    const tree = content === undefined ? emptyTree() : await openTree(this.blobs, content);
    const cwd = this.action.steps[0]?.cwd;
    const wanted = [...this.asked, ...(cwd === undefined ? [] : [guestPath(cwd)])].filter(
      (inner) => inner !== path && isWithin(inner, path) && this.holderOf(inner).path === path,
    );
    const made = await addMountPoints(
      this.blobs,
      tree,
      wanted.map((inner) => ({ path: below(inner, path), entry: { type: 'directory' }, purpose: WRITABLE })),
    );
    return { path, content, tree, made, added: await this.place(tree, points, path) };
  }

  private async place(tree: MutableTree, points: readonly HeldPoint[], part: string): Promise<AddedEntry[]> {
    const held = points.filter((point) => point.part === part);
    for (const point of held) {
      if (this.mounts.some((mount) => mount.path === point.path && mount.type === 'host')) {
        await this.refuseHidden(tree, point, part);
      }
    }
    return await addMountPoints(
      this.blobs,
      tree,
      held.map((point): MountPoint => ({ ...point, path: below(point.path, part === '' ? '/' : part) })),
    );
  }

  /** A part of this machine hides what is staged where it is; that would be a silent loss. */
  private async refuseHidden(tree: MutableTree, point: HeldPoint, part: string): Promise<void> {
    const names = splitPath(below(point.path, part === '' ? '/' : part));
    const last = names.pop();
    let current: MutableTree | undefined = tree;
    for (const name of names) current = await this.child(current, name);
    if (current === undefined || last === undefined) return;
    const opened = await this.child(current, last);
    const [hidden] =
      opened === undefined
        ? []
        : [...opened.files.keys(), ...opened.symlinks.keys(), ...opened.directories.keys()].map((name) => `/${name}`);
    const found = hidden ?? (current.files.has(last) ? '' : undefined);
    if (found === undefined) return;
    throw new ElementError({
      code: 'STAGING',
      message: `\`${point.path}${found}\` is staged where this machine's toolchain has \`${point.path}\``,
      hint: 'install it below another prefix, or build with a toolchain that is not from this machine',
    });
  }

  private async child(tree: MutableTree | undefined, name: string): Promise<MutableTree | undefined> {
    const child = tree?.directories.get(name);
    if (child === undefined) return undefined;
    return 'hash' in child ? await openTree(this.blobs, child) : child;
  }

  /** Takes away the directory at `path`, which then is a mount point like any other. @returns what it held */
  private async cut(tree: MutableTree, path: string): Promise<Digest | undefined> {
    const names = splitPath(path);
    const last = names.pop();
    let current = tree;
    for (const name of names) {
      const child = current.directories.get(name);
      if (child === undefined) return undefined;
      const opened = 'hash' in child ? await openTree(this.blobs, child) : child;
      current.directories.set(name, opened);
      current = opened;
    }
    const content = last === undefined ? undefined : current.directories.get(last);
    if (last === undefined || content === undefined || !('hash' in content)) return undefined;
    current.directories.delete(last);
    return content;
  }
}

interface HeldPoint extends MountPoint {
  /** Absolute here. */
  readonly path: string;
  readonly part: string;
}

interface Holder {
  readonly type: 'part' | 'memory' | 'host';
  readonly path: string;
}

function requireOnHost(path: string, holder: string, purpose: string): void {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return;
  throw new ElementError({
    code: 'SANDBOX',
    message: `\`${path}\`, ${purpose}, cannot be created in \`${holder}\`, which is bound read-only from this machine`,
    hint: 'choose a path outside of the toolchain',
  });
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function rank(mount: Mount): number {
  return MOUNT_ORDER.indexOf(mount.type);
}
