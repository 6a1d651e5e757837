import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { homedir, hostname } from 'node:os';
import { ElementError } from '../load/error.js';
import type { Digest } from '../plugin/digest.js';
import type { Action, BlobStore, Io, Sandbox, SandboxResult, Step } from '../plugin/ports.js';
import { emptyTree, nestTree, readBlob, subtree, walkTree, writeBlob, writeTree } from '../plugin/tree.js';

/** A sandbox under test, and a root that has a shell, GNU's core utilities, `find`, `grep` and `bash` in its `/usr/bin`. */
export interface SandboxSubject {
  readonly sandbox: Sandbox;
  readonly blobs: BlobStore;
  readonly base: Pick<Action, 'root' | 'host'>;
  readonly platform: Action['platform'];
}

/** One sentence that is true of every sandbox. `run` rejects where it is not; it needs no test framework. */
export interface SandboxCase<Subject extends SandboxSubject = SandboxSubject> {
  readonly name: string;
  run(subject: Subject): Promise<void>;
}

/** The environment of the cases' commands where they do not say another. */
export const CASE_ENVIRONMENT: Readonly<Record<string, string>> = { PATH: '/usr/bin:/bin', LC_ALL: 'C' };

/** What a run gave, with what it logged. */
export interface CaseResult extends SandboxResult {
  readonly log: string;
}

/** A step that runs a shell command in `/build` with {@link CASE_ENVIRONMENT}. */
export function shellStep(command: string, step: Partial<Step> = {}): Step {
  return {
    argv: ['sh', '-c', '-e', command],
    label: command,
    cwd: '/build',
    environment: CASE_ENVIRONMENT,
    ...step,
  };
}

/** Runs steps on the subject's root, with `/build` writable and collected unless `action` says otherwise. */
export async function runSteps(
  subject: SandboxSubject,
  steps: readonly (string | Step)[],
  action: Partial<Action> = {},
  io: Partial<Io> = {},
): Promise<CaseResult> {
  const chunks: Uint8Array[] = [];
  const result = await subject.sandbox.run(
    {
      ...subject.base,
      steps: steps.map((step) => (typeof step === 'string' ? shellStep(step) : step)),
      writable: ['/build'],
      tmpfs: [],
      outputs: ['/build'],
      platform: subject.platform,
      limits: {},
      ...action,
    },
    { log: { write: (chunk) => chunks.push(chunk) }, signal: new AbortController().signal, ...io },
  );
  return { ...result, log: Buffer.concat(chunks).toString('utf8') };
}

/** The words a shell command writes to its output, which must succeed. */
export async function outputOf(
  subject: SandboxSubject,
  command: string,
  action: Partial<Action> = {},
  step: Partial<Step> = {},
): Promise<string> {
  const result = await runSteps(subject, [shellStep(command, { label: 'case', ...step })], action);
  assert.equal(result.exitCode, 0, result.log);
  return result.log.replace(/^\+ case\n/, '').trimEnd();
}

/** A tree of files by their paths; a value `-> TARGET` is a link, and a path that ends in `/` an empty directory. */
export async function treeOf(blobs: BlobStore, entries: Readonly<Record<string, string>>): Promise<Digest> {
  const tree = emptyTree();
  for (const [path, content] of Object.entries(entries)) {
    const names = path.split('/');
    const last = names.pop() ?? '';
    let current = tree;
    for (const name of names) {
      const child = current.directories.get(name);
      const opened = child === undefined || 'hash' in child ? emptyTree() : child;
      current.directories.set(name, opened);
      current = opened;
    }
    if (last === '') continue;
    if (content.startsWith('-> ')) current.symlinks.set(last, { name: last, target: content.slice(3) });
    else {
      current.files.set(last, {
        name: last,
        digest: await writeBlob(blobs, content),
        isExecutable: content.startsWith('#!'),
      });
    }
  }
  return await writeTree(blobs, tree);
}

/** The reverse of {@link treeOf}; all directories are listed. */
export async function entriesOf(blobs: BlobStore, tree: Digest | undefined): Promise<Record<string, string>> {
  assert.ok(tree !== undefined, 'the output is absent');
  const entries: Record<string, string> = {};
  for await (const entry of walkTree(blobs, tree)) {
    if (entry.type === 'directory') entries[`${entry.path}/`] = '';
    else if (entry.type === 'symlink') entries[entry.path] = `-> ${entry.target}`;
    else entries[entry.path] = Buffer.from(await readBlob(blobs, entry.digest)).toString('utf8');
  }
  return entries;
}

