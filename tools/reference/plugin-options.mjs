/** The page of the plugin's options, from their schema in `@wheelhouse/build` and the schemas of executors. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { madeBy, table, typeOf } from './page.mjs';
import { root } from '../workspace.mjs';

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
export function pluginOptions() {
  const { ENTRY_OPTIONS, SETTING_OPTIONS, TARGETS } = createRequire(import.meta.url)('@wheelhouse/build');
  const sections = (options, section) => Object.entries(options).map(([name, option]) => section(name, option));
  return [
    '# Options of the plugin',
    madeBy('the schema of the options'),
    'The options of `@wheelhouse/build` stand in `nx.json`, in the `options` of its entry in `plugins`. An option that does not exist, and a value that is not allowed, stop with the place in `nx.json`.',
    "The `include` and `exclude` beside `options` are Nx's own: globs of the metadata files (`pyproject.toml`, `setup.cfg`, `setup.py`) that the entry is for, relative to the workspace. There may be several entries; a project has the options of the last one that it fits.",
    '## Projects',
    ...sections(ENTRY_OPTIONS, optionSection),
    ...sections(SETTING_OPTIONS, optionSection),
    '## Targets',
    'Each is an object, or `false` to leave the target out. `targetName` gives the target another name; what else stands there is given to its executor, unless `project.json` or the command line say otherwise.',
    ...sections(TARGETS, targetSection),
  ].join('\n\n');
}
