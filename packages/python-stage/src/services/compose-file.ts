import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import type { ComposeService } from './compose-service.js';
import { readService } from './read-service.js';

/** Where compose files usually are, relative to the project. */
const USUAL = [
  'compose.yaml',
  'compose.yml',
  'docker-compose.yaml',
  'docker-compose.yml',
  'docker/dev/docker-compose.yml',
];

/** What services are looked for in. */
export interface ComposeRequest {
  /** Absolute path of the workspace. */
  readonly workspace: string;
  /** Absolute path of the project. */
  readonly directory: string;
  /** Relative to the project; default: one of the usual ones. */
  readonly composeFile?: string;
  /** The services that are asked for. */
  readonly names: readonly string[];
  /** What variables in the file stand for. */
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * The services of a compose file that are asked for, and those that they depend on, in the order in which they are
 * started (Compose specification).
 *
 * @throws ElementError SERVICE
 */
export async function readComposeServices(request: ComposeRequest): Promise<ComposeService[]> {
  const path = composePath(request);
  const file = relative(request.workspace, path);
  const services = await parse(path, file);
  const ordered = new Map<string, ComposeService>();
  const visit = (name: string, via: readonly string[]): void => {
    if (ordered.has(name)) return;
    if (via.includes(name)) throw wrong(file, `services depend on each other: ${[...via, name].join(', ')}`);
    const value = services[name];
    if (value === undefined) throw unknown(file, name, Object.keys(services));
    const service = readService(name, value, { file, environment: request.environment });
    for (const needed of service.dependsOn) visit(needed, [...via, name]);
    ordered.set(name, service);
  };
  for (const name of request.names) visit(name, []);
  return [...ordered.values()];
}

function composePath({ directory, workspace, composeFile }: ComposeRequest): string {
  const places = composeFile === undefined ? USUAL : [composeFile];
  const found = places.map((place) => join(directory, place)).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new ElementError({
    code: 'SERVICE',
    message: `compose file not found: \`${relative(workspace, join(directory, places[0] ?? ''))}\``,
    hint:
      composeFile === undefined
        ? `the default names are ${USUAL.map((each) => `\`${each}\``).join(', ')}; set another with the option \`composeFile\``
        : 'the option `composeFile` is relative to the project',
  });
}

async function parse(path: string, file: string): Promise<Readonly<Record<string, unknown>>> {
  const { parseDocument } = await import('yaml');
  // Anchors that are merged are common in compose files.
  const document = parseDocument(readFileSync(path, 'utf8'), { merge: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const [start] = error.linePos ?? [];
    throw new ElementError({
      code: 'SERVICE',
      message: error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:$/, '') ?? 'not valid YAML',
      origin: { file, line: start?.line ?? 1, column: (start?.col ?? 1) - 1 },
    });
  }
  const value = document.toJS() as { readonly services?: unknown } | null;
  const services = value?.services;
  if (typeof services === 'object' && services !== null) return services as Readonly<Record<string, unknown>>;
  throw wrong(file, 'there are no `services`');
}

function unknown(file: string, name: string, known: readonly string[]): ElementError {
  return new ElementError({
    code: 'SERVICE',
    message: `${file}: unknown service \`${name}\``,
    hint: `its services are ${known.map((each) => `\`${each}\``).join(', ')}`,
  });
}

function wrong(file: string, what: string): ElementError {
  return new ElementError({ code: 'SERVICE', message: `${file}: ${what}` });
}
