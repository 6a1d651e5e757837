import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, posix } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ElementError } from '@wheelhouse/element';
import { ComposeProject } from './compose-project.js';
import { findCompose } from './docker.js';
import { askProgram, runProgram, type Surroundings } from './program.js';
import { stageOutputs } from '../stage/stage-plan.js';

/** The steps of a build stage, as its targets are called. */
export type StageName = 'build' | 'agent' | 'test' | 'builder' | 'release' | 'clean';
export const STAGES: readonly StageName[] = ['build', 'agent', 'test', 'builder', 'release', 'clean'];

/** A step of the stage of a project. */
export interface StageRequest extends Surroundings {
  /** The project's directory relative to the workspace, which is {@link Surroundings.directory}. */
  readonly root: string;
  readonly stage: StageName;
  readonly say: (line: string) => void;
}

/**
 * Takes a step of a project's build stage on a Docker engine (docs/adr/0045). Nothing is written before there is one.
 *
 * @returns the exit code of the service that the step is
 * @throws ElementError ENGINE, HOST_TOOL, STAGE, UNREADABLE
 */
export async function runStage(request: StageRequest): Promise<number> {
  const program = findCompose(request);
  const open = (kind: 'dev' | 'release'): ComposeProject =>
    new ComposeProject(
      program,
      composeName(request.root, kind),
      posix.join(request.root, 'docker', kind, 'docker-compose.yml'),
      request,
    );
  switch (request.stage) {
    case 'build':
      return await build(open('dev'));
    case 'agent':
      return await agent(open('dev'));
    case 'test':
      return await test(open('dev'), request);
    case 'builder':
      return await builder(open('dev'), request);
    case 'release':
      return await release(open('release'), request);
    case 'clean':
      return await clean([open('dev'), open('release')], request);
  }
}

/** What Compose calls a project's containers, networks and volumes after. */
export function composeName(root: string, kind: string): string {
  const words = root === '.' ? [] : root.toLowerCase().split(/[^a-z0-9]+/);
  return [...words.filter((word) => word !== ''), kind].join('-').replace(/^([^a-z0-9])/, 'x$1');
}

/** Makes the images, and fills the volume that the others read. */
async function build(dev: ComposeProject): Promise<number> {
  const code = await dev.compose('build');
  return code === 0 ? await dev.compose('up', '--exit-code-from', 'cache', 'cache') : code;
}

/** Starts the database and waits for it; it is left for the tests. */
async function agent(dev: ComposeProject): Promise<number> {
  if (!dev.services.has('agent')) return 0;
  if (dev.services.has('db')) {
    const code = await dev.compose('up', '--detach', '--no-deps', 'db');
    if (code !== 0) return code;
  }
  return await dev.run('agent');
}

async function test(dev: ComposeProject, { directory, root }: StageRequest): Promise<number> {
  const reports = emptied(join(directory, stageOutputs(root).reports));
  const ready = await agent(dev);
  const code = ready === 0 ? await dev.run('test', { from: '/reports', to: reports }) : ready;
  if (dev.services.has('db')) await dev.compose('rm', '--stop', '--force', '-v', 'db');
  return code;
}

async function builder(dev: ComposeProject, { directory, root }: StageRequest): Promise<number> {
  const wheelhouse = emptied(join(directory, stageOutputs(root).dist, 'wheelhouse'));
  const code = await dev.run('builder', { from: '/wheelhouse', to: wheelhouse });
  // Half a wheelhouse must not be taken for a whole one.
  if (code !== 0) emptied(wheelhouse);
  return code;
}

/** How long a release may take until it serves, in seconds. */
const PATIENCE = 120;

/** Makes the release image and runs it: until it is healthy where it says when that is, else until it ends. */
async function release(compose: ComposeProject, request: StageRequest): Promise<number> {
  const { directory, root, say } = request;
  const requirements = join(stageOutputs(root).dist, 'wheelhouse', 'requirements.txt');
  if (!existsSync(join(directory, requirements))) {
    throw new ElementError({
      code: 'STAGE',
      message: `\`${requirements}\` is not there`,
      hint: 'run the target `stage:builder`, which makes the wheelhouse that is released',
    });
  }
  const built = await compose.compose('build', 'app');
  if (built !== 0) return built;
  const started = await compose.compose('up', '--detach', 'app');
  if (started !== 0) return started;
  const container = containerOf(request);
  const state = (format: string): string => {
    const answer = askProgram(['docker', 'container', 'inspect', '--format', format, container], request);
    return answer !== 'absent' && 'output' in answer ? answer.output.trim() : '';
  };
  for (let waited = 0; waited < PATIENCE; waited++) {
    const [status, code, health] = state(
      '{{.State.Status}} {{.State.ExitCode}} {{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}',
    ).split(' ');
    if (status === 'exited' || status === 'dead') {
      await runProgram(['docker', 'logs', container], request);
      return Number(code);
    }
    if (health === 'healthy') {
      say(`release: it runs, on ${portsOf(request, container)}; \`stage:clean\` ends it`);
      return 0;
    }
    if (health === 'unhealthy') break;
    await setTimeout(1000);
  }
  await runProgram(['docker', 'logs', container], request);
  say(`release: it did not get healthy`);
  await compose.compose('down', '--volumes');
  return 1;
}

function containerOf(request: StageRequest): string {
  const filters = [
    `com.docker.compose.project=${composeName(request.root, 'release')}`,
    'com.docker.compose.service=app',
  ];
  const labels = filters.flatMap((label) => ['--filter', `label=${label}`]);
  const answer = askProgram(['docker', 'ps', '--all', '--quiet', '--latest', ...labels], request);
  const id = answer !== 'absent' && 'output' in answer ? answer.output.trim().split('\n')[0] : undefined;
  if (id === undefined || id === '')
    throw new ElementError({ code: 'STAGE', message: 'the service `app` has no container' });
  return id;
}

function portsOf(request: StageRequest, container: string): string {
  const answer = askProgram(['docker', 'port', container], request);
  const ports = answer !== 'absent' && 'output' in answer ? answer.output.trim() : '';
  return ports === ''
    ? 'no port of this machine'
    : ports
        .replaceAll(/^.* -> /gm, '')
        .split('\n')
        .join(', ');
}

/** Removes containers, networks, volumes and images, and what was brought out. */
async function clean(projects: readonly ComposeProject[], { directory, root }: StageRequest): Promise<number> {
  // Compose 1.29 refuses a file with a build context that is not there, whatever it is asked to do.
  mkdirSync(join(directory, stageOutputs(root).dist, 'wheelhouse'), { recursive: true });
  let worst = 0;
  for (const project of projects) {
    worst = Math.max(worst, await project.remove());
  }
  for (const path of Object.values(stageOutputs(root))) rmSync(join(directory, path), { recursive: true, force: true });
  return worst;
}

function emptied(path: string): string {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return path;
}