/** What every sandbox does: the port's contract, run on each implementation, as root and as an ordinary user. */
export const sandboxContract: readonly SandboxCase[] = [
  {
    name: 'runs all steps in order and collects what they left',
    async run(subject) {
      const result = await runSteps(subject, ['echo one > a', 'cat a; mkdir d; ln -s a d/link; echo two >> a']);
      assert.equal(result.exitCode, 0, result.log);
      assert.equal(result.failedStep, undefined);
      assert.deepEqual(await entriesOf(subject.blobs, result.outputs[0]), {
        a: 'one\ntwo\n',
        'd/': '',
        'd/link': '-> a',
      });
    },
  },
  {
    name: 'logs each command before its output, both kinds of output in order',
    async run(subject) {
      const { log } = await runSteps(subject, ['echo out; echo err >&2; echo out', "printf '%s\\n' 'it'\\''s'"]);
      assert.equal(log, "+ echo out; echo err >&2; echo out\nout\nerr\nout\n+ printf '%s\\n' 'it'\\''s'\nit's\n");
    },
  },
  {
    name: 'stops at the first step that fails and tells its label, its exit code and what is there by then',
    async run(subject) {
      const steps = ['echo kept > kept', shellStep('exit 42', { label: 'the second' }), 'echo never > never'];
      const result = await runSteps(subject, steps);
      assert.equal(result.exitCode, 42);
      assert.equal(result.failedStep, 'the second');
      assert.deepEqual(await entriesOf(subject.blobs, result.outputs[0]), { kept: 'kept\n' });
      assert.equal(result.log, "+ echo kept > kept\n+ the second\nCommand 'the second' failed with exitcode 42\n");
    },
  },
  {
    name: 'fails a step whose program a signal ends, and one whose program is not there',
    async run(subject) {
      const killed = await runSteps(subject, [shellStep('kill -9 $$', { label: 'killed' })]);
      assert.deepEqual([killed.exitCode, killed.failedStep], [137, 'killed']);
      const absent = await runSteps(subject, [{ ...shellStep(''), argv: ['no-such-program'], label: 'absent' }]);
      assert.deepEqual([absent.exitCode, absent.failedStep], [127, 'absent']);
    },
  },
  {
    name: 'blames the step that kills every process it can',
    async run(subject) {
      const result = await runSteps(subject, ['true', shellStep('kill -9 -1; sleep 5', { label: 'murder' }), 'true']);
      assert.deepEqual([result.exitCode, result.failedStep], [137, 'murder']);
    },
  },
  {
    name: 'gives each step its own arguments and exactly its own environment',
    async run(subject) {
      const step = (environment: Record<string, string>, ...argv: string[]): Step => ({
        argv,
        label: 'step',
        cwd: '/build',
        environment,
      });
      const odd = { PATH: '/usr/bin', QUOTES: `'"$HOME\`x\`\\n`, LINES: 'a\nb', 'npm_config_a-b': 'dash', EMPTY: '' };
      const first = await runSteps(subject, [step(odd, 'env', '-0'), step({ PATH: '/usr/bin', B: '1' }, 'env', '-0')]);
      const [one = '', two = ''] = first.log.split('+ step\n').slice(1);
      assert.deepEqual(
        one.split('\0').filter(Boolean).sort(),
        Object.entries(odd)
          .map((pair) => pair.join('='))
          .sort(),
      );
      assert.deepEqual(two.split('\0').filter(Boolean).sort(), ['B=1', 'PATH=/usr/bin']);
      const args = await runSteps(subject, [
        step({ PATH: '/usr/bin' }, 'printf', '<%s>', 'a b', '', "it's", '*', '$X', 'n\nl'),
      ]);
      assert.equal(args.log, "+ step\n<a b><><it's><*><$X><n\nl>");
    },
  },
  {
    name: 'starts each step in its directory, which is made where it is missing',
    async run(subject) {
      const steps = [
        shellStep('pwd', { cwd: '/build/sub/dir', label: '1' }),
        shellStep('pwd', { cwd: '/build/later', label: '2' }),
        shellStep('pwd', { cwd: '/', label: '3' }),
        shellStep('pwd', { cwd: '/tmp/x', label: '4' }),
      ];
      const result = await runSteps(subject, steps);
      assert.equal(result.log, '+ 1\n/build/sub/dir\n+ 2\n/build/later\n+ 3\n/\n+ 4\n/tmp/x\n');
      assert.deepEqual(Object.keys(await entriesOf(subject.blobs, result.outputs[0])), ['later/', 'sub/', 'sub/dir/']);
    },
  },
  {
    name: 'gives commands no input and no open files beside their output',
    async run(subject) {
      // What this process was given open by others shows as `/dev/null`.
      const log = await outputOf(
        subject,
        'cat; for f in $(ls /proc/$$/fd); do [ ! -e /proc/$$/fd/$f ] || stat -L -c "%n %F %t:%T" /proc/$$/fd/$f; done',
      );
      const files = log.split('\n').map((line) => line.replace(/^\/proc\/\d+\/fd\//, ''));
      const [input, output, errors, ...others] = files;
      assert.deepEqual([input, output, errors], ['0 character special file 1:3', '1 fifo 0:0', '2 fifo 0:0']);
      for (const file of others) assert.match(file, / character special file 1:3$/);
    },
  },
  {
    name: 'lets commands open their output by name',
    async run(subject) {
      assert.equal(
        await outputOf(subject, 'echo a > /dev/stdout; echo b | tee /dev/stderr; echo c >> /dev/fd/2'),
        'a\nb\nb\nc',
      );
    },
  },
  {
    name: 'runs commands as uid 0 and gid 0 by name, without any capability and without a way to one',
    async run(subject) {
      assert.equal(await outputOf(subject, 'id -u; id -g; id -un; id -gn'), '0\n0\nroot\nroot');
      const status = await outputOf(subject, "grep -E '^(Cap|NoNewPrivs)' /proc/self/status");
      const zero = '0000000000000000';
      assert.deepEqual(
        status.split('\n').map((line) => line.split(/:\s+/)),
        [
          ['CapInh', zero],
          ['CapPrm', zero],
          ['CapEff', zero],
          ['CapBnd', zero],
          ['CapAmb', zero],
          ['NoNewPrivs', '1'],
        ],
      );
    },
  },
  {
    name: 'has a fixed umask, host name and name services, and no terminal',
    async run(subject) {
      assert.equal(await outputOf(subject, 'umask'), '0022');
      assert.equal(await outputOf(subject, 'uname -n'), 'wheelhouse');
      assert.equal(
        await outputOf(subject, 'cat /etc/passwd'),
        'root:x:0:0:root:/tmp:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false',
      );
      assert.equal(await outputOf(subject, 'cat /etc/group'), 'root:x:0:\nnogroup:x:65534:');
      assert.match(await outputOf(subject, 'cat /etc/hosts'), /^127\.0\.0\.1 localhost$/m);
      const tty = await runSteps(subject, ['exec 2>/dev/null; exec < /dev/tty']);
      assert.notEqual(tty.exitCode, 0, 'a terminal could be opened');
    },
  },
  {
    name: 'keeps a root that has its own name services',
    async run(subject) {
      const own = await treeOf(subject.blobs, { 'etc/passwd': 'me:x:0:0::/:/bin/sh\n' });
      assert.equal(await outputOf(subject, 'id -un; cat /etc/group', { root: own }), 'me\nroot:x:0:\nnogroup:x:65534:');
    },
  },
  {
    name: 'lets commands write only where the action says, and to /tmp and /dev',
    async run(subject) {
      const root = await treeOf(subject.blobs, { 'opt/file': 'x', 'srv/': '' });
      const log = await outputOf(
        subject,
        'for d in / /usr /usr/bin /usr/lib /etc /opt /srv /proc /dev/shm /build /tmp /dev; do ' +
          'if (echo > $d/probe) 2>/dev/null; then echo $d; fi; done; ' +
          'for c in "rm /opt/file" "chmod 777 /opt" "touch /opt/file" "mkdir /new" "mv /opt /opt2" "ln /opt/file /build/l"; do ' +
          'if $c 2>/dev/null; then echo "$c"; fi; done',
        { root },
      );
      assert.deepEqual(log.split('\n'), ['/build', '/tmp', '/dev']);
    },
  },
  {
    name: 'cannot change the settings of the kernel',
    async run(subject) {
      const log = await outputOf(
        subject,
        'for f in /proc/sys/kernel/core_pattern /proc/sys/kernel/hostname /proc/sys/vm/overcommit_memory ' +
          '/proc/sysrq-trigger; do if (: >> $f) 2>/dev/null; then echo $f; fi; done; ' +
          'if mount -t tmpfs none /build 2>/dev/null; then echo mount; fi; echo end',
      );
      assert.equal(log, 'end');
    },
  },
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
    name: 'lays file systems in memory over what is there, and lets everybody write to /tmp',
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
          'if [ -e "$d" ]; then echo "$d"; fi; done; ls -d /proc/[0-9]* | wc -l; tr "\\0" "\\n" < /proc/1/environ | grep -v "^LC_ALL=C$" | wc -l; tr "\\0" "\\n" < /proc/1/cmdline | grep -c -e /work/ -e "^--bind" || true',
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
    name: 'gives everything it lays out one owner and one time, and the modes of a tree',
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
      const root = await treeOf(subject.blobs, { 'build/a': '1', 'opt/b': '2', 'work/deep/c': '3' });
      const result = await runSteps(subject, ['echo new > /build/n; rm /build/a; echo w > /work/w; mkdir /work/made'], {
        root,
        writable: ['/build', '/work/deep', '/work'],
        outputs: ['/build', '/opt', '/work/deep', '/work/made', '/none', '/build/none', '/'],
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
        'work/': '',
        'work/deep/': '',
        'work/deep/c': '3',
        'work/made/': '',
        'work/w': 'w\n',
      });
    },
  },
  {
    name: 'makes nested writable directories that are one file system',
    async run(subject) {
      const root = await treeOf(subject.blobs, { 'work/in/file': 'x' });
      const log = await outputOf(
        subject,
        'mv /work/in/file /work/file; mv /work/in /work/in2; ls /work',
        {
          root,
          writable: ['/work/in', '/work', '/work/new'],
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
      ['a fifo', 'mkdir d; mkfifo d/x', '`d/x` is a fifo, which a tree cannot hold'],
      [
        'a socket',
        `perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, pack_sockaddr_un("x")) or die'`,
        '`x` is a socket, which a tree cannot hold',
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
    name: 'says so where the root has no shell',
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
  {
    name: 'ends an action that takes too long, with all its processes',
    async run(subject) {
      const started = Date.now();
      await assert.rejects(
        runSteps(subject, ['true', shellStep('sleep 60 & sleep 60', { label: 'slow' })], {
          limits: { timeoutSeconds: 1 },
        }),
        failure('COMMAND_FAILED', "Command 'slow' was ended: the time limit of 1 seconds is over"),
      );
      assert.ok(Date.now() - started < 10_000, 'the time limit did not end the action');
    },
  },
  {
    name: 'ends an action that is aborted, with all its processes, and throws the reason',
    async run(subject) {
      const controller = new AbortController();
      const reason = new Error('enough');
      let told = '';
      const log = {
        write: (chunk: Uint8Array): void => {
          told += Buffer.from(chunk).toString();
          if (told.includes('ready')) controller.abort(reason);
        },
      };
      const steps = [
        shellStep("setsid sh -c 'sleep 61' & trap '' TERM INT HUP; echo ready; sleep 61", { label: 'long' }),
      ];
      await assert.rejects(
        runSteps(subject, steps, {}, { log, signal: controller.signal }),
        (error) => error === reason,
      );
      await assert.rejects(runSteps(subject, ['true'], {}, { signal: controller.signal }), (error) => error === reason);
    },
  },
  {
    name: 'ends what a step leaves running before it collects',
    async run(subject) {
      const result = await runSteps(subject, [
        'setsid sh -c \'trap "" TERM HUP; while :; do echo x >> grows; done\' > /dev/null 2>&1 & sleep 0.2',
      ]);
      assert.equal(result.exitCode, 0, result.log);
      const size = (await entriesOf(subject.blobs, result.outputs[0])).grows?.length ?? 0;
      assert.ok(size > 0, 'the process did not run');
    },
  },
  {
    name: 'streams a log of many megabytes and runs a batch of many long steps',
    async run(subject) {
      let bytes = 0;
      const log = { write: (chunk: Uint8Array): void => void (bytes += chunk.byteLength) };
      await runSteps(subject, [shellStep('head -c 20000000 /dev/zero', { label: 'big' })], {}, { log });
      assert.equal(bytes, 20_000_000 + '+ big\n'.length);
      const long = Array.from({ length: 40 }, (_, index) => shellStep(`: '${'x'.repeat(10_000)}'; echo ${index} >> n`));
      const result = await runSteps(subject, long);
      assert.equal((await entriesOf(subject.blobs, result.outputs[0])).n?.split('\n').length, 41);
    },
  },
  {
    name: 'runs actions side by side without one seeing the other',
    async run(subject) {
      const both = await Promise.all(
        ['a', 'b'].map((name) =>
          runSteps(subject, [`echo ${name} > /tmp/x; echo ${name} > ${name}; sleep 0.2; cat /tmp/x > t`]),
        ),
      );
      const found = await Promise.all(both.map(({ outputs }) => entriesOf(subject.blobs, outputs[0])));
      assert.deepEqual(found, [
        { a: 'a\n', t: 'a\n' },
        { b: 'b\n', t: 'b\n' },
      ]);
    },
  },
  {
    name: 'needs no steps to give a tree back',
    async run(subject) {
      const inner = await treeOf(subject.blobs, { file: 'x' });
      const root = await nestTree(subject.blobs, inner, '/opt/deep');
      const result = await runSteps(subject, [], { root, outputs: ['/opt/deep', '/build'] });
      assert.deepEqual(result.outputs, [inner, await treeOf(subject.blobs, {})]);
      assert.deepEqual(await subtree(subject.blobs, root, '/opt/deep'), inner);
    },
  },
];

/** What `assert.rejects` compares an error with: its code and its whole message. */
export function failure(code: string, message: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof ElementError, String(error));
    assert.deepEqual([error.code, error.message], [code, message]);
    return true;
  };
}
