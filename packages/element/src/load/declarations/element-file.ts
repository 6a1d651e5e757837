import { posix } from 'node:path';
import { readDependencies, type DependencyDeclaration } from './dependency-declaration.js';
import { processDirectives } from '../directives/process-directives.js';
import { ElementError } from '../../base/error.js';
import { ErrorCollector } from '../../base/error-collector.js';
import { MappingNode } from '../node.js';
import type { Origin } from '../../base/origin.js';
import { PROJECT_CONF, type LoadedProject } from './project.js';

/** A source as an element's file declares it. */
export interface SourceDeclaration {
  readonly kind: string;
  readonly kindOrigin: Origin;
  /** Where below the element's sources it is staged, as written. */
  readonly directory: string | undefined;
  /** All other keys: the source's own configuration. */
  readonly config: MappingNode;
  /** The place of the whole declaration. */
  readonly origin: Origin;
}

/** What an element's file says, before any other layer is known. */
export interface ElementFile {
  /** Relative to the project's element path, with the suffix. */
  readonly name: string;
  readonly kind: string;
  readonly kindOrigin: Origin;
  readonly description: string;
  readonly dependencies: readonly DependencyDeclaration[];
  readonly sources: readonly SourceDeclaration[];
  readonly variables: MappingNode;
  readonly environment: MappingNode;
  readonly environmentNocache: readonly string[];
  readonly sandbox: MappingNode;
  readonly config: MappingNode;
  readonly public: MappingNode;
  /** The place of the whole dictionary. */
  readonly origin: Origin;
}

const KEYS = [
  'kind',
  'description',
  'depends',
  'build-depends',
  'runtime-depends',
  'sources',
  'sandbox',
  'variables',
  'environment',
  'environment-nocache',
  'config',
  'public',
];

/** Kinds that name other elements instead of being built. */
const NOT_YET: readonly string[] = ['junction', 'link'];

/**
 * Reads an element's file.
 *
 * @param from where the element is asked for; absent for a target
 * @throws ElementError MISSING_FILE, LOADING_DIRECTORY at `from`
 * @throws ElementErrors everything that is wrong with the file
 */
export async function loadElementFile(loaded: LoadedProject, name: string, from?: Origin): Promise<ElementFile> {
  const document = await readDocument(loaded, name, from);
  const errors = new ErrorCollector();
  const node = await processDirectives(document, { documents: loaded.documents, errors });
  // A file with directives that are not acted upon has keys that are not its own.
  errors.throwIfAny();
  errors.attempt(() => {
    node.validateKeys(KEYS);
  });
  const kind = errors.attempt(() => readKind(node));
  const section = (key: string): MappingNode =>
    errors.attempt(() => node.mapping(key)) ?? MappingNode.empty(node.origin);
  const file: ElementFile = {
    name,
    kind: kind?.kind ?? '',
    kindOrigin: kind?.kindOrigin ?? node.origin,
    description: errors.attempt(() => node.scalar('description'))?.asString() ?? '',
    dependencies: readDependencies(node, errors),
    sources: readSources(node, errors),
    variables: section('variables'),
    environment: section('environment'),
    environmentNocache:
      errors.attempt(() =>
        node
          .sequence('environment-nocache')
          ?.scalars()
          .map((item) => item.asString()),
      ) ?? [],
    sandbox: section('sandbox'),
    config: section('config'),
    public: section('public'),
    origin: node.origin,
  };
  errors.throwIfAny();
  return file;
}

async function readDocument(loaded: LoadedProject, name: string, from: Origin | undefined): Promise<MappingNode> {
  const { documents, project } = loaded;
  const document = await readIfThere(loaded, name, from);
  if (document !== undefined) return document;
  const shorter = posix.relative(project.elementPath, name);
  const found =
    !shorter.startsWith('..') && (await documents.kind(posix.join(project.elementPath, shorter))) === 'file';
  throw new ElementError({
    code: 'MISSING_FILE',
    message: `Could not find element '${name}' in elements directory '${project.directory}/${project.elementPath}'`,
    origin: from,
    hint: found ? `did you mean \`${shorter}\`? Names are relative to \`element-path\` of ${PROJECT_CONF}` : undefined,
  });
}

async function readIfThere(
  { documents, project }: LoadedProject,
  name: string,
  from: Origin | undefined,
): Promise<MappingNode | undefined> {
  const path = posix.join(project.elementPath, name);
  try {
    return await documents.read(path, name);
  } catch (error) {
    if (!(error instanceof ElementError) || error.origin !== undefined) throw error;
    if (error.code !== 'LOADING_DIRECTORY') throw error.at(from);
    const suggestion = `${name}.bst`;
    throw new ElementError({
      code: error.code,
      message: error.reason,
      origin: from,
      hint: (await documents.kind(`${path}.bst`)) === 'file' ? `did you mean \`${suggestion}\`?` : undefined,
      cause: error,
    });
  }
}

function readKind(node: MappingNode): { readonly kind: string; readonly kindOrigin: Origin } {
  const kind = node.required('kind', node.scalar('kind'));
  if (NOT_YET.includes(kind.asString())) {
    throw new ElementError({
      code: 'UNSUPPORTED_PROJECT',
      message: `Elements of kind \`${kind.asString()}\` are not supported yet`,
      origin: kind.origin,
      hint: 'copy the elements that it refers to into this project',
    });
  }
  return { kind: kind.asString(), kindOrigin: kind.origin };
}

function readSources(node: MappingNode, errors: ErrorCollector): SourceDeclaration[] {
  const list = errors.attempt(() => node.sequence('sources')?.mappings()) ?? [];
  return list.flatMap((source) => errors.attempt(() => [readSource(source)]) ?? []);
}

function readSource(source: MappingNode): SourceDeclaration {
  const kind = source.required('kind', source.scalar('kind'));
  // Describes where the source comes from; builds do not use it.
  source.mapping('provenance');
  const own = new Map(source.entries);
  for (const key of ['kind', 'directory', 'provenance']) own.delete(key);
  return {
    kind: kind.asString(),
    kindOrigin: kind.origin,
    directory: source.scalar('directory')?.asString(),
    config: new MappingNode(own, source.origin),
    origin: source.origin,
  };
}
