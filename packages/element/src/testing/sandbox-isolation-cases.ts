import assert from 'node:assert/strict';
import { existsSync, realpathSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { homedir, hostname, tmpdir } from 'node:os';
import { shellStep, runSteps, outputOf, treeOf, type SandboxCase } from './sandbox-subject.js';

/** What commands can see and reach outside of the root. */
export const isolationCases: readonly SandboxCase[] = [
  {
    name: 'has a /dev/shm that can be written only where the action asks for one',
    async run(subject) {
      const write = 'if (echo x > /dev/shm/x) 2>/dev/null; then echo written; else echo refused; fi';
      assert.equal(await outputOf(subject, write), 'refused');
      assert.equal(
        await outputOf(subject, `${write}; stat -f -c %T /dev/shm`, { tmpfs: ['/dev/shm'] }),
        'written\ntmpfs',
      );
    },
  },
  {
    name: 'mounts in-memory file systems over what is there, and lets every user write to /tmp',
    async run(subject) {
      const root = await treeOf(subject.blobs, { 'var/tmp/old': 'x', 'tmp/old': 'x' });
      const log = await outputOf(
        subject,
        'ls -A /var/tmp /tmp; stat -c "%a %U" /tmp; echo x > /var/tmp/x; stat -f -c %T /var/tmp /tmp',
        { root, tmpfs: ['/var/tmp'] },
      );
      assert.deepEqual(log.split('\n'), ['/tmp:', '', '/var/tmp:', '1777 root', 'tmpfs', 'tmpfs']);
    },
  },
  {
    name: 'shares one /tmp among its steps',
    async run(subject) {
      const { log } = await runSteps(subject, [
        shellStep('echo x > /tmp/x', { label: '1' }),
        shellStep('cat /tmp/x', { label: '2' }),
      ]);
      assert.equal(log, '+ 1\n+ 2\nx\n');
    },
  },
  {
    name: 'reaches no address but its own loopback',
    async run(subject) {
      const server = createServer((socket) => socket.end('hello'));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      try {
        const connect = (address: string): string =>
          `if bash -c 'exec 3<>/dev/tcp/${address}' 2>/dev/null; then echo reached ${address}; fi; `;
        const log = await outputOf(
          subject,
          `${connect(`127.0.0.1/${port}`)}${connect('192.0.2.1/80')}` +
            "sed -n '3,$s/:.*//p' /proc/net/dev; bash -c 'exec 3<>/dev/tcp/127.0.0.1/1' 2>&1 | grep -o 'Connection refused' | head -n 1",
        );
        assert.deepEqual(
          log.split('\n').map((line) => line.trim()),
          ['lo', 'Connection refused'],
        );
      } finally {
        await new Promise((resolve) => server.close(resolve));
      }
    },
  },
  {
    name: 'shows nothing of the machine: no home, no environment, no processes, no name',
    async run(subject) {
      assert.ok(existsSync(homedir()), 'the home of this user does not exist');
      const log = await outputOf(
        subject,
        `for d in '${homedir()}' '${homedir()}/.ssh' '${process.cwd()}' /home /root /var /run /sys /mnt /media; do ` +
          'if [ -e "$d" ]; then echo "$d"; fi; done; ls -d /proc/[0-9]* | wc -l; tr "\\0" "\\n" < /proc/1/environ | grep -v "^LC_ALL=C$" | wc -l; ' +
          // What comes after the shell's name is the batch itself.
          `tr "\\0" "\\n" < /proc/1/cmdline | sed '/^sh$/,$d' | grep -c -e '${realpathSync(tmpdir())}/' -e "^--bind" || true`,
      );
      const [processes, variables, hostPaths, ...more] = log.split('\n').map((line) => line.trim());
      assert.deepEqual(more, []);
      assert.ok(Number(processes) <= 6, `${String(processes)} processes are seen`);
      assert.deepEqual([variables, hostPaths], ['0', '0']);
      assert.ok(
        !(await outputOf(subject, 'uname -n; cat /etc/hosts; cat /proc/sys/kernel/hostname')).includes(hostname()),
      );
    },
  },
  {
    name: 'gives everything in the root one owner and one time, and the modes of a tree',
    async run(subject) {
      const root = await treeOf(subject.blobs, {
        'opt/dir/file': 'x',
        'opt/dir/script': '#!/bin/sh\n',
        'opt/link': '-> dir/file',
        'build/source': 'x',
        'build/run': '#!/bin/sh\n',
        'build/link': '-> nowhere',
      });
      const log = await outputOf(
        subject,
        "find / -xdev ! -path '/tmp*' ! -path '/usr/bin*' ! -path '/usr/lib*' ! -path '/etc/alternatives*' ! -path '/dev*' ! -path '/proc*' " +
          "-printf '%T@ %U:%G %m %y %p\\n' | sort -k 5 | grep -E ' /(opt|build|etc|$)'; " +
          "find /build -printf '%T@ %U:%G %m %y %p\\n' | sort -k 5",
        { root },
      );
      const lines = log.split('\n').map((line) => line.split(' '));
      for (const [time, owner, mode, type, path] of lines) {
        const expected = type === 'l' ? '777' : type === 'd' || /(script|run)$/.test(path ?? '') ? '755' : '644';
        assert.deepEqual([time, owner, mode], ['1321009871.0000000000', '0:0', expected], path);
      }
      const paths = lines.map(([, , , , path]) => path);
      const expected = ['/', '/opt/dir/script', '/opt/link', '/etc/passwd', '/build/source', '/build/link', '/build'];
      for (const path of expected) assert.ok(paths.includes(path), `${path} is missing`);
    },
  },
];
