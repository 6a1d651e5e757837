import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lockFile } from '@wheelhouse/element/internal';
import { REPOSITORY } from './installation.js';
import { MountNamespace } from './mount-namespace.js';
import { ordinaryUser, runWell } from './users.js';

/** Where Debian's packages come from: as this machine has it. */
const LISTS = ['/etc/apt/sources.list.d/debian.sources', '/etc/apt/sources.list'];
const SEARCH_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** What pip and uv are told on this machine, and the files that they read. */
const CERTIFICATES = ['PIP_CERT', 'SSL_CERT_FILE'];
const PIP_SETTINGS = '/etc/pip.conf';

/**
 * Makes the root of the words after it the root of a mount namespace: `ROOT NODE PIP_CONF CERTIFICATES [OWN AT]...`. Each
 * OWN is seen at AT; what is the same at its own path is, too.
 */
const SCRIPT = `
set -e
root=$1 node=$2 conf=$3 certificates=$4; shift 4
mount --bind "$root" "$root"
cd "$root"
mkdir -p old proc dev tmp "./$(dirname "$node")"
mount --rbind /dev dev
mount -t proc proc proc
mount -t tmpfs tmpfs tmp
[ -e "./$node" ] || touch "./$node"
mount --bind "$node" "./$node"
[ ! -e "$conf" ] || cp "$conf" "./$conf"
if [ -n "$certificates" ]; then cp "$certificates" opt/certificates.pem; chmod 644 opt/certificates.pem; fi
while [ $# -gt 0 ]; do
  mkdir -p "./$2"
  mount --rbind "$1" "./$2"
  shift 2
done
pivot_root . old
umount -l /old
cd /
echo ready
exec sleep infinity
`;

/** What a machine is made of. */
export interface OtherMachineOptions {
  /** Absolute path of the archive of its root, see {@link machineRoot}. */
  readonly archive: string;
  /** Absolute path of a directory of its own, which does not exist. */
  readonly directory: string;
  /** Directories of this machine, by where they are seen on the other. */
  readonly mounts: Readonly<Record<string, string>>;
}

/**
 * The root of a machine with this machine's Debian and some packages, made by mmdebstrap once: it is kept in the
 * repository's `.cache`.
 *
 * @returns absolute path of its archive
 */
export async function machineRoot(name: string, release: string, packages: readonly string[]): Promise<string> {
  const archive = join(REPOSITORY, '.cache', 'machines', `${name}-${release}.tar`);
  if (existsSync(archive)) return archive;
  mkdirSync(dirname(archive), { recursive: true });
  const lock = await lockFile(`${archive}.lock`);
  try {
    if (existsSync(archive)) return archive;
    const lists = LISTS.filter((path) => existsSync(path)).slice(0, 1);
    const fresh = `${archive}.fresh.tar`;
    rmSync(fresh, { force: true });
    await runWell(['mmdebstrap', '--variant=minbase', `--include=${packages.join(',')}`, release, fresh, ...lists], {
      cwd: '/',
      env: { PATH: SEARCH_PATH, LC_ALL: 'C.UTF-8' },
    });
    renameSync(fresh, archive);
    return archive;
  } finally {
    await lock?.release();
  }
}

/** A machine with packages of its own: a root in a mount namespace. Its kernel is this machine's. Needs root. */
export class OtherMachine {
  private constructor(
    private readonly namespace: MountNamespace,
    private readonly hasCertificates: boolean,
  ) {}

  static async start({ archive, directory, mounts }: OtherMachineOptions): Promise<OtherMachine> {
    ordinaryUser();
    const root = join(directory, 'root');
    mkdirSync(root, { recursive: true });
    await runWell(['tar', '--extract', '--file', archive, '--directory', root], { cwd: '/', env: process.env });
    const certificates = CERTIFICATES.map((name) => process.env[name]).find((path) => path !== undefined) ?? '';
    const shown = Object.entries({ [REPOSITORY]: REPOSITORY, ...mounts }).flatMap(([at, own]) => [own, at]);
    const namespace = await MountNamespace.start(SCRIPT, root, process.execPath, PIP_SETTINGS, certificates, ...shown);
    return new OtherMachine(namespace, certificates !== '');
  }

  /**
   * The words in front of a command that run it there, with this environment alone.
   *
   * @param directory absolute path there
   */
  prefix(directory: string, uid: number, environment: Readonly<Record<string, string>>): string[] {
    const certificates: Record<string, string> = this.hasCertificates
      ? Object.fromEntries(CERTIFICATES.map((name) => [name, '/opt/certificates.pem']))
      : {};
    const variables = { PATH: SEARCH_PATH, ...certificates, ...environment };
    return [
      ...this.namespace.prefix,
      ...['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--', 'env', '-i'],
      ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
      ...['sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', directory],
    ];
  }

  async stop(): Promise<void> {
    await this.namespace.stop();
  }
}
