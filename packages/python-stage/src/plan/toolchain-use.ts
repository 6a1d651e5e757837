import type { EjectableTemplate } from './ejected-templates.js';
import type { PlannedProject } from './planned-project.js';
import type { ToolchainUse } from './toolchain-element.js';

/** What a toolchain is chosen by. */
export interface ChosenToolchain {
  readonly use: ToolchainUse;
  /** Why, as a clause. */
  readonly why: string;
}

/** What of a project decides it. */
interface BuiltProject extends Pick<PlannedProject, 'metadata' | 'ejected'> {
  readonly builtWith?: readonly unknown[];
}

/**
 * What a build of a project's own needs (docs/adr/0104): `python` only where files alone say that nothing can be compiled.
 * A template of the project's own has commands that nobody knows, and so has what projects of the workspace bring.
 */
export function toolchainUse(
  { metadata, builtWith = [], ejected }: BuiltProject,
  template: EjectableTemplate,
): ChosenToolchain {
  const { backend } = metadata.buildSystem;
  if (ejected?.get(template)?.identity !== undefined) {
    return { use: 'native', why: `the project has its own template \`${template}\`` };
  }
  if (builtWith.length > 0) {
    return { use: 'native', why: 'the project is built with projects of the workspace' };
  }
  if (metadata.isPure === true) return { use: 'python', why: `\`${backend}\` compiles nothing here` };
  return { use: 'native', why: `\`${backend}\`, a build requirement, or code of the project may compile` };
}
