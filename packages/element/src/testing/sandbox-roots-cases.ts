import assert from 'node:assert/strict';
import { type SandboxCase, shellStep, runSteps, outputOf, treeOf, entriesOf, failure } from './sandbox-subject.js';

/** What is laid out, what can be changed of it, and what is collected. */
export const rootsCases: readonly SandboxCase[] = [
  {
    name: 'follows links in the root and keeps them as they are written',
    async run(subject) {
      const root = await treeOf(subject.blobs, {
        'opt/real/file': 'content',
        alias: '-> opt/real',
        'build/up': '-> ../alias/file',
      });
      const result = await runSteps(subject, [shellStep('cat /alias/file up; readlink up', { label: 'l' })], { root });
      assert.equal(result.log, '+ l\ncontentcontent../alias/file\n');
      assert.deepEqual(await entriesOf(subject.blobs, result.outputs[0]), { up: '-> ../alias/file' });
    },
  },
  {
    name: 'collects several outputs: written, unwritten, nested, absent and of the whole root',
    async run(subject) {
      const root = await treeOf(subject.blobs, { 'build/a': '1', 'opt/b': '2', 'area/deep/c': '3' });
      const result = await runSteps(subject, ['echo new > /build/n; rm /build/a; echo w > /area/w; mkdir /area/made'], {
        root,
        writable: ['/build', '/area/deep', '/area'],
        outputs: ['/build', '/opt', '/area/deep', '/area/made', '/none', '/build/none', '/'],
      });
      assert.equal(result.exitCode, 0, result.log);
      const [build, opt, deep, made, none, buildNone, all] = result.outputs;
      assert.deepEqual(await entriesOf(subject.blobs, build), { n: 'new\n' });
      assert.deepEqual(await entriesOf(subject.blobs, opt), { b: '2' });
      assert.deepEqual(await entriesOf(subject.blobs, deep), { c: '3' });
      assert.deepEqual(await entriesOf(subject.blobs, made), {});
      assert.deepEqual([none, buildNone], [undefined, undefined]);
      assert.deepEqual(await entriesOf(subject.blobs, all), {
        'build/': '',
        'build/n': 'new\n',
        'opt/': '',
        'opt/b': '2',
        'area/': '',
        'area/deep/': '',
        'area/deep/c': '3',
        'area/made/': '',
        'area/w': 'w\n',
      });
    },
  },
  {
    name: 'makes nested writable directories that are one file system',
    async run(subject) {
      const root = await treeOf(subject.blobs, { 'area/in/file': 'x' });
      const log = await outputOf(
        subject,
        'mv /area/in/file /area/file; mv /area/in /area/in2; ls /area',
        {
          root,
          writable: ['/area/in', '/area', '/area/new'],
          outputs: [],
        },
        { cwd: '/' },
      );
      assert.equal(log, 'file\nin2\nnew');
    },
  },
  {
    name: 'lets commands change a root that is writable as a whole, and collects only that',
    async run(subject) {
      const root = await treeOf(subject.blobs, {
        'opt/tree/a/b': 'x',
        'opt/move/c': 'y',
        'opt/file': 'old',
        'etc/passwd': 'root:x:0:0::/:/bin/sh\n',
        'tmp/keep': 'kept',
      });
      const result = await runSteps(
        subject,
        [
          shellStep(
            'rm -rf /opt/tree; mv /opt/move /opt/moved; echo new > /opt/file; mkdir -p /made/dir; ln -s x /l; mkdir /opt/tree; ls -A /opt/tree; echo t > /tmp/t; echo d > /dev/d',
            { cwd: '/', label: 'all' },
          ),
        ],
        { root, writable: 'all', outputs: ['/', '/opt'] },
      );
      assert.equal(result.exitCode, 0, result.log);
      const opt = { file: 'new\n', 'moved/': '', 'moved/c': 'y', 'tree/': '' };
      assert.deepEqual(await entriesOf(subject.blobs, result.outputs[1]), opt);
      assert.deepEqual(await entriesOf(subject.blobs, result.outputs[0]), {
        l: '-> x',
        'etc/': '',
        'etc/passwd': 'root:x:0:0::/:/bin/sh\n',
        'made/': '',
        'made/dir/': '',
        'opt/': '',
        ...Object.fromEntries(Object.entries(opt).map(([path, content]) => [`opt/${path}`, content])),
        'tmp/': '',
        'tmp/keep': 'kept',
      });
    },
  },
  {
    name: 'gives a writable root back as it was when nothing was changed',
    async run(subject) {
      const root = await treeOf(subject.blobs, { 'opt/a': 'x', 'usr/share/empty/': '' });
      const result = await runSteps(subject, [shellStep('true', { cwd: '/' })], {
        root,
        writable: 'all',
        outputs: ['/'],
      });
      assert.deepEqual(result.outputs, [root]);
    },
  },
  {
    name: 'collects entries whose modes close them',
    async run(subject) {
      const result = await runSteps(subject, [
        'mkdir d r; echo f > d/f; echo x > r/x; chmod 000 d/f d; chmod 555 r; chmod 444 r/x',
      ]);
      assert.deepEqual(await entriesOf(subject.blobs, result.outputs[0]), {
        'd/': '',
        'd/f': 'f\n',
        'r/': '',
        'r/x': 'x\n',
      });
    },
  },
  {
    name: 'does not follow a link in an output that leads out of it',
    async run(subject) {
      const result = await runSteps(subject, ['ln -s /etc out; ln -s / deep'], { outputs: ['/build'] });
      assert.deepEqual(await entriesOf(subject.blobs, result.outputs[0]), { deep: '-> /', out: '-> /etc' });
      await assert.rejects(
        runSteps(subject, ['ln -s /etc out'], { outputs: ['/build/out'] }),
        failure('ARTIFACT', '`/build/out` cannot be collected: `/build/out` is a symlink, not a directory'),
      );
      await assert.rejects(
        runSteps(subject, ['ln -s / deep'], { outputs: ['/build/deep/etc'] }),
        failure('ARTIFACT', '`/build/deep/etc` cannot be collected: `/build/deep` is a symlink, not a directory'),
      );
    },
  },
  ...(
    [
      ['a fifo', 'mkdir d; mkfifo d/x', '`d/x` is a fifo, which a tree cannot contain'],
      [
        'a socket',
        `perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, pack_sockaddr_un("x")) or die'`,
        '`x` is a socket, which a tree cannot contain',
      ],
      ['a name that is not UTF-8', `touch "$(printf 'caf\\351')"`, '`caf\u00e9` has a name that is not UTF-8'],
    ] as const
  ).map(([what, command, message]): SandboxCase => ({
    name: `refuses ${what} in an output`,
    async run(subject) {
      await assert.rejects(runSteps(subject, [command]), failure('ARTIFACT', `/build: ${message}`));
    },
  })),
  {
    name: 'cannot make devices',
    async run(subject) {
      const { exitCode } = await runSteps(subject, ['mknod null c 1 3 2>/dev/null']);
      assert.notEqual(exitCode, 0);
    },
  },
  {
    name: 'has its own error for a root without a shell',
    async run(subject) {
      const root = await treeOf(subject.blobs, { 'opt/file': 'x' });
      await assert.rejects(
        runSteps(subject, ['true'], { root, host: [] }),
        failure('SANDBOX', "Staged artifacts do not provide command 'sh'"),
      );
    },
  },
  {
    name: 'refuses a root that has something else where a directory has to be',
    async run(subject) {
      const link = await treeOf(subject.blobs, { tmp: '-> var/tmp' });
      await assert.rejects(
        runSteps(subject, ['true'], { root: link }),
        failure('STAGING', 'Destination is a symlink, not a directory: `/tmp`'),
      );
      const file = await treeOf(subject.blobs, { build: 'x' });
      await assert.rejects(
        runSteps(subject, ['true'], { root: file }),
        failure('STAGING', 'Destination is a file, not a directory: `/build`'),
      );
    },
  },
];
