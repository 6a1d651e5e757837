import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { REPOSITORY } from './installation.js';
import { runProgram } from './users.js';

/** A block of a page, as `tools/documented-commands.mjs` tells of it. */
export interface PageBlock {
  /** Path of the page in the repository. */
  readonly page: string;
  /** The line of its fence, from 1. */
  readonly line: number;
  readonly text: string;
  /** `run`, `background`, `output`, `files`, or what does not concern a shell. */
  readonly how: string;
  /** For what runs: a directory of the workspace, or `outside`. */
  readonly where?: string;
}

/** The blocks of all pages, by page, in order. */
export function pageBlocks(): Map<string, PageBlock[]> {
  const tool = join(REPOSITORY, 'tools', 'documented-commands.mjs');
  const blocks = JSON.parse(execFileSync(process.execPath, [tool], { encoding: 'utf8' })) as PageBlock[];
  const pages = new Set(blocks.map(({ page }) => page));
  return new Map([...pages].map((page) => [page, blocks.filter((block) => block.page === page)]));
}

/** Where the blocks of pages run. */
export interface PageShellOptions {
  /** Absolute path of the workspace. */
  readonly workspace: string;
  /** Absolute path of a directory that is made for what runs outside of it. */
  readonly outside: string;
  readonly environment: NodeJS.ProcessEnv;
  /** What the pages say, and what is meant here: addresses of servers, directories, tokens. */
  readonly standIns: ReadonlyMap<string, string>;
}

const PATIENCE_MS = 60_000;

/** The shell in which a reader types the blocks of one page: what a block exports, the next one has. */
export class PageShell {
  private readonly servers: ChildProcess[] = [];
  private output = '';

  constructor(private readonly options: PageShellOptions) {
    mkdirSync(options.outside, { recursive: true });
  }

  /**
   * Runs a block, or looks at what it says is there.
   *
   * @returns what it printed
   * @throws Error with the place of the block where it fails
   */
  async take(block: PageBlock): Promise<string> {
    const at = `${block.page}:${block.line}`;
    if (block.how === 'run') this.output = await this.run(block, at);
    if (block.how === 'background') await this.serve(block, at);
    if (block.how === 'output') compare(block.text, this.output, at);
    if (block.how === 'files') {
      const absent = block.text.split('\n').filter((path) => !existsSync(join(this.options.workspace, path)));
      if (absent.length > 0) throw new Error(`${at}: there is no ${absent.join(', ')}`);
    }
    return block.how === 'run' ? this.output : '';
  }

  /** Ends the servers that blocks have started. */
  async stop(): Promise<void> {
    for (const server of this.servers) {
      if (server.pid === undefined || server.exitCode !== null) continue;
      const ended = once(server, 'exit');
      process.kill(-server.pid);
      await ended;
    }
  }

  private async run(block: PageBlock, at: string): Promise<string> {
    const state = join(this.options.outside, '.exported');
    const script = [
      'set -euo pipefail',
      `trap 'echo "failed: $BASH_COMMAND" >&2' ERR`,
      `if [ -e '${state}' ]; then . '${state}'; fi`,
      this.meant(block.text),
      `export -p > '${state}'`,
    ].join('\n');
    const ended = await runProgram(['bash', '-c', script], {
      cwd: this.directory(block),
      env: this.options.environment,
    });
    const output = ended.stdout + ended.stderr;
    if (ended.exitCode !== 0) throw new Error(`${at} ended with ${String(ended.exitCode)}:\n${output}`);
    return output;
  }

  private async serve(block: PageBlock, at: string): Promise<void> {
    const command = this.meant(block.text).trim();
    const [, host = '', port = ''] = /--listen (\S+):(\d+)/.exec(command) ?? [];
    const server = spawn('bash', ['-c', `exec ${command}`], {
      cwd: this.directory(block),
      env: this.options.environment,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.servers.push(server);
    let said = '';
    server.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const start = Date.now();
    while (!(await listens(host, Number(port)))) {
      if (server.exitCode !== null || Date.now() - start > PATIENCE_MS)
        throw new Error(`${at} does not listen:\n${said}`);
      await sleep(100);
    }
  }

  private directory({ where = '.' }: PageBlock): string {
    return where === 'outside' ? this.options.outside : join(this.options.workspace, where);
  }

  private meant(text: string): string {
    return [...this.options.standIns].reduce((said, [from, to]) => said.replaceAll(from, to), text);
  }
}

/** @throws Error unless the lines are what was printed, one after another, where `...` stands for anything */
function compare(shown: string, printed: string, at: string): void {
  const pattern = shown
    .trimEnd()
    .replaceAll(/[^\w\s]/g, '\\$&')
    .replaceAll('\\.\\.\\.', '.*');
  if (!new RegExp(pattern).test(printed)) throw new Error(`${at} shows\n${shown}\nand printed is\n${printed}`);
}

async function listens(host: string, port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, host, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => {
      resolve(false);
    });
  });
}
