import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { REPOSITORY } from './installation.js';
import { end, freePort } from './service.js';

const BIN = join(REPOSITORY, '.cache', 'pip', 'pypiserver', 'bin');
const START_TIMEOUT_MS = 60_000;

/** A pypiserver of a test's own: everybody may read, and one user may upload. */
export class UploadIndex {
  private constructor(
    private readonly server: ChildProcess,
    /** Where uploads go: `http://127.0.0.1:<port>/`. */
    readonly url: string,
    /** Absolute path of the directory of its files. */
    readonly files: string,
  ) {}

  static readonly USER = 'publisher';
  static readonly PASSWORD = 'a secret of nobody';

  /** @param directory absolute path of a directory that is made for all it writes */
  static async start(directory: string): Promise<UploadIndex> {
    const files = join(directory, 'files');
    mkdirSync(files, { recursive: true });
    const passwords = join(directory, 'htpasswd');
    const program =
      'import sys; from passlib.apache import HtpasswdFile as F; f = F(new=True); ' +
      'f.set_password(*sys.argv[2:]); f.save(sys.argv[1])';
    writeFileSync(passwords, '');
    execFileSync(join(BIN, 'python'), ['-c', program, passwords, UploadIndex.USER, UploadIndex.PASSWORD]);
    const port = await freePort();
    const options = ['--interface', '127.0.0.1', '--port', String(port), '--disable-fallback'];
    const server = spawn(
      join(BIN, 'python'),
      ['-m', 'pypiserver', 'run', ...options, '--passwords', passwords, '--authenticate', 'update', files],
      { stdio: 'ignore' },
    );
    const index = new UploadIndex(server, `http://127.0.0.1:${port}/`, files);
    await index.untilItAnswers();
    return index;
  }

  async stop(): Promise<void> {
    await end(this.server);
  }

  private async untilItAnswers(): Promise<void> {
    const start = Date.now();
    while (!(await answers(this.url))) {
      if (this.server.exitCode !== null || Date.now() - start > START_TIMEOUT_MS) {
        this.server.kill();
        throw new Error('pypiserver does not answer');
      }
      await sleep(100);
    }
  }
}

async function answers(url: string): Promise<boolean> {
  return await fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}
