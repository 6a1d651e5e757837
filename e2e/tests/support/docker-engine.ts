import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { removeTree } from './remove-tree.js';
import { runProgram, runWell } from './users.js';

/** Debian's programs, whatever else of these names is on PATH. */
const DAEMON = '/usr/sbin/dockerd';
const CLIENT = '/usr/bin/docker';
const PATIENCE = 60_000;
const NETWORK = 'tests';

/** A Docker engine of a test's own: another than the machine's, with no image and no container in it. */
export class DockerEngine {
  private constructor(
    private readonly directory: string,
    private readonly daemon: ChildProcess,
  ) {}

  /** Starts Debian's `dockerd`, which takes root. It leaves the machine's firewall and routing alone. */
  static async start(): Promise<DockerEngine> {
    if (!existsSync(DAEMON)) throw new Error(`there is no ${DAEMON}: run \`node tools/set-up.mjs --tests\``);
    // Sockets have short names.
    const directory = mkdtempSync(join(tmpdir(), 'wh-docker-'));
    for (const name of ['data', 'exec']) mkdirSync(join(directory, name));
    const log = openSync(join(directory, 'log'), 'w');
    const daemon = spawn(
      DAEMON,
      [
        ...['--data-root', join(directory, 'data'), '--exec-root', join(directory, 'exec')],
        ...['--pidfile', join(directory, 'pid'), '--host', `unix://${join(directory, 'docker.sock')}`],
        ...['--bridge', 'none', '--iptables=false', '--ip6tables=false', '--ip-forward=false', '--ip-masq=false'],
      ],
      { stdio: ['ignore', log, log] },
    );
    closeSync(log);
    const engine = new DockerEngine(directory, daemon);
    try {
      await engine.answers();
      await engine.docker('network', 'create', NETWORK);
    } catch (error) {
      await engine.stop();
      throw error;
    }
    return engine;
  }

  /** What makes programs use this engine. */
  get environment(): NodeJS.ProcessEnv {
    return { DOCKER_HOST: `unix://${join(this.directory, 'docker.sock')}` };
  }

  /** The name of the network that {@link serve} puts containers on, for builds that need one. */
  readonly network: string = NETWORK;

  /** The address of this machine that every container which has a network can reach. */
  async gateway(): Promise<string> {
    return await this.docker('network', 'inspect', '--format', '{{(index .IPAM.Config 0).Gateway}}', NETWORK);
  }

  /** Runs Debian's client. @returns what it prints, trimmed */
  async docker(...words: readonly string[]): Promise<string> {
    const env = { PATH: '/usr/bin:/bin', HOME: this.directory, ...this.environment };
    return (await runWell([CLIENT, ...words], { cwd: this.directory, env })).stdout.trim();
  }

  /** Runs a container on the test's network with a port of it on loopback. @returns the container and the port's address */
  async serve(image: string, port: number): Promise<{ readonly container: string; readonly address: string }> {
    const published = ['--network', NETWORK, '--publish', `127.0.0.1::${port}`];
    const container = await this.docker('run', '--detach', ...published, image);
    return { container, address: await this.docker('port', container, `${port}/tcp`) };
  }

  /** Ends all containers and the daemon, and removes what they have left. */
  async stop(): Promise<void> {
    if (this.daemon.exitCode === null && this.daemon.signalCode === null) {
      const containers = (await this.docker('ps', '--all', '--quiet')).split('\n').filter((id) => id !== '');
      if (containers.length > 0) await this.docker('rm', '--force', '--volumes', ...containers);
      await this.docker('network', 'rm', NETWORK);
      const ended = once(this.daemon, 'exit');
      this.daemon.kill('SIGTERM');
      await ended;
    }
    removeTree(this.directory);
  }

  private async answers(): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    const env = { PATH: '/usr/bin:/bin', ...this.environment };
    for (;;) {
      const { exitCode } = await runProgram([CLIENT, 'version'], { cwd: this.directory, env });
      if (exitCode === 0) return;
      if (this.daemon.exitCode !== null || Date.now() > deadline) {
        throw new Error(`dockerd does not answer: ${readFileSync(join(this.directory, 'log'), 'utf8')}`);
      }
      await setTimeout(200);
    }
  }
}
