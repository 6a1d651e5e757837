import type { TargetConfiguration } from '@nx/devkit';
import { MANIFEST, RECORD, TEST_RESULT } from '@wheelhouse/python-stage/wheelhouse';
import type { DependsOn, WheelTasks } from './local-tasks.js';
import { imageInputs, snapshotInputs, testInputs, wheelInputs, type InputFacts } from './inputs.js';
import type { TargetStatements } from './target-statements.js';
import { PLUGIN } from '../workspace/nx-json.js';
import type { TargetChoice, TargetChoices } from '../workspace/target-options.js';

/** What a project's targets are inferred from. */
export interface TargetFacts extends InputFacts {
  readonly targets: TargetChoices;
  /** The project's name in the workspace. */
  readonly name: string;
  readonly hasTests: boolean;
  /** What else is said of them, in `targetDefaults` and project.json. */
  readonly statements: TargetStatements;
  /** What its tasks wait for that other projects of the workspace do. */
  readonly tasks: { readonly wheel: WheelTasks; readonly test: WheelTasks; readonly lock: DependsOn };
}

/** The targets of a Python project, by their names. */
export function inferTargets(facts: TargetFacts): Record<string, TargetConfiguration> {
  const { targets, tasks, statements } = facts;
  const hasTests = facts.hasTests || statements.test?.isWanted === true;
  // The tasks that make files of the wheel, and what a target depends on that needs the wheel.
  const generators = [...new Set((facts.settings.generated ?? []).map(({ by }) => by))];
  const wheels = targets.buildWheel === undefined ? generators : present(targets.buildWheel);
  const inferred: Record<string, TargetConfiguration> = {};
  const add = (target: TargetChoice | undefined, description: string, configuration: TargetConfiguration): void => {
    if (target === undefined) return;
    inferred[target.name] = {
      ...configuration,
      ...(Object.keys(target.options).length === 0 ? {} : { options: target.options }),
      metadata: { description },
    };
  };
  add(targets.lock, 'Resolves the requirements of the project and writes its locks', {
    executor: `${PLUGIN}:lock`,
    cache: false,
    ...(tasks.lock.length === 0 ? {} : { dependsOn: tasks.lock }),
  });
  add(targets.snapshot, 'Fetches every file that building and testing the project uses', {
    executor: `${PLUGIN}:snapshot`,
    cache: true,
    inputs: snapshotInputs(facts),
    outputs: [`${outputDirectory('dist', facts)}/snapshot`],
  });
  add(targets.buildWheel, 'Builds the wheel and the wheelhouse to install it from, in a sandbox', {
    executor: `${PLUGIN}:build-wheel`,
    cache: true,
    dependsOn: [...present(targets.snapshot), ...tasks.wheel.dependsOn, ...generators],
    inputs: wheelInputs(facts, tasks.wheel.made),
    outputs: ['wheel', 'sdist', 'wheelhouse', MANIFEST].map((output) => `${outputDirectory('dist', facts)}/${output}`),
  });
  add(
    targets.venv,
    'Creates the development environment, with local projects installed as editable',
    // It names its place, and looks by itself whether it is as it has to be.
    { executor: `${PLUGIN}:venv`, cache: false, ...(generators.length === 0 ? {} : { dependsOn: generators }) },
  );
  add(targets.buildWheel === undefined ? undefined : targets.publish, 'Publishes the distributions to an index', {
    executor: `${PLUGIN}:publish`,
    cache: false,
    dependsOn: [...present(targets.buildWheel), ...(hasTests ? present(targets.test) : [])],
  });
  const images = (statements.releaseImage?.options ?? []).filter(({ base }) => base !== undefined);
  if (images.length > 0) {
    add(targets.releaseImage, 'Installs only the wheelhouse on a base image', {
      executor: `${PLUGIN}:release-image`,
      cache: images.every(isFixedImage),
      dependsOn: wheels,
      inputs: imageInputs(facts, targets.buildWheel !== undefined),
      outputs: [`${outputDirectory('dist', facts)}/image`],
    });
  }
  if (!hasTests) return inferred;
  add(targets.test, 'Tests the built wheel, in a sandbox', {
    executor: `${PLUGIN}:test`,
    // What services answer is no input.
    cache: statements.test?.options.every(({ services }) => services === undefined) === true,
    dependsOn: [...wheels, ...(targets.buildWheel === undefined ? [] : tasks.test.dependsOn)],
    inputs: testInputs(facts, targets.buildWheel !== undefined, tasks.test.made),
    outputs: ['junit.xml', 'coverage.xml', RECORD, TEST_RESULT].map(
      (output) => `${outputDirectory('reports', facts)}/${output}`,
    ),
  });
  return inferred;
}

/** Nx may cache an image whose base is named by its digest. An engine needs the image in any case. */
function isFixedImage({ base, engine = 'none' }: Readonly<Record<string, unknown>>): boolean {
  return engine === 'none' && typeof base === 'string' && base.includes('@sha256:');
}

function outputDirectory(kind: 'dist' | 'reports', { root }: InputFacts): string {
  return root === '.' ? `{workspaceRoot}/${kind}` : `{workspaceRoot}/${kind}/{projectRoot}`;
}

function present(target: TargetChoice | undefined): string[] {
  return target === undefined ? [] : [target.name];
}
