import assert from 'node:assert/strict';
import { ElementError } from '../base/error.js';
import type { Digest } from '../cas/digest.js';
import type { BlobStore } from '../cas/blob-store.js';
import type { Action, Io, Sandbox, SandboxResult, Step } from '../plugin/ports.js';
import { emptyTree, readBlob, walkTree, writeBlob, writeTree } from '../cas/tree.js';

/** A sandbox under test, and a root that has a shell, GNU's core utilities, `find`, `grep` and `bash` in its `/usr/bin`. */
export interface SandboxSubject {
  readonly sandbox: Sandbox;
  readonly blobs: BlobStore;
  readonly base: Pick<Action, 'root' | 'host'>;
  readonly platform: Action['platform'];
}

/** One sentence that is true of every sandbox. `run` rejects if it is not; it needs no test framework. */
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

/** The output of a shell command, which must succeed. */
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

/** What `assert.rejects` compares an error with: its code and its whole message. */
export function failure(code: string, message: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof ElementError, String(error));
    assert.deepEqual([error.code, error.message], [code, message]);
    return true;
  };
}
