/**
 * Writes docs/reference/plugin-options.md from the schema of the plugin's options. Run it after `npm run build` when an
 * option is added or described otherwise; a test says when the page is not current.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import prettier from 'prettier';
import { isMain, root } from './workspace.mjs';

/** Where the page lies. */
export const PAGE = join(root, 'docs', 'reference', 'plugin-options.md');

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows.map((row) => row.map(cell))].map((row) => `| ${row.join(' | ')} |`).join('\n');

/** A value of an executor's schema, as the page says what it is. */
function typeOf({ type, enum: words, items, oneOf }) {
  if (words !== undefined) return words.map((word) => `\`${word}\``).join(', ');
  if (oneOf !== undefined) return oneOf.map(typeOf).join(' or ');
  if (type === 'array') return `a list: ${typeOf(items)}`;
  // What is a text may be written as a number.
  const [first] = [type].flat();
  return first === 'string' ? 'text' : first;
}

function targetSection(option, { name, options }) {
  const file = join(root, 'packages', 'build', 'src', 'executors', name, 'schema.json');
  const { description, properties } = JSON.parse(readFileSync(file, 'utf8'));
  const rows = options.map((key) => [`\`${key}\``, typeOf(properties[key]), properties[key].description]);
  const own = rows.length === 0 ? '' : `\n\n${table(['key', 'value', 'what it does'], rows)}`;
  return `### \`${option}\`\n\n${description} The target is called \`${name}\` unless \`targetName\` says otherwise.${own}`;
}

function optionSection(name, { kind, meaning, usual, example }) {
  return [
    `### \`${name}\``,
    meaning,
    `- Value: ${kind.type}.`,
    `- Without it: ${usual}.`,
    `- Example: \`${JSON.stringify({ [name]: example })}\``,
  ].join('\n\n');
}

/** The text of the page. */
export async function pluginOptionsPage() {
  const { ENTRY_OPTIONS, SETTING_OPTIONS, TARGETS } = createRequire(import.meta.url)('@wheelhouse/build');
  const sections = (options, section) => Object.entries(options).map(([name, option]) => section(name, option));
  const text = [
    '# Options of the plugin',
    '<!-- Made by tools/plugin-options.mjs from the schema of the options. -->',
    'The options of `@wheelhouse/build` stand in `nx.json`, in the `options` of its entry in `plugins`. An option that does not exist, and a value that is not allowed, stop with the place in `nx.json`.',
    "The `include` and `exclude` beside `options` are Nx's own: globs of the metadata files (`pyproject.toml`, `setup.cfg`, `setup.py`) that the entry is for, relative to the workspace. There may be several entries; a project has the options of the last one that it fits.",
    '## Projects',
    ...sections(ENTRY_OPTIONS, optionSection),
    ...sections(SETTING_OPTIONS, optionSection),
    '## Targets',
    'Each is an object, or `false` to leave the target out. `targetName` gives the target another name; what else stands there is given to its executor, unless `project.json` or the command line say otherwise.',
    ...sections(TARGETS, targetSection),
  ].join('\n\n');
  return await prettier.format(text, { ...(await prettier.resolveConfig(PAGE)), filepath: PAGE });
}

if (isMain(import.meta.url)) writeFileSync(PAGE, await pluginOptionsPage());
