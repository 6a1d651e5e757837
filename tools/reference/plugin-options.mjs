/** The page of the plugin's options, from their schema and the schemas of executors. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { madeBy, table, typeOf } from './page.mjs';
import { pluginSchema, withReferences } from '../option-types.mjs';
import { root } from '../workspace.mjs';

function targetSection(option, { oneOf: [, { properties }] }) {
  const { targetName, ...options } = properties;
  const file = join(root, 'packages', 'build', 'src', 'executors', targetName.default, 'schema.json');
  const { description } = JSON.parse(readFileSync(file, 'utf8'));
  const rows = Object.entries(options).map(([key, schema]) => [`\`${key}\``, typeOf(schema), schema.description]);
  const own = rows.length === 0 ? '' : `\n\n${table(['key', 'value', 'what it does'], rows)}`;
  return `### \`${option}\`\n\n${description} The target is called \`${targetName.default}\` unless \`targetName\` says otherwise.${own}`;
}

function valueOf(schema) {
  const { describeOption } = createRequire(import.meta.url)(
    join(root, 'packages/build/dist/workspace/option-check.js'),
  );
  const words = schema.items?.enum?.map((word) => `\`${word}\``).join(', ');
  return `${describeOption(schema)}${words === undefined ? '' : `, each of ${words}`}`;
}

function optionSection(name, schema) {
  return [
    `### \`${name}\``,
    schema.description,
    `- Value: ${valueOf(schema)}.`,
    `- Without it: ${schema['x-default']}.`,
    `- Example: \`${JSON.stringify({ [name]: schema.examples[0] })}\``,
  ].join('\n\n');
}

/** The text of the page. */
export function pluginOptions() {
  const { file, schema } = pluginSchema();
  const options = Object.entries(withReferences(schema.properties, file));
  const targets = options.filter(([, { oneOf }]) => oneOf !== undefined);
  const others = options.filter(([, { oneOf }]) => oneOf === undefined);
  return [
    '# Options of the plugin',
    madeBy('the schema of the options'),
    'The options of `@wheelhouse/build` stand in `nx.json`, in the `options` of its entry in `plugins`. An option that does not exist, and a value that is not allowed, stop with the place in `nx.json`.',
    "The `include` and `exclude` beside `options` are Nx's own: globs of the metadata files (`pyproject.toml`, `setup.cfg`, `setup.py`) that the entry is for, relative to the workspace. There may be several entries; a project has the options of the last one that it fits.",
    '## Projects',
    ...others.map(([name, option]) => optionSection(name, option)),
    '## Targets',
    'Each is an object, or `false` to leave the target out. `targetName` gives the target another name; what else stands there is given to its executor, unless `project.json` or the command line say otherwise.',
    ...targets.map(([name, option]) => targetSection(name, option)),
  ].join('\n\n');
}
