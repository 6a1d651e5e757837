import type { ProjectConfiguration, TargetConfiguration } from '@nx/devkit';
import type { Inputs } from './inputs.js';

/** The name by which the targets of a project have the inputs that they share, if no other one has it. */
export const SHARED_INPUTS = 'wheelhouse';

/** What is inferred of the inputs of a project. */
export interface ProjectInputs {
  readonly targets: Readonly<Record<string, TargetConfiguration>>;
  readonly namedInputs?: ProjectConfiguration['namedInputs'];
}

/**
 * The same inputs in fewer bytes: what all targets share is a named input of the project, and the files of a directory
 * are one pattern. Nx keeps its graph as one file and hands it from process to process, and matches every pattern with
 * every file of the workspace (docs/adr/0109).
 *
 * @param isTaken whether nx.json or the project means something by a name
 */
export function shortInputs(
  { targets, namedInputs = {} }: ProjectInputs,
  root: string,
  isTaken: (name: string) => boolean,
): ProjectInputs {
  const short = (inputs: Inputs): Inputs => joinedFiles(inputs, root);
  const shared = isTaken(SHARED_INPUTS) || namedInputs[SHARED_INPUTS] !== undefined ? [] : sharedInputs(targets);
  const known = new Set(shared.map((input) => JSON.stringify(input)));
  const named = {
    ...Object.fromEntries(Object.entries(namedInputs).map(([name, inputs]) => [name, short(inputs)])),
    ...(shared.length === 0 ? {} : { [SHARED_INPUTS]: short(shared) }),
  };
  const shortened = Object.entries(targets).map(([name, target]): [string, TargetConfiguration] => {
    const { inputs } = target;
    if (inputs === undefined) return [name, target];
    const own = inputs.filter((input) => !known.has(JSON.stringify(input)));
    return [name, { ...target, inputs: [...short(own), ...(shared.length === 0 ? [] : [SHARED_INPUTS])] }];
  });
  return {
    targets: Object.fromEntries(shortened),
    ...(Object.keys(named).length === 0 ? {} : { namedInputs: named }),
  };
}

/** The inputs that all targets with inputs have, if there are several. What removes files counts for its list alone. */
function sharedInputs(targets: ProjectInputs['targets']): Inputs {
  const [first, ...others] = Object.values(targets).flatMap(({ inputs }) => (inputs === undefined ? [] : [inputs]));
  if (first === undefined || others.length === 0) return [];
  const sets = others.map((inputs) => new Set(inputs.map((input) => JSON.stringify(input))));
  return first.filter((input) => {
    if (typeof input === 'string' && input.startsWith('!')) return false;
    const text = JSON.stringify(input);
    return sets.every((set) => set.has(text));
  });
}

/** Globs that mean the same among others in braces. */
const PLAIN = /^[\w.*/@+-]+$/;

/** Each input once, and those patterns of files that begin alike as one. */
function joinedFiles(inputs: Inputs, root: string): Inputs {
  const own = root === '.' ? '{workspaceRoot}/' : `{workspaceRoot}/${root}/`;
  const prefixes = [own, '{workspaceRoot}/', '^{projectRoot}/', `!${own}`, '!{workspaceRoot}/'];
  const globs = new Map<string, Set<string>>();
  const joined: (Inputs[number] | { readonly prefix: string })[] = [];
  const seen = new Set<string>();
  for (const input of inputs) {
    const prefix = typeof input === 'string' ? prefixes.find((each) => input.startsWith(each)) : undefined;
    const glob = typeof input === 'string' && prefix !== undefined ? input.slice(prefix.length) : '';
    if (prefix !== undefined && PLAIN.test(glob) && glob !== '**/*') {
      const known = globs.get(prefix);
      if (known !== undefined) known.add(glob);
      else {
        globs.set(prefix, new Set([glob]));
        joined.push({ prefix });
      }
      continue;
    }
    const text = JSON.stringify(input);
    if (!seen.has(text)) joined.push(input);
    seen.add(text);
  }
  return joined.map((input) => {
    if (typeof input !== 'object' || !('prefix' in input)) return input;
    const [first = '', ...others] = globs.get(input.prefix) ?? [];
    return input.prefix + (others.length === 0 ? first : `{${[first, ...others].join(',')}}`);
  });
}
