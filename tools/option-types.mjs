/**
 * Writes the types of the options of executors and generators, each `schema.d.ts` beside its `schema.json`, which is what
 * the options are checked by, too. Run it (`npm run generate`) when a schema changes; a test says which are not current.
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from 'json-schema-to-typescript';
import prettier from 'prettier';
import { isMain, root } from './workspace.mjs';

const read = (file) => JSON.parse(readFileSync(file, 'utf8'));

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

/** The path and the text of the types of one schema. */
export async function optionTypes({ kind, name, file, schema }) {
  const { description, properties, required } = schema;
  const options = Object.fromEntries(Object.entries(properties).map(ownSchema));
  const text = await compile(
    { description, type: 'object', properties: options, required, additionalProperties: false },
    typeName(kind, name),
    { bannerComment: '// Made from schema.json: `npm run generate`.', format: false, ignoreMinAndMaxItems: true },
  );
  const path = file.replace(/\.json$/, '.d.ts');
  return { path, text: await prettier.format(text, { ...(await prettier.resolveConfig(path)), filepath: path }) };
}

if (isMain(import.meta.url)) {
  for (const each of optionSchemas()) {
    const { path, text } = await optionTypes(each);
    writeFileSync(path, text);
  }
}
