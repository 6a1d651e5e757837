import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { isAbsolute, join, posix, relative } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { readFileBytes } from '@wheelhouse/element/internal';
import type { Looks } from '../files/looks.js';
import type { RequirementsSettings } from './requirements-settings.js';
import { metadataText } from './text-bytes.js';
import type { AddressBase } from '../requirements/address.js';

/** What reading a project's files depends on beside the files. */
export interface FileChoices {
  readonly settings?: RequirementsSettings | undefined;
  readonly environment?: NodeJS.ProcessEnv | undefined;
  /** Told what is looked at. */
  readonly looks?: Looks | undefined;
}

/** The files of one project that its metadata comes from, each read once and remembered by its digest. */
export class ProjectFiles {
  private readonly texts = new Map<string, string | undefined>();
  private readonly variables = new Map<string, string | undefined>();
  private real: string | undefined;

  /**
   * @param directory the project's, absolute
   * @param root the same relative to the workspace
   * @param workspace absolute: nothing is read that is outside of it, links followed
   * @param choices which files are read beside those with metadata, and where variables come from
   */
  constructor(
    readonly directory: string,
    readonly root: string,
    private readonly workspace: string,
    private readonly choices: FileChoices = {},
  ) {}

  /** Which requirements files are the project's. */
  get settings(): RequirementsSettings {
    return this.choices.settings ?? {};
  }

  /** The value of a variable that a requirements file names; remembered by its digest. */
  variable(name: string): string | undefined {
    const value = this.choices.environment?.[name];
    this.variables.set(name, value);
    return value;
  }

  /** The variables asked for so far. */
  get variableNames(): string[] {
    return [...this.variables.keys()].sort();
  }

  /** Where paths in a file begin. @param name relative to the project */
  base(name: string): AddressBase {
    return { workspace: this.workspace, directory: posix.dirname(this.label(name)) };
  }

  /**
   * A file's text. @param name relative to the project @returns `undefined` if the file does not exist
   *
   * @throws ElementError OUTSIDE_WORKSPACE if a link leads out of the workspace
   */
  read(name: string): string | undefined {
    if (!this.texts.has(name)) this.texts.set(name, this.readInside(name));
    return this.texts.get(name);
  }

  private readInside(name: string): string | undefined {
    const path = join(this.directory, name);
    this.choices.looks?.file(path);
    if (this.label(name).startsWith('../')) throw this.outside(name, path);
    const text = readText(path, this.label(name));
    if (text === undefined) return undefined;
    const real = realpathSync.native(path);
    if (!relative(this.realWorkspace(), real).startsWith('../')) return text;
    throw this.outside(name, real);
  }

  private realWorkspace(): string {
    this.real ??= realpathSync.native(this.workspace);
    return this.real;
  }

  private outside(name: string, real: string): ElementError {
    return new ElementError({
      code: 'OUTSIDE_WORKSPACE',
      message: `\`${this.label(name)}\` points outside the workspace, to \`${real}\``,
      hint: 'sandboxes contain only files of the workspace: move the file into it',
    });
  }

  /** A file as the user knows it: relative to the workspace. */
  label(name: string): string {
    return posix.join(this.root, name);
  }

  /** Whether a path that metadata names stays inside the project. */
  holds(name: string): boolean {
    const path = posix.normalize(name);
    return !isAbsolute(name) && path !== '..' && !path.startsWith('../');
  }

  /** What was read: names with the SHA-256 of their content, `null` for what does not exist; variables as `${NAME}`. */
  digests(): Record<string, string | null> {
    const variables = [...this.variables].map(([name, value]) => [`\${${name}}`, value] as const);
    return Object.fromEntries(
      [...this.texts, ...variables].map(([name, text]) => [name, text === undefined ? null : sha256(text)]),
    );
  }

  /** Whether all files of `digests` are what they were then. */
  match(digests: Readonly<Record<string, string | null>>): boolean {
    return Object.entries(digests).every(([name, digest]) => {
      const [, variable] = /^\$\{(.*)\}$/.exec(name) ?? [];
      const text = variable === undefined ? this.read(name) : this.variable(variable);
      return (text === undefined ? null : sha256(text)) === digest;
    });
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function readText(path: string, label: string): string | undefined {
  try {
    const bytes = readFileBytes(path, label);
    return bytes === undefined ? undefined : metadataText(bytes, label);
  } catch (error) {
    if (error instanceof ElementError && error.code === 'LOADING_DIRECTORY') return undefined;
    throw error;
  }
}
