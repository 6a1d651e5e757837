import { mkdirSync } from 'node:fs';
import { MountNamespace } from './mount-namespace.js';
import { ordinaryUser } from './users.js';

/**
 * Overlays over the system's directories, in a mount namespace of their own. Most of what is large and no Python needs
 * does not exist: a machine with little on it is read sooner.
 */
const SCRIPT = `
set -e
mount -t tmpfs tmpfs "$1"
cd "$1"
for name in usr var etc; do
  mkdir -p "$name/upper" "$name/work"
  mount -t overlay overlay -o "lowerdir=/$name,upperdir=$PWD/$name/upper,workdir=$PWD/$name/work" "/$name"
done
for directory in /usr/lib/*/; do
  case "$(basename "$directory")" in
    *-linux-gnu* | python3* | git-core | locale) ;;
    *) mount -t tmpfs tmpfs "$directory" ;;
  esac
done
# Never on the machine itself.
mountpoint --quiet /usr
find /usr/bin /usr/lib /usr/libexec -xdev -type f -size +3M \\
  ! -name 'python3*' ! -name 'git*' ! -name 'node*' ! -name 'lib*.so*' -delete
find /usr/lib -xdev -type f -size +40M -name 'libLLVM*' -delete
mount -t tmpfs tmpfs /usr/share/locale
echo ready
exec sleep infinity
`;

/** This machine as it is, with changes to its system directories that nobody outside sees, and that end with it. */
export class PrivateMachine {
  private constructor(private readonly namespace: MountNamespace) {}

  /** @param directory absolute path of a directory of its own. Needs root. */
  static async start(directory: string): Promise<PrivateMachine> {
    ordinaryUser();
    mkdirSync(directory);
    return new PrivateMachine(await MountNamespace.start(SCRIPT, directory));
  }

  /** The words in front of a command that run it on this machine. @param directory where, as an absolute path */
  prefix(directory: string): string[] {
    return [...this.namespace.prefix, 'sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', directory];
  }

  async stop(): Promise<void> {
    await this.namespace.stop();
  }
}
