import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { isMap, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import type { ComposeProgram } from './docker.js';
import { askProgram, runProgram, type ProgramContext } from './program.js';

/** A compose file of a project, and how its services are run. */
export class ComposeProject {
  /** The names of its services. */
  readonly services: ReadonlySet<string>;
  /** The names of the images that it builds, where it gives them names. */
  readonly builtImages: readonly string[];
  /** The directories that its images are made from, relative to the workspace. */
  readonly contexts: readonly string[];

  /**
   * @param name of the Compose project: what containers, networks and volumes are called after
   * @param file relative to the workspace
   * @throws ElementError STAGE if the file does not exist, UNREADABLE if it is no compose file
   */
  constructor(
    private readonly program: ComposeProgram,
    private readonly name: string,
    readonly file: string,
    private readonly context: ProgramContext,
  ) {
    const services = servicesOf(join(context.directory, file), file);
    this.services = new Set(services.items.map(({ key }) => String(key)));
    this.builtImages = services.items.flatMap(({ value }) => {
      const image = isMap(value) && value.has('build') ? value.get('image') : undefined;
      return typeof image === 'string' ? [interpolated(image, context.environment)] : [];
    });
    this.contexts = services.items.flatMap(({ value }) => {
      const build = isMap(value) ? value.get('build') : undefined;
      const context = isMap(build) ? build.get('context') : build;
      return typeof context === 'string' ? [posix.join(posix.dirname(file), context)] : [];
    });
  }

  /** Runs a subcommand. @returns its exit code */
  async compose(...words: readonly string[]): Promise<number> {
    const command = [...this.program, '--project-name', this.name, '--file', this.file, ...words];
    return await runProgram(command, this.context);
  }

  /** Makes images. The containers of a step that fails are left by the first Compose alone, unless told otherwise. */
  async build(...services: readonly string[]): Promise<number> {
    return await this.compose('build', ...(this.program[0] === 'docker-compose' ? ['--force-rm'] : []), ...services);
  }

  /**
   * Runs only one service until it ends, and copies a directory out of its container, even if it failed.
   *
   * @param out from which directory of the container, to which of the workspace; absolute paths
   * @returns the service's exit code
   */
  async run(service: string, out?: { readonly from: string; readonly to: string }): Promise<number> {
    const container = `${this.name}-${service}-stage`;
    const docker = async (...words: readonly string[]): Promise<number> =>
      await runProgram(['docker', ...words], { ...this.context, signal: undefined });
    const remove = async (): Promise<void> => {
      await docker('container', 'rm', '--force', '--volumes', container);
    };
    // `docker run` refuses a name that a run which was killed has left.
    if (this.hasContainer(container)) await remove();
    const code = await this.compose('run', '-T', '--no-deps', '--name', container, service);
    const copied = out === undefined ? 0 : await docker('cp', `${container}:${out.from}/.`, out.to);
    await remove();
    return code === 0 ? copied : code;
  }

  /**
   * Removes containers, networks, volumes and images of the project, those that an earlier state of its file had among
   * them. Images that it takes from others stay.
   *
   * @returns the worst exit code
   */
  async remove(): Promise<number> {
    const codes = [await this.compose('down', '--volumes', '--remove-orphans', '--rmi', 'local')];
    const volumes = this.listed('volume', 'ls', '--quiet', '--filter', `label=com.docker.compose.project=${this.name}`);
    if (volumes.length > 0) codes.push(await runProgram(['docker', 'volume', 'rm', ...volumes], this.context));
    const images = this.builtImages.filter((image) => this.listed('image', 'ls', '--quiet', image).length > 0);
    if (images.length > 0) codes.push(await runProgram(['docker', 'image', 'rm', ...images], this.context));
    return Math.max(...codes);
  }

  private listed(...words: readonly string[]): string[] {
    const answer = askProgram(['docker', ...words], this.context);
    return answer !== 'absent' && 'output' in answer ? answer.output.split('\n').filter((line) => line !== '') : [];
  }

  private hasContainer(name: string): boolean {
    const found = askProgram(['docker', 'container', 'inspect', name], this.context);
    return found !== 'absent' && 'output' in found;
  }
}

/** A text with the variables of Compose's form `${NAME:-default}` put in (Compose specification, "Interpolation"). */
function interpolated(text: string, environment: NodeJS.ProcessEnv): string {
  return text.replaceAll(/\$\{(\w+)(?::?-([^}]*))?\}/g, (_whole, name: string, usual = '') => {
    const value = environment[name] ?? '';
    return value === '' ? String(usual) : value;
  });
}

function servicesOf(path: string, file: string): YAMLMap {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ElementError({
      code: 'STAGE',
      message: `\`${file}\` cannot be read`,
      hint: 'run `nx g @wheelhouse/scaffold:build-stage` to write it',
      cause,
    });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  const services = error === undefined ? document.get('services') : undefined;
  if (error === undefined && isMap(services)) return services;
  const { line, col } = lines.linePos(error?.pos[0] ?? 0);
  throw new ElementError({
    code: 'UNREADABLE',
    message: error === undefined ? 'it has no `services`' : `not valid YAML: ${error.message.split('\n')[0] ?? ''}`,
    origin: { file, line, column: col - 1 },
  });
}
