/**
 * Writes the types of the options of executors, generators and the plugin, each `schema.d.ts` beside its `schema.json`,
 * which is what the options are checked by, too. Run it (`npm run generate`) when a schema changes; a test says which are not current.
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { compile } from 'json-schema-to-typescript';
import prettier from 'prettier';
import { isMain, root } from './workspace.mjs';

const read = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** The schema of the plugin's options in nx.json. */
export function pluginSchema() {
  const file = join(root, 'packages', 'build', 'src', 'workspace', 'plugin-options.schema.json');
  return { packageName: 'build', kind: 'options', name: 'plugin', file, schema: read(file) };
}

/** Every executor and generator: its package, `kind`, name, and the path of its schema.json. */
export function optionSchemas() {
  return readdirSync(join(root, 'packages')).flatMap((packageName) =>
    ['executor', 'generator'].flatMap((kind) => {
      const directory = join(root, 'packages', packageName);
      const list = join(directory, `${kind}s.json`);
      if (!existsSync(list)) return [];
      return Object.entries(read(list)[`${kind}s`]).map(([name, { schema }]) => {
        const file = join(directory, schema.replace('./dist/', 'src/'));
        return { packageName, kind, name, file, schema: read(file) };
      });
    }),
  );
}

const typeName = (kind, name) =>
  [...name.split('-'), kind, 'schema'].map((word) => `${word[0].toUpperCase()}${word.slice(1)}`).join('');

/** An option without what a schema has for batches: there Nx may refuse nothing, and the executor does. */
function ownSchema([name, schema]) {
  const own = { ...schema };
  delete own.anyOf;
  return [name, own];
}

/** A part of a schema with the options of executors in place that it refers to. @param file the schema's path */
export function withReferences(value, file) {
  if (Array.isArray(value)) return value.map((item) => withReferences(item, file));
  if (typeof value !== 'object' || value === null) return value;
  if (value.$ref === undefined) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withReferences(item, file)]));
  }
  const [path, pointer] = value.$ref.split('#/');
  const found = pointer.split('/').reduce((inner, key) => inner[key], read(join(dirname(file), path)));
  return ownSchema([path, found])[1];
}

/** The path and the text of the types of one schema. */
export async function optionTypes({ kind, name, file, schema }) {
  const { description, properties, required } = schema;
  const own = withReferences(properties, file);
  const options = kind === 'options' ? own : Object.fromEntries(Object.entries(own).map(ownSchema));
  const text = await compile(
    { description, type: 'object', properties: options, required, additionalProperties: false },
    typeName(kind, name),
    {
      bannerComment: `// Made from ${basename(file)}: \`npm run generate\`.`,
      format: false,
      ignoreMinAndMaxItems: true,
    },
  );
  const path = file.replace(/\.json$/, '.d.ts');
  return { path, text: await prettier.format(text, { ...(await prettier.resolveConfig(path)), filepath: path }) };
}

if (isMain(import.meta.url)) {
  for (const each of [...optionSchemas(), pluginSchema()]) {
    const { path, text } = await optionTypes(each);
    writeFileSync(path, text);
  }
}
