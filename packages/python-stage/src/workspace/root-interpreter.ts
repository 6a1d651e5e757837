import { readFileSync } from 'node:fs';
import { ElementError, SourceServices, type BlobStore, type Digest } from '@wheelhouse/element';
import {
  BuildSession,
  coreElements,
  coreSources,
  digestOf,
  hasFailed,
  isAbsent,
  PluginRegistry,
  readBlob,
  readDirectory,
  readDpkgStatus,
  replaceMemo,
  throwErrors,
} from '@wheelhouse/element/internal';
import { debian, image, IMAGE_SERVICES, lookUp } from '@wheelhouse/oci/internal';
import { asInterpreter, PROBE_SCRIPT, type Interpreter } from '@wheelhouse/python/internal';
import { elementsOfPlan } from '../plan/elements-of-plan.js';
import { rootInterpreter, rootToolchain } from '../plan/root-toolchain.js';
import { bundled } from '../sources/bundled.js';
import { rootLabel } from '../toolchains/toolchain.js';
import type { RootDescription, RootRequest } from '../toolchains/root-description.js';
import type { PythonEngine } from './python-engine.js';

/** Where dpkg keeps what is installed. */
const DPKG_STATUS = '/var/lib/dpkg/status';

/** Raised when a description has other members. */
const FORMAT = 1;

/**
 * Builds the root of a toolchain, and asks its interpreter in the sandbox. What it answers is remembered in the store:
 * the root is pinned, so the answer cannot change.
 *
 * @param directory absolute path that paths of images start from
 * @throws ElementError INTERPRETER if the root has none of these programs, or it does not run
 */
export async function describeRoot(
  engine: PythonEngine,
  directory: string,
  request: RootRequest,
): Promise<RootDescription> {
  const question = [FORMAT, rootToolchain(request.toolchain), request.programs, readFileSync(PROBE_SCRIPT, 'utf8')];
  const memo = engine.store.memo(`root-${digestOf(JSON.stringify(question)).hash.slice(0, 32)}`);
  const known = remembered(memo);
  if (known !== undefined) return known;
  const described = await ask(engine, directory, request);
  replaceMemo(memo, JSON.stringify(described));
  return described;
}

async function ask(
  engine: PythonEngine,
  directory: string,
  { toolchain, programs }: RootRequest,
): Promise<RootDescription> {
  const root = rootToolchain(toolchain);
  const planned = [root, ...rootInterpreter([root.name], programs)];
  const question = planned.at(-1)?.name ?? '';
  const session = await BuildSession.open(engine, {
    documents: elementsOfPlan(planned),
    directory,
    targets: [question, root.name],
    registry: registryOf(engine),
  });
  const outcomes = await session.build();
  throwErrors(outcomes);
  if (outcomes.some(hasFailed)) {
    throw new ElementError({
      code: 'INTERPRETER',
      message: `${rootLabel(toolchain)} has no ${programs.map((program) => `\`${program}\``).join(', ')} that runs`,
      hint: 'set the option `python` to the path of an interpreter in it',
    });
  }
  const { blobs } = engine.store;
  const [answer] = (await readDirectory(blobs, session.recordOf(question).tree)).files;
  if (answer === undefined) throw new Error(`the interpreter of ${root.name} gave no answer`);
  const interpreter = asInterpreter(JSON.parse(await textOf(blobs, answer.digest)) as Interpreter);
  const status = await lookUp(blobs, session.recordOf(root.name).tree, DPKG_STATUS);
  if (status?.type !== 'file') return { interpreter };
  const packages = [...readDpkgStatus(await textOf(blobs, status.digest)).values()].map(({ name }) => name);
  return { interpreter, packages: [...new Set(packages)].sort() };
}

/** The kinds that describing a root takes. */
function registryOf({ store, environment }: PythonEngine): PluginRegistry {
  const services = new SourceServices(store, environment.PATH ?? '').bind(IMAGE_SERVICES, { environment });
  return new PluginRegistry(services).register({
    elements: coreElements({ memo: (name) => store.memo(name), verify: false }),
    sources: [...coreSources, image, debian, bundled],
  });
}

async function textOf(blobs: BlobStore, digest: Digest): Promise<string> {
  return Buffer.from(await readBlob(blobs, digest)).toString('utf8');
}

/** A memo only saves time: one that is truncated counts as absent. */
function remembered(path: string): RootDescription | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as RootDescription;
  } catch (error) {
    if (isAbsent(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
