import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from './support/remove-tree.js';
import { EXAMPLE, Workspace } from './support/workspace.js';

const PROJECT = 'todo-common';
const ROOT = `libs/${PROJECT}`;
const WAITING = 'waiting for changes; Ctrl-C ends\n';

let base: string;
let workspace: Workspace;

/** A program that goes on, and what it has written. */
class Watching {
  private text = '';
  private seen = 0;

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.text += text));
    }
  }

  static start(words: readonly string[]): Watching {
    const [program = '', ...rest] = words;
    // A group of its own, so that a signal reaches what a terminal's would.
    const options = { cwd: workspace.directory, env: workspace.environment, detached: true } as const;
    return new Watching(spawn(program, rest, { ...options, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  /** What it writes from now on, or since the last call, until it waits again. */
  async waits(): Promise<string> {
    for (;;) {
      const end = this.text.indexOf(WAITING, this.seen);
      if (end >= 0) {
        const text = this.text.slice(this.seen, end);
        this.seen = end + WAITING.length;
        return text;
      }
      if (this.child.exitCode !== null) throw new Error(`it ended with ${this.child.exitCode}:\n${this.text}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Presses Ctrl-C. @returns the exit code */
  async interrupt(): Promise<number | null> {
    const ended = once(this.child, 'exit');
    process.kill(-(this.child.pid ?? 0), 'SIGINT');
    const [code] = (await ended) as [number | null];
    return code;
  }

  kill(): void {
    if (this.child.exitCode === null && this.child.signalCode === null) process.kill(-(this.child.pid ?? 0), 'SIGKILL');
  }
}

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'wheelhouse-watch-'));
  const parts = EXAMPLE.parts.filter((part) => part !== 'apps');
  workspace = new Workspace({ base, ...EXAMPLE, parts, sharesStore: true });
});

afterEach(() => {
  workspace.restore();
});

afterAll(() => {
  removeTree(base);
});

test('tests are run again when a file changes, errors do not end it, and Ctrl-C does', async () => {
  const program = workspace.path('node_modules/@wheelhouse/build/bin/wheelhouse.js');
  const watching = Watching.start([process.execPath, program, 'test', '--watch', PROJECT]);
  try {
    expect(await watching.waits()).toMatch(/^tests: \d+ passed, 0 failed, 0 skipped$/m);

    // A file that git ignores, and what tests leave behind, do not count.
    workspace.write(`${ROOT}/dist/notes.txt`, 'nothing\n');
    workspace.write(`${ROOT}/tests/test_new.py`, 'def test_new():\n    assert 1 == 2\n');
    const failed = await watching.waits();
    expect(failed).toMatch(/^changed: `libs\/todo-common\/tests\/test_new\.py`$/m);
    expect(failed).toMatch(/^failed test: .*test_new/m);
    expect(failed).toMatch(/^tests: \d+ passed, 1 failed, 0 skipped$/m);

    workspace.write(`${ROOT}/tests/test_new.py`, 'def test_new():\n    assert 1 == 1\n');
    workspace.write(`${ROOT}/todo_common/deep/__init__.py`, '');
    const mended = await watching.waits();
    expect(mended).toMatch(/^changed: .*`libs\/todo-common\/todo_common\/deep\/__init__\.py`$/m);
    expect(mended).toMatch(/^tests: \d+ passed, 0 failed, 0 skipped$/m);

    // A directory that is new is watched, too.
    workspace.write(`${ROOT}/todo_common/deep/__init__.py`, '# deep\n');
    expect(await watching.waits()).toMatch(/^changed: `libs\/todo-common\/todo_common\/deep\/__init__\.py`$/m);

    const metadata = workspace.read(`${ROOT}/pyproject.toml`);
    workspace.write(`${ROOT}/pyproject.toml`, 'name = \n');
    expect(await watching.waits()).toMatch(/^this workspace has no Python project `todo-common`$/m);
    workspace.write(`${ROOT}/pyproject.toml`, metadata);
    expect(await watching.waits()).toMatch(/^tests: \d+ passed, 0 failed, 0 skipped$/m);

    expect(await watching.interrupt()).toBe(130);
  } finally {
    watching.kill();
  }
});

test('Nx runs them so as well', async () => {
  const nx = workspace.path('node_modules/.bin/nx');
  const words = [process.execPath, nx, 'run', `${PROJECT}:test`, '--watch', '--output-style=stream'];
  const watching = Watching.start(words);
  try {
    expect(await watching.waits()).toMatch(/tests: \d+ passed, 0 failed, 0 skipped/);
    workspace.edit(`${ROOT}/todo_common/order.py`, 'ORDER_STEP = 10', 'ORDER_STEP = 5 + 5');
    const again = await watching.waits();
    expect(again).toMatch(/changed: `libs\/todo-common\/todo_common\/order\.py`/);
    expect(again).toMatch(/tests: \d+ passed, 0 failed, 0 skipped/);
    expect(await watching.interrupt()).not.toBe(0);
  } finally {
    watching.kill();
  }
});
