import { getHostTool } from '../../plugin/host-tool.js';
import type { OverlayMount } from './layer-stack.js';

/** A line of the standard error: the overlays are mounted. What comes after is from bubblewrap or the batch. */
export const MOUNTED = 'mounted';

/**
 * Mounts the overlays on places that only this process and its children see, then becomes bubblewrap. Directories are named
 * relative to the working directory. mount(8) since 2.39 hands options over one by one, each at most 256 bytes long, unless
 * an environment variable forbids that.
 */
const MOUNT_SCRIPT = `mount=$1; shift
while [ "$1" != -- ]; do "$mount" -t overlay overlay -o "$1" "$2" || exit; shift 2; done
echo ${MOUNTED} >&2; shift; exec "$@"`;

/**
 * The program and arguments that mount overlays and then become the command that follows.
 *
 * @param path the directories to look for programs in, as `PATH` lists them
 * @throws ElementError HOST_TOOL
 */
export function overlayCommand(mounts: readonly OverlayMount[], path: string): string[] {
  const tool = (name: string): string => getHostTool(name, path, 'install util-linux and coreutils');
  const namespaces = ['--user', '--map-root-user', '--mount'];
  const pairs = mounts.flatMap(({ options, target }) => [options, target]);
  const mount = [tool('sh'), '-c', MOUNT_SCRIPT, 'sh', tool('mount'), ...pairs, '--'];
  return [tool('unshare'), ...namespaces, ...mount, tool('env'), '-i', 'LC_ALL=C'];
}
