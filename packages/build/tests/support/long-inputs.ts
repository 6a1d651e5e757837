import type { ProjectConfiguration, TargetConfiguration } from '@nx/devkit';

type Inputs = NonNullable<TargetConfiguration['inputs']>;

/** A project with all inputs of its targets one by one: without the name of what they share, and without braces. */
export function withLongInputs(project: ProjectConfiguration): ProjectConfiguration {
  const { wheelhouse: shared = [], ...namedInputs } = project.namedInputs ?? {};
  const long = (inputs: readonly unknown[]): Inputs =>
    inputs.flatMap((input) => (input === 'wheelhouse' ? long(shared) : oneByOne(input as Inputs[number])));
  const targets = Object.entries(project.targets ?? {}).map(([name, target]): [string, TargetConfiguration] => [
    name,
    target.inputs === undefined ? target : { ...target, inputs: long(target.inputs) },
  ]);
  const named = Object.entries(namedInputs).map(([name, inputs]) => [name, long(inputs)] as const);
  const { namedInputs: _, ...others } = project;
  return {
    ...others,
    targets: Object.fromEntries(targets),
    ...(named.length === 0 ? {} : { namedInputs: Object.fromEntries(named) }),
  };
}

function oneByOne(input: Inputs[number]): Inputs {
  const match = typeof input === 'string' ? /^(.*\/)\{([^{}]*)\}$/.exec(input) : undefined;
  const [, prefix, globs] = match ?? [];
  return globs === undefined ? [input] : globs.split(',').map((glob) => `${prefix ?? ''}${glob}`);
}
