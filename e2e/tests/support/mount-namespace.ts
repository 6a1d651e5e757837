import { spawn, type ChildProcess } from 'node:child_process';

/** A mount namespace that a process holds open. Needs root. */
export class MountNamespace {
  private constructor(private readonly holder: ChildProcess) {}

  /**
   * Makes one.
   *
   * @param script what makes it for `sh`: it writes a line when it is done, and does not end
   * @param words `$1` and so on of the script
   */
  static async start(script: string, ...words: readonly string[]): Promise<MountNamespace> {
    const command = ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', ...words];
    const holder = spawn('unshare', command, { stdio: ['ignore', 'pipe', 'pipe'] });
    await new Promise<void>((resolve, reject) => {
      let messages = '';
      holder.stderr.setEncoding('utf8').on('data', (text: string) => (messages += text));
      holder.stdout.once('data', () => {
        resolve();
      });
      holder.once('close', () => {
        reject(new Error(`no mount namespace: ${messages}`));
      });
    });
    return new MountNamespace(holder);
  }

  /** The words in front of a command that run it there. */
  get prefix(): string[] {
    return ['nsenter', `--mount=/proc/${String(this.holder.pid)}/ns/mnt`];
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.holder.once('close', resolve));
    this.holder.kill('SIGKILL');
    await closed;
  }
}
