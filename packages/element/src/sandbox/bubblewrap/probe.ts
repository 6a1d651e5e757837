import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../../base/errno.js';
import { ElementError } from '../../base/error.js';
import { getHostTool } from '../../plugin/host-tool.js';
import type { Refusal } from '../../plugin/ports.js';

/** How to get bubblewrap, in one line a distribution. */
export const BUBBLEWRAP_HINT: string =
  'install bubblewrap: `apt install bubblewrap` (Debian, Ubuntu), `dnf install bubblewrap` (Fedora), ' +
  '`apk add bubblewrap` (Alpine), `pacman -S bubblewrap` (Arch), `zypper install bubblewrap` (openSUSE)';

/**
 * Whether bubblewrap can make a sandbox here, by making one.
 *
 * @param path the directories to look for programs in, as `PATH` lists them
 * @returns why not, or `undefined` if it can
 */
export async function probeBubblewrap(path: string): Promise<Refusal | undefined> {
  let program: string;
  let command: string;
  try {
    program = getHostTool('bwrap', path, BUBBLEWRAP_HINT);
    command = getHostTool('true', path, 'install coreutils');
  } catch (error) {
    if (!(error instanceof ElementError)) throw error;
    return { message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  }
  const namespaces = ['--unshare-user', '--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts'];
  const args = [...namespaces, '--uid', '0', '--gid', '0', '--ro-bind', '/', '/', '--proc', '/proc', '--dev', '/dev'];
  const message = await failureOf(program, [...args, '--', command]);
  return message === undefined ? undefined : explainRefusal(message, '/proc');
}

/** The message of a program that failed, or `undefined` when it did not. */
async function failureOf(program: string, args: readonly string[]): Promise<string | undefined> {
  return await new Promise((resolve) => {
    execFile(program, args, { env: { LC_ALL: 'C' }, timeout: 20_000 }, (error, _stdout, stderr) => {
      resolve(error === null ? undefined : stderr.trim() || error.message);
    });
  });
}

/**
 * Why bubblewrap does not work, by the settings of the kernel that can forbid user namespaces.
 *
 * @param reason the message of bubblewrap
 * @param proc where procfs is mounted
 */
export function explainRefusal(reason: string, proc: string): Refusal {
  const message = `bubblewrap cannot create a sandbox on this machine: ${reason}`;
  const knob = (name: string): string | undefined => readKnob(join(proc, 'sys', name));
  if (knob('user/max_user_namespaces') === '0') {
    return { message, hint: 'user namespaces are disabled: `sysctl -w user.max_user_namespaces=15000` as root' };
  }
  if (knob('kernel/unprivileged_userns_clone') === '0') {
    return {
      message,
      hint: 'user namespaces are disabled for ordinary users: `sysctl -w kernel.unprivileged_userns_clone=1` as root',
    };
  }
  if (knob('kernel/apparmor_restrict_unprivileged_userns') === '1') {
    return {
      message,
      hint:
        'AppArmor denies user namespaces to programs without a profile: install a profile for bwrap (on Ubuntu the ' +
        'package apparmor-profiles), or `sysctl -w kernel.apparmor_restrict_unprivileged_userns=0` as root',
    };
  }
  if (/^Seccomp:\s*2$/m.test(readKnob(join(proc, 'self', 'status')) ?? '')) {
    return {
      message,
      hint:
        'a system call filter is active, as in containers: allow the container to create user namespaces and mounts ' +
        '(Docker: `--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined`)',
    };
  }
  return { message, hint: 'run `wheelhouse doctor` outside of any container to see whether the machine allows it' };
}

function readKnob(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    const errno = errnoOf(error);
    if (errno !== 'ENOENT' && errno !== 'EACCES') throw error;
    return undefined;
  }
}
