import assert from 'node:assert/strict';
import { nestTree, subtree } from '../cas/tree.js';
import { shellStep, runSteps, treeOf, entriesOf, failure, type SandboxCase } from './sandbox-subject.js';

/** How an action ends, and what it may be asked. */
export const endsCases: readonly SandboxCase[] = [
  {
    name: 'ends an action that takes too long, with all its processes',
    async run(subject) {
      const started = Date.now();
      await assert.rejects(
        runSteps(subject, ['true', shellStep('sleep 60 & sleep 60', { label: 'slow' })], {
          limits: { timeoutSeconds: 1 },
        }),
        failure('COMMAND_FAILED', "Command 'slow' exceeded its time limit of 1 second"),
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
    name: 'returns a tree without any steps',
    async run(subject) {
      const inner = await treeOf(subject.blobs, { file: 'x' });
      const root = await nestTree(subject.blobs, inner, '/opt/deep');
      const result = await runSteps(subject, [], { root, outputs: ['/opt/deep', '/build'] });
      assert.deepEqual(result.outputs, [inner, await treeOf(subject.blobs, {})]);
      assert.deepEqual(await subtree(subject.blobs, root, '/opt/deep'), inner);
    },
  },
];
