import { join, posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import { type ElementError } from '@wheelhouse/element';
import { throwCollected } from '@wheelhouse/element/internal';
import { formatRequirement, projectFiles } from '@wheelhouse/python/internal';
import { ProjectFiles, readFileRequirements, RUNTIME_FILE, TEST_FILES, TomlFile } from '@wheelhouse/python/metadata';
import type { SyncSetupGeneratorSchema } from './schema.js';
import { shown } from '../../errors.js';
import { JsonFile } from '../../merge/json-file.js';
import { setupDrift, type SetupContext } from '../../metadata/setup-drift.js';
import { findPackages } from '../../project/find-packages.js';
import { presentChoices } from '../../stage/present-choices.js';
import { STAGE_EXECUTOR } from '../../stage/stage-targets.js';
import type { OutOfSync } from '../sync-manifests/generator.js';

/**
 * A sync generator: adds to the setup.py of a project with a build stage what its requirements files, packages and
 * their files have and it lacks. A project without a stage is left unchanged: its requirements.txt may be for something
 * else.
 *
 * @param options absent if it runs to sync the workspace; `nx generate` calls what a generator returns
 * @returns what was lacking, by name; nothing if nothing was, or nobody syncs
 * @throws Error if only people can say which of two files is right
 */
export default async function syncSetup(
  tree: Tree,
  options?: SyncSetupGeneratorSchema,
): Promise<OutOfSync | undefined> {
  try {
    const all = await projectFiles(tree.root);
    const details: string[] = [];
    const open: ElementError[] = [];
    for (const file of all.filter((each) => posix.basename(each) === 'setup.py').sort()) {
      const root = posix.dirname(file);
      const text = tree.read(file, 'utf8');
      if (text === null || !hasStage(tree, root)) continue;
      const drift = setupDrift(text, await setupContextOf(tree, root));
      if (drift.text !== text) tree.write(file, drift.text);
      details.push(...drift.details);
      open.push(...drift.open);
    }
    throwCollected(open);
    if (details.length === 0 || options !== undefined) return undefined;
    return { outOfSyncMessage: 'setup.py does not match its project', outOfSyncDetails: details };
  } catch (error) {
    throw shown(error);
  }
}

/** Whether a build stage was given to a project whose metadata is for setup.py to say. */
function hasStage(tree: Tree, root: string): boolean {
  const file = posix.join(root, 'project.json');
  const targets = tree.exists(file) ? JsonFile.parse(tree.read(file, 'utf8') ?? '', file).get(['targets']) : undefined;
  const staged = Object.values(targets ?? {}).some(
    (target: unknown) => (target as { readonly executor?: string } | null)?.executor === STAGE_EXECUTOR,
  );
  const pyproject = posix.join(root, 'pyproject.toml');
  if (!staged || !tree.exists(pyproject)) return staged;
  return TomlFile.parse(tree.read(pyproject, 'utf8') ?? '', pyproject).tableAt('project') === undefined;
}

async function setupContextOf(tree: Tree, root: string): Promise<SetupContext> {
  const at = (file: string): string => posix.join(root, file);
  const directory = join(tree.root, root);
  const files = (await projectFiles(directory)).filter((file) => tree.exists(at(file)));
  const requirements = new ProjectFiles(directory, root, tree.root, { environment: process.env });
  const read = readFileRequirements(requirements, { dependencies: false, tests: false });
  const present = (names: readonly string[]): string | undefined => names.find((name) => files.includes(name));
  const [runtime, tests] = [present([RUNTIME_FILE]), present(TEST_FILES)];
  const texts = new Set(read?.runtime.map(formatRequirement));
  const dockerfile = at('docker/dev/Dockerfile');
  const image = presentChoices(tree, root).base;
  return {
    file: at('setup.py'),
    files,
    found: findPackages(files),
    ...(runtime === undefined ? {} : { runtime: { file: at(runtime), requirements: read?.runtime ?? [] } }),
    ...(tests === undefined
      ? {}
      : {
          tests: {
            file: at(tests),
            requirements: (read?.rest.test ?? []).filter((each) => !texts.has(formatRequirement(each))),
          },
        }),
    ...(files.includes('MANIFEST.in') ? { manifestIn: tree.read(at('MANIFEST.in'), 'utf8') ?? '' } : {}),
    ...(image === undefined ? {} : { base: { image, file: dockerfile } }),
  };
}
