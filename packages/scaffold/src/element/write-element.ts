import { basename, join, posix } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { diskDocuments, loadProject, PROJECT_CONF } from '@wheelhouse/element/internal';
import { elementText, projectConf, TOOLCHAIN, type GeneratedKind } from './element-text.js';
import type { Changes } from '../merge/changes.js';

/** An element that is to be written. */
export interface ElementRequest {
  readonly name: string;
  /** The directory of the project of elements, relative to the workspace. */
  readonly root: string;
  readonly kind: GeneratedKind;
  readonly depends: readonly string[];
  readonly source?: string | undefined;
}

const TOOLCHAIN_NAME = 'toolchain.bst';

/**
 * Writes an element, and a project.conf and a toolchain if there are none.
 *
 * @throws ElementError NAME, OPTION, PLACE, and all that is wrong with a project.conf that is there
 */
export async function writeElement(changes: Changes, request: ElementRequest): Promise<void> {
  const { tree } = changes;
  const { root, kind, depends, source } = request;
  const conf = posix.join(root, PROJECT_CONF);
  const directory = join(tree.root, root);
  const isNew = !tree.exists(conf);
  const path = isNew ? 'elements' : await elementPathOf(directory);
  const at = (name: string): string => posix.join(root, path, name);
  const name = elementName(request.name);
  checkSource(changes, request);
  const usesCommands = kind === 'manual' || kind === 'script';
  const missing = depends.filter((each) => !tree.exists(at(each)));
  if (missing.length > 0) {
    throw new ElementError({
      code: 'OPTION',
      message: `the element \`${missing[0] ?? ''}\` does not exist in \`${at('')}\``,
      hint: 'name elements of the project with `.bst`, relative to its `element-path`',
    });
  }
  if (isNew) changes.write(conf, projectConf(projectName(directory)));
  if (usesCommands && !tree.exists(at(TOOLCHAIN_NAME))) changes.write(at(TOOLCHAIN_NAME), TOOLCHAIN);
  const toolchain = usesCommands ? TOOLCHAIN_NAME : undefined;
  changes.write(
    at(name),
    elementText({ kind, depends: depends.filter((each) => each !== toolchain), toolchain, source }),
  );
}

/** Where the elements of a project that is there are. @throws ElementErrors what is wrong with its project.conf */
async function elementPathOf(directory: string): Promise<string> {
  return (await loadProject({ documents: diskDocuments(directory), directory, maxJobs: 1 })).elementPath;
}

function checkSource({ tree }: Changes, { kind, source, root }: ElementRequest): void {
  const takes = kind === 'manual' || kind === 'import';
  if (source === undefined && kind === 'import') {
    throw new ElementError({
      code: 'OPTION',
      message: 'an element of kind `import` has no source',
      hint: 'pass `--source` with a file or directory of the project',
    });
  }
  if (source !== undefined && !takes) {
    throw new ElementError({
      code: 'OPTION',
      message: `the option \`source\` is \`${source}\`, but elements of kind \`${kind}\` have no source`,
      hint: 'kinds with sources are `manual` and `import`',
    });
  }
  if (source === undefined || tree.exists(posix.join(root, source))) return;
  throw new ElementError({
    code: 'PLACE',
    message: `\`${posix.join(root, source)}\` does not exist`,
    hint: 'a source is a file or directory inside the element project, relative to it',
  });
}

function elementName(given: string): string {
  const name = given.endsWith('.bst') ? given : `${given}.bst`;
  if (/^[\w.-]+(\/[\w.-]+)*$/.test(name) && !name.split('/').some((part) => /^\.+$/.test(part))) return name;
  throw new ElementError({
    code: 'NAME',
    message: `\`${given}\` is not an element name`,
    hint: 'it must be a path of ASCII letters, digits, `-`, `_` and `.`, such as `base/zlib.bst`',
  });
}

/** BuildStream: letters, digits, dashes and underscores, and no digit first. */
function projectName(directory: string): string {
  return basename(directory)
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^(?![A-Za-z_])/, 'project-');
}
