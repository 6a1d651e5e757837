import assert from 'node:assert/strict';
import type { Step } from '../plugin/ports.js';
import { shellStep, runSteps, outputOf, treeOf, entriesOf, type SandboxCase } from './sandbox-subject.js';

/** How commands are run: order, environment, ids, and what they can write. */
export const commandsCases: readonly SandboxCase[] = [
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
    name: 'stops at the first step that fails and reports its label, its exit code and what is there by then',
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
    name: 'fails a step whose program is ended by a signal, and one whose program does not exist',
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
    name: 'gives commands no input and no open files but their output',
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
];
