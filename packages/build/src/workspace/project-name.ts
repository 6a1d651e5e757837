import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '@wheelhouse/element/internal';

/**
 * The name that project.json or package.json give a project, as Nx takes it.
 *
 * @param directory absolute path of the project
 */
export function declaredName(directory: string): string | undefined {
  const packageJson = (): unknown => readJson(join(directory, 'package.json'));
  return text(member(readJson(join(directory, 'project.json')), 'name')) ?? nameOfPackage(packageJson());
}

/** What project.json, or else package.json, say of a project's targets. @param directory absolute path of the project */
export function declaredTargets(directory: string): {
  readonly targets?: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
  readonly namedInputs?: Readonly<Record<string, unknown>>;
} {
  const own = readJson(join(directory, 'project.json')) ?? member(readJson(join(directory, 'package.json')), 'nx');
  return typeof own === 'object' && own !== null ? own : {};
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
