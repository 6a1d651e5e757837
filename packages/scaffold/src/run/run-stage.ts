import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, posix } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ElementError } from '@wheelhouse/element';
import { trustedCertificates } from '../context/certificates.js';
import { indexEnvironment, type IndexEnvironment } from '../context/index-environment.js';
import { stageClosure } from '../context/stage-closure.js';
import { writeContext } from '../context/write-context.js';
import { ComposeProject } from './compose-project.js';
import { findCompose } from './docker.js';
import { askProgram, runProgram, type ProgramContext } from './program.js';
import { removeImages } from './remove-images.js';
import { STAGE_ARGUMENT, STAGE_LABEL } from '../stage/dev-dockerfile.js';
import { stageOutputs } from '../stage/stage-plan.js';

/** The steps of a build stage, as its targets are called. */
export type StageName = 'build' | 'agent' | 'test' | 'builder' | 'release' | 'clean';

/** A step of the stage of a project. */
export interface StageRequest extends ProgramContext {
  /** The project's directory relative to the workspace, which is {@link ProgramContext.directory}. */
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
export async function runStage(given: StageRequest): Promise<number> {
  // Nothing else is fetched than what locks name.
  const index = given.stage === 'build' ? await indexEnvironment(given.environment) : { variables: {} };
  const environment = { ...given.environment, ...index.variables, [STAGE_ARGUMENT]: stageId(given) };
  const request = { ...given, environment };
  const program = findCompose(request);
  // Compose 1.29 refuses a file with a missing build context for every command.
  for (const path of [stageOutputs(request.root).context, wheelhouseOf(request.root)]) {
    mkdirSync(join(request.directory, path), { recursive: true });
  }
  const open = (kind: 'dev' | 'release'): ComposeProject =>
    new ComposeProject(
      program,
      composeName(request, kind),
      posix.join(request.root, 'docker', kind, 'docker-compose.yml'),
      request,
    );
  switch (request.stage) {
    case 'build':
      await makeContext(request, open('dev'), index);
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

/** A project with its place on this machine: two of one path in two checkouts share nothing. */
type StagePlace = Pick<StageRequest, 'directory' | 'root'>;

/** What a project's stage is called on an engine: its path as text, and a digest of its location. */
export function stageId({ directory, root }: StagePlace): string {
  const words = root === '.' ? [] : root.toLowerCase().split(/[^a-z0-9]+/);
  const digest = createHash('sha256').update(`${directory}\0${root}`).digest('hex').slice(0, 8);
  return [...words.filter((word) => word !== ''), digest].join('-');
}

/** What Compose calls a project's containers, networks and volumes after. */
export function composeName(place: StagePlace, kind: string): string {
  return `${stageId(place)}-${kind}`;
}

/**
 * Makes what images are made from. A compose file that names another context is left to who has changed it, unless the
 * project requires others, which only this one has.
 *
 * @throws ElementError STAGE, and what {@link stageClosure} and {@link writeContext} throw
 */
async function makeContext(
  { directory, root, environment }: StageRequest,
  dev: ComposeProject,
  { certificates }: IndexEnvironment,
): Promise<void> {
  const { context } = stageOutputs(root);
  const closure = await stageClosure(directory, root, environment);
  if (dev.contexts.some((each) => each === context)) {
    await writeContext(directory, closure, trustedCertificates(directory, environment, certificates));
    return;
  }
  const [local] = [...closure.runtime, ...closure.tests];
  if (local === undefined) return;
  throw new ElementError({
    code: 'STAGE',
    message: `\`${root}\` requires \`${local.metadata.name}\`, the project in \`${local.metadata.root}\`, but no service is built from \`${context}\`, which contains it`,
    origin: { file: dev.file, line: 1, column: 0 },
    hint: 'run `nx g @wheelhouse/scaffold:build-stage` to see how the files differ from what it would write',
  });
}

/** Makes the images, and fills the volume that the others read. */
async function build(dev: ComposeProject): Promise<number> {
  const code = await dev.build();
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
  const wheelhouse = emptied(join(directory, wheelhouseOf(root)));
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
  const requirements = join(wheelhouseOf(root), 'requirements.txt');
  if (!existsSync(join(directory, requirements))) {
    throw new ElementError({
      code: 'STAGE',
      message: `\`${requirements}\` does not exist`,
      hint: 'run the target `stage:builder`, which builds the wheelhouse for the release',
    });
  }
  const built = await compose.build('app');
  if (built !== 0) return built;
  const started = await compose.compose('up', '--detach', 'app');
  if (started !== 0) {
    await compose.compose('logs', '--no-color');
    await compose.compose('down', '--volumes');
    return started;
  }
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
      const image = state('{{.Config.Image}}');
      say(`release: \`${image}\` is running, on ${portsOf(request, container)}; \`stage:clean\` stops it`);
      return 0;
    }
    if (health === 'unhealthy') break;
    await setTimeout(1000);
  }
  await runProgram(['docker', 'logs', container], request);
  say(`release: the container did not become healthy`);
  await compose.compose('down', '--volumes');
  return 1;
}

function containerOf(request: StageRequest): string {
  const filters = [`com.docker.compose.project=${composeName(request, 'release')}`, 'com.docker.compose.service=app'];
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
    ? 'no published port'
    : ports
        .replaceAll(/^.* -> /gm, '')
        .split('\n')
        .join(', ');
}

/** Removes containers, networks, volumes and images, and what was brought out. */
async function clean(projects: readonly ComposeProject[], request: StageRequest): Promise<number> {
  const { directory, root } = request;
  let worst = 0;
  for (const project of projects) {
    worst = Math.max(worst, await project.remove());
  }
  worst = Math.max(worst, await removeImages(`${STAGE_LABEL}=${stageId(request)}`, request));
  const { dist, reports } = stageOutputs(root);
  for (const path of [dist, reports]) rmSync(join(directory, path), { recursive: true, force: true });
  return worst;
}

/** Where the wheelhouse comes out, relative to the workspace. */
function wheelhouseOf(root: string): string {
  return posix.join(stageOutputs(root).dist, 'wheelhouse');
}

function emptied(path: string): string {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return path;
}
