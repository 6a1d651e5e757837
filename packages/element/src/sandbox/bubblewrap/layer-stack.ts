import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { layerHash, type Layer } from '../../cas/layer.js';

/** The kernel takes 500 lower directories to a mount, and a page of options. */
const MOST_LAYERS = 400;
const MOST_OPTION_BYTES = 3900;

/** A layer as a directory of this machine. */
export interface StackedLayer {
  readonly layer: Layer;
  /** Absolute path; a short one, since all have to be named to the kernel. */
  readonly directory: string;
}

/** One overlay to mount. Its options name directories relative to the working directory. */
export interface OverlayMount {
  readonly options: string;
  /** Absolute path. */
  readonly target: string;
}

/** The layers that count, the topmost first. A directory can be a lower one once; what is below its copy is hidden by it. */
export function topFirst(layers: readonly Layer[]): Layer[] {
  return [...new Map([...layers].reverse().map((layer) => [layerHash(layer), layer])).values()];
}

/** Where overlays are mounted, and what with. */
export interface StackOptions {
  /** Absolute path of the directory from which the layers are named. */
  readonly cwd: string;
  /** Absolute path of the directory that is above all layers. */
  readonly base: string;
  /** Absolute path of an empty directory: the whole is mounted at `root` below it, parts of the stack beside that. */
  readonly scratch: string;
  /** Absolute paths of the directories that take what is written, if the root can be written. */
  readonly upper?: { readonly directory: string; readonly work: string };
}

/**
 * The mounts that stack layers, in their order; the last one is the whole. More layers than one mount takes are mounted in
 * parts, which are the layers of the whole: the kernel takes an overlay as a layer of another one. A layer that removes
 * something stays in the whole, since the mount of a part would not hand on what it hides.
 *
 * @param layers the topmost first
 * @returns `undefined` if there are too many
 */
export function stackMounts(layers: readonly StackedLayer[], options: StackOptions): OverlayMount[] | undefined {
  const { cwd, base, scratch, upper } = options;
  const name = (path: string): string => relative(cwd, path);
  const mounts: OverlayMount[] = [];
  const mount = (directories: readonly string[], target: string, extra = ''): string => {
    mounts.push({ options: `lowerdir=${directories.map(name).join(':')}${extra},userxattr`, target });
    mkdirSync(target);
    return target;
  };
  const whole =
    layers.length <= MOST_LAYERS
      ? layers.map(({ directory }) => directory)
      : partsOf(layers).map((part, index) => {
          const [first = base, ...others] = part;
          return others.length === 0 ? first : mount(part, join(scratch, `part-${index}`));
        });
  // What is written is read before the overlay goes, so the kernel need not flush the whole file system when it does.
  const writable = upper === undefined ? '' : `,upperdir=${name(upper.directory)},workdir=${name(upper.work)},volatile`;
  mount([base, ...whole], join(scratch, 'root'), writable);
  const fits = whole.length <= MOST_LAYERS && mounts.every((each) => each.options.length <= MOST_OPTION_BYTES);
  return fits ? mounts : undefined;
}

function partsOf(layers: readonly StackedLayer[]): string[][] {
  const parts: string[][] = [];
  let open: string[] | undefined;
  for (const { layer, directory } of layers) {
    if ((layer.removed?.length ?? 0) > 0) {
      parts.push([directory]);
      open = undefined;
    } else if (open === undefined || open.length === MOST_LAYERS) parts.push((open = [directory]));
    else open.push(directory);
  }
  return parts;
}
