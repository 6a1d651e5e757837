import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ElementError, type MappingNode, type ScalarNode } from '@wheelhouse/element';
import { ErrorCollector, namesIn, parseYaml, readDataFile } from '@wheelhouse/element/internal';
import { TEMPLATES } from './elements-of-plan.js';
import { shortDigest } from './planned-element.js';
import { pythonElements } from '../elements/python-elements.js';

/**
 * The templates that a project can have its own version of (docs/adr/0047): those of elements that are made for it
 * alone, and of the environments of its own locks.
 */
export const EJECTABLE_TEMPLATES = ['wheel', 'sdist', 'test', 'installed', 'env', 'hook'] as const;

/** A template that a project can have its own version of. */
export type EjectableTemplate = (typeof EJECTABLE_TEMPLATES)[number];

/** The directory of a project's own templates, relative to the project. */
export const EJECTED_DIRECTORY = '.wheelhouse';

/** A project's own version of a template. */
export interface EjectedTemplate {
  /** What it says; its places name the project's file. */
  readonly node: MappingNode;
  /**
   * A few digits that stand for what it says, for the names of elements that projects share. Absent if it says what
   * the template says that comes with this package.
   */
  readonly identity?: string;
}

/** A project's own templates. */
export type EjectedTemplates = ReadonlyMap<EjectableTemplate, EjectedTemplate>;

/** The file of a project's own version of a template. @param root the project's directory, relative to the workspace */
export function ejectedPath(root: string, template: EjectableTemplate): string {
  return posix.join(root, EJECTED_DIRECTORY, `${template}.bst`);
}

/** The element files in the directory of a project's own templates, relative to the workspace, sorted. */
export function ejectedFiles(root: string, workspace: string): string[] {
  const directory = posix.join(root, EJECTED_DIRECTORY);
  return namesIn(join(workspace, directory))
    .filter((name) => name.endsWith('.bst'))
    .sort()
    .map((name) => posix.join(directory, name));
}

/**
 * The text that a project's own version of a template begins with: the template's own, and as comments what is below
 * it, the defaults of its kind. It gives every element the key that it has without it.
 */
export function ejectedText(template: EjectableTemplate): string {
  const text = readFileSync(join(TEMPLATES, `${template}.bst`), 'utf8');
  const kind = kindOf(template);
  const defaults = pythonElements.find((each) => each.kind === kind)?.defaults;
  if (defaults === undefined) throw new Error(`the kind ${kind} of the template ${template} has no defaults`);
  const comments = readFileSync(defaults, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '#' : `# ${line}`));
  return [text, '# The defaults below this file; override them key by key:', '#', ...comments, ''].join('\n');
}

/**
 * The templates that a project has of its own.
 *
 * @param root the project's directory, relative to the workspace
 * @param workspace absolute path
 * @throws ElementError INVALID_YAML; INVALID_DATA for a file that has the name of no template, or another kind
 * @throws ElementErrors all of that, if there is more than one
 */
export function readEjected(root: string, workspace: string): EjectedTemplates {
  const errors = new ErrorCollector();
  const templates = new Map<EjectableTemplate, EjectedTemplate>();
  for (const file of ejectedFiles(root, workspace)) {
    errors.attempt(() => {
      const template = templateOf(file);
      const node = parseYaml(readFileSync(join(workspace, file), 'utf8'), file);
      checkKind(node.required('kind', node.scalar('kind')), template);
      templates.set(template, { node, ...identityOf(node, template) });
    });
  }
  errors.throwIfAny();
  return templates;
}

function templateOf(file: string): EjectableTemplate {
  const name = posix.basename(file, '.bst');
  const template = EJECTABLE_TEMPLATES.find((each) => each === name);
  if (template !== undefined) return template;
  throw new ElementError({
    code: 'INVALID_DATA',
    message: `\`${name}\` is not a template that projects can override`,
    origin: { file, line: 1, column: 0 },
    hint: `the templates are ${EJECTABLE_TEMPLATES.map((each) => `\`${each}\``).join(', ')}`,
  });
}

/** The plan fills in what this kind asks for, and takes out what it leaves. */
function checkKind(kind: ScalarNode, template: EjectableTemplate): void {
  const expected = kindOf(template);
  if (kind.asString() === expected) return;
  throw new ElementError({
    code: 'INVALID_DATA',
    message: `the kind is \`${kind.asString()}\`, but the template \`${template}\` has the kind \`${expected}\``,
    origin: kind.origin,
    hint: 'its `config` defines what it runs',
  });
}

function kindOf(template: EjectableTemplate): string {
  return shipped(template).scalar('kind')?.asString() ?? '';
}

function shipped(template: EjectableTemplate): MappingNode {
  return readDataFile(join(TEMPLATES, `${template}.bst`)).node;
}

function identityOf(node: MappingNode, template: EjectableTemplate): Pick<EjectedTemplate, 'identity'> {
  const identity = shortDigest(contentOf(node));
  return identity === shortDigest(contentOf(shipped(template))) ? {} : { identity };
}

/** What can change a key. */
function contentOf(node: MappingNode): unknown {
  const { description: _, ...content } = node.toPlain();
  return content;
}
