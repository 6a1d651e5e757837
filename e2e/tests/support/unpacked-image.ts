import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutTree, LocalStore, writeTree } from '@wheelhouse/element/internal';
import { readImage, readLayer, RootTree, type ImageConfig } from '@wheelhouse/oci/internal';

/** An image as its layout has it, unpacked. */
export interface UnpackedImage {
  readonly id: string;
  readonly config: ImageConfig;
  /** Absolute path. */
  readonly root: string;
}

/** Unpacks the image of a layout, without any engine. @param directory absolute path of a directory of the caller's own */
export async function unpackImage(layout: string, directory: string): Promise<UnpackedImage> {
  rmSync(directory, { recursive: true, force: true });
  const store = LocalStore.open(join(directory, 'store'));
  const temporary = join(directory, 'temporary');
  mkdirSync(temporary, { recursive: true });
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const { id, config, layers } = await readImage(store.blobs, { path: layout, label: layout, architecture });
  const tree = new RootTree();
  for (const layer of layers) tree.apply(await readLayer(store.blobs, layer, temporary));
  const root = join(directory, 'root');
  await checkoutTree(store.blobs, await writeTree(store.blobs, tree.tree), root);
  return { id, config, root };
}

/** Starts what an unpacked image says, in a user namespace and on this machine's loopback. `more` follows its command. */
export function startUnpacked({ root, config }: UnpackedImage, more: readonly string[] = []): ChildProcess {
  const { User = '0:0', Env = [], WorkingDir = '/', Entrypoint, Cmd } = config.config ?? {};
  const [uid = '0', gid = '0'] = User.split(':');
  const variables = Env.flatMap((entry) => {
    const at = entry.indexOf('=');
    return ['--setenv', entry.slice(0, at), entry.slice(at + 1)];
  });
  return spawn(
    'bwrap',
    [
      ...['--unshare-user', '--uid', uid, '--gid', gid, '--unshare-pid', '--die-with-parent', '--cap-drop', 'ALL'],
      ...[
        '--ro-bind',
        root,
        '/',
        '--proc',
        '/proc',
        '--dev',
        '/dev',
        '--tmpfs',
        '/tmp',
        '--tmpfs',
        WorkingDir,
        '--clearenv',
      ],
      ...variables,
      ...['--chdir', WorkingDir, '--', ...(Entrypoint ?? []), ...(Cmd ?? []), ...more],
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
}
