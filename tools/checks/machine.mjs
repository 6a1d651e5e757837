/**
 * Prints what of this machine decides how tests end: the versions of the programs that they run. What Nx keeps of a test
 * run is for machines that print the same.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const PROGRAMS = [
  ['python3', '--version'],
  ['git', '--version'],
  ['bwrap', '--version'],
  ['gcc', '-dumpfullversion'],
  ['/usr/sbin/dockerd', '--version'],
];

console.log(process.version, process.platform, process.arch, process.getuid?.() === 0 ? 'root' : 'an ordinary user');
console.log(/^PRETTY_NAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1]);
for (const [program, ...args] of PROGRAMS) {
  const { stdout } = spawnSync(program, args, { encoding: 'utf8' });
  console.log(program, (stdout ?? 'absent').trim());
}
