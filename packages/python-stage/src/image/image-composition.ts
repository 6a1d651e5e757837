import { ElementError, type Digest } from '@wheelhouse/element';
import { readBlob, readDirectory, type Outcome } from '@wheelhouse/element/internal';
import {
  variableOf,
  type BaseImage,
  layOutImage,
  type LaidOutImage,
  hasProgram,
  lookUp,
  userOf,
} from '@wheelhouse/oci/internal';
import type { Interpreter } from '@wheelhouse/python/internal';
import { packApplicationLayer } from './application-layer.js';
import type { CheckedWheelhouse } from './checked-wheelhouse.js';
import { composeConfig, searchPath, type ImageSettings } from './image-config.js';
import { checkFit } from './wheel-fit.js';
import { buildTargets, planClosure, type Operation } from '../workspace/operation.js';
import type { PlannedBase } from '../plan/planned-project.js';

/** What an image is made from. */
export interface CompositionInput {
  readonly wheelhouse: CheckedWheelhouse;
  readonly base: BaseImage;
  readonly settings: ImageSettings;
  /** The number of the user and the group that the application runs as. */
  readonly user: number;
  /** The image's name. */
  readonly tag: string;
}

/** Absolute path of the environment that the application is in. */
const VENV = '/opt/venv';
/** Variables of a base that decide which programs and libraries are found. */
const NEEDED_VARIABLES = ['PATH', 'LD_LIBRARY_PATH'];

/**
 * Installs a wheelhouse on the root of a base image, in the sandbox, and puts base and application together.
 *
 * @returns the image, whose blobs are in the store; none if an element failed
 * @throws ElementError IMAGE if base and wheelhouse do not fit one another
 */
export async function composeImage(
  operation: Operation,
  input: CompositionInput,
): Promise<{ readonly outcomes: readonly Outcome[]; readonly image?: LaidOutImage }> {
  const { wheelhouse, base } = input;
  const closure = await planClosure(operation);
  const planned: PlannedBase = { layers: base.layers, environment: neededEnvironment(base) };
  const [root, question] = [closure.plan.imageBase(planned), closure.plan.imageInterpreter(planned)];
  const asked = await buildTargets(operation, closure, [root, question]);
  if (asked.failed) throw noInterpreter(base);
  const interpreter = await interpreterOf(operation, asked.session.recordOf(question).tree);
  checkFit(wheelhouse.wheels, interpreter, `\`${base.name}\``);

  const application = closure.plan.imageApplication(closure.own, planned, wheelhouse.wheels);
  const built = await buildTargets(operation, closure, [application]);
  const outcomes = [...asked.outcomes, ...built.outcomes];
  if (built.failed) return { outcomes };
  const trees = { below: asked.session.recordOf(root).tree, added: built.session.recordOf(application).tree };
  await checkProgram(operation, input, trees);
  return { outcomes, image: await putTogether(operation, input, trees) };
}

/** The root of the base, and what the application adds to it. */
interface Trees {
  readonly below: Digest;
  readonly added: Digest;
}

async function putTogether({ engine }: Operation, input: CompositionInput, trees: Trees): Promise<LaidOutImage> {
  const { wheelhouse, base, settings, tag } = input;
  const { blobs } = engine.store;
  const user = await userOf(blobs, trees.below, input.user);
  const temporary = await engine.store.scratch.directory();
  try {
    const layer = await packApplicationLayer({ blobs, ...trees, user, temporary: temporary.path });
    const config = composeConfig({ base, layer, settings, user, venv: VENV, labels: labelsOf(wheelhouse, base) });
    const { attestations } = wheelhouse;
    return await layOutImage(blobs, { base, layer, config, name: tag, attestations });
  } finally {
    await temporary.dispose();
  }
}

async function interpreterOf({ engine }: Operation, answers: Digest): Promise<Interpreter> {
  const { blobs } = engine.store;
  const [answer] = (await readDirectory(blobs, answers)).files;
  if (answer === undefined) throw new Error('the interpreter of a base image gave no answer');
  return JSON.parse(Buffer.from(await readBlob(blobs, answer.digest)).toString('utf8')) as Interpreter;
}

/** What a container would be started with has to be there. @throws ElementError IMAGE */
async function checkProgram({ engine }: Operation, input: CompositionInput, trees: Trees): Promise<void> {
  const { base, settings } = input;
  const [program] = settings.entrypoint ?? settings.command ?? [];
  if (program === undefined) return;
  const { blobs } = engine.store;
  const search = `${VENV}/bin:${settings.env?.PATH ?? searchPath(base.config)}`;
  for (const root of [trees.added, trees.below]) if (await hasProgram(blobs, root, { program, search })) return;
  const scripts = await lookUp(blobs, trees.added, `${VENV}/bin`);
  const names = scripts === undefined ? [] : (await readDirectory(blobs, scripts.digest)).files.map(({ name }) => name);
  throw new ElementError({
    code: 'IMAGE',
    message: `the image would have no program \`${program}\``,
    hint:
      names.length === 0
        ? 'the wheelhouse has no programs'
        : `the wheelhouse has ${names.map((name) => `\`${name}\``).join(', ')}`,
  });
}

function neededEnvironment({ config }: BaseImage): Record<string, string> {
  const found = NEEDED_VARIABLES.flatMap((name) => {
    const value = name === 'PATH' ? searchPath(config) : variableOf(config, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found);
}

/** OCI image specification, "Annotations", and what of Wheelhouse's records the image goes back to. */
function labelsOf({ manifest, requirementsHash }: CheckedWheelhouse, base: BaseImage): Record<string, string> {
  const wheel = manifest.files.find(({ path }) => path.startsWith('wheel/'));
  return {
    'org.opencontainers.image.title': manifest.project,
    'org.opencontainers.image.version': manifest.version,
    'io.wheelhouse.base': base.id,
    'io.wheelhouse.snapshot': manifest.snapshotDigest,
    'io.wheelhouse.wheel': `sha256:${wheel?.sha256 ?? ''}`,
    'io.wheelhouse.wheelhouse': `sha256:${requirementsHash}`,
  };
}

function noInterpreter({ name, config }: BaseImage): ElementError {
  return new ElementError({
    code: 'IMAGE',
    message: `the base \`${name}\` has no \`python3\` that runs`,
    hint: `searched in \`${searchPath(config)}\``,
  });
}
