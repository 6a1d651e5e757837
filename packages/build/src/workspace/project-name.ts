import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '@wheelhouse/element/internal';
import type { Looks } from '@wheelhouse/python/internal';

/**
 * The name that project.json or package.json give a project, as Nx takes it.
 *
 * @param directory absolute path of the project
 */
export function declaredName(directory: string): string | undefined {
  return declaredProject(directory).name;
}

/** What project.json and package.json say of a project. */
export interface DeclaredProject {
  readonly name?: string;
  readonly hasProjectJson: boolean;
  /** What project.json, or else package.json, say of its targets. */
  readonly targets: {
    readonly targets?: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
    readonly namedInputs?: Readonly<Record<string, unknown>>;
  };
}

/** Reads both files. @param directory absolute path of the project @param looks told what is looked at */
export function declaredProject(directory: string, looks?: Looks): DeclaredProject {
  const read = (file: string): unknown => {
    looks?.file(join(directory, file));
    return readJson(join(directory, file));
  };
  const [projectJson, packageJson] = [read('project.json'), read('package.json')];
  const own = projectJson ?? member(packageJson, 'nx');
  const name = text(member(projectJson, 'name')) ?? nameOfPackage(packageJson);
  const [targets, namedInputs] = [member(own, 'targets'), member(own, 'namedInputs')];
  return {
    ...(name === undefined ? {} : { name }),
    hasProjectJson: existsSync(join(directory, 'project.json')),
    targets: {
      ...(targets === undefined ? {} : { targets }),
      ...(namedInputs === undefined ? {} : { namedInputs }),
    } as DeclaredProject['targets'],
  };
}

function nameOfPackage(json: unknown): string | undefined {
  return text(member(member(json, 'nx'), 'name')) ?? text(member(json, 'name'));
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A file that does not exist, or that Nx will report as invalid, provides no name. */
export function readJson(path: string): unknown {
  // Most projects have neither file, and an error that is thrown takes longer than this.
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
