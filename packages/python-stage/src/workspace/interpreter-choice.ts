import { join } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { chooseInterpreter, findPython, type Interpreter, type InterpreterRequest } from '@wheelhouse/python/internal';
import type { DescribeRoot } from '../toolchains/root-description.js';
import { rootLabel, type RootToolchain } from '../toolchains/toolchain.js';
import { rootPrograms } from './root-programs.js';
import { isRoot, type ToolchainChoice } from './toolchain-choice.js';
import type { WorkspaceProject } from './workspace-project.js';

/** Where interpreters are looked for. */
export interface InterpreterPlaces {
  /** Absolute path of the workspace. */
  readonly directory: string;
  /** Where those of this machine are looked for (`PATH`, pyenv's variables). */
  readonly environment: NodeJS.ProcessEnv;
  /** Describes toolchains that are not of this machine; without it, projects with such a one cannot be planned. */
  readonly describeRoot?: DescribeRoot | undefined;
  /** The path of a file in which something is remembered between runs, by its name. */
  memo(name: string): string;
}

/** Chooses the interpreters of the projects of a workspace. */
export class InterpreterChoice {
  constructor(
    private readonly places: InterpreterPlaces,
    private readonly toolchains: ToolchainChoice,
  ) {}

  /** The interpreter a project is built with: that of its toolchain. @throws ElementError INTERPRETER, TOOLCHAIN */
  async of(project: WorkspaceProject): Promise<Interpreter> {
    const toolchain = this.toolchains.of(project);
    return isRoot(toolchain) ? await this.ofRoot(project, toolchain) : await this.local(project);
  }

  /**
   * The interpreter of this machine that a project's development environment has: of a project whose toolchain is not
   * of this machine, one of the same minor version.
   *
   * @throws ElementError INTERPRETER
   */
  async ofMachine(project: WorkspaceProject): Promise<Interpreter> {
    const toolchain = this.toolchains.of(project);
    if (!isRoot(toolchain)) return await this.local(project);
    const { version } = await this.ofRoot(project, toolchain);
    return await this.local(project, version.split('.').slice(0, 2).join('.'));
  }

  /** Absolute path of a Python of this machine that stands for a project's where none of its code is run. @throws ElementError INTERPRETER */
  async anyOfMachine(project: WorkspaceProject): Promise<string> {
    return isRoot(this.toolchains.of(project))
      ? await findPython(this.places.environment, this.memo())
      : (await this.local(project)).executable;
  }

  private async ofRoot(project: WorkspaceProject, toolchain: RootToolchain): Promise<Interpreter> {
    const { programs, check } = rootPrograms(this.request(project, project.ref.python));
    const described = await this.places.describeRoot?.({ toolchain, programs });
    if (described === undefined) throw new Error('a toolchain was requested of a workspace without an engine');
    check(described.interpreter, rootLabel(toolchain));
    if (toolchain.kind === 'debian') return described.interpreter;
    const missing = toolchain.systemPackages.filter((name) => described.packages?.includes(name) === false);
    if (missing.length === 0) return described.interpreter;
    throw new ElementError({
      code: 'TOOLCHAIN',
      message: `the image \`${toolchain.image}\` does not have the packages ${missing.map((name) => `\`${name}\``).join(', ')}, which \`${project.ref.name}\` needs`,
      hint: 'packages are not added to images: use an image that has them',
    });
  }

  private async local(project: WorkspaceProject, python = project.ref.python): Promise<Interpreter> {
    const { environment } = this.places;
    return await chooseInterpreter({ ...this.request(project, python), environment, memo: this.memo() });
  }

  private request(
    { ref, metadata }: WorkspaceProject,
    python: string | undefined,
  ): Omit<InterpreterRequest, 'environment' | 'memo'> {
    const { requiresPython, origins } = metadata;
    return {
      ...(python === undefined ? {} : { python }),
      project: join(this.places.directory, ref.root),
      projectName: ref.name,
      workspace: this.places.directory,
      ...(requiresPython === undefined ? {} : { requiresPython }),
      ...(origins.requiresPython === undefined ? {} : { requiresPythonOrigin: origins.requiresPython }),
    };
  }

  private memo(): string {
    return this.places.memo('python-interpreters');
  }
}
