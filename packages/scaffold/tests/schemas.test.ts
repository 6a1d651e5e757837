import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGE = join(__dirname, '..');

type Described = {
  readonly factory?: string;
  readonly implementation?: string;
  readonly schema: string;
  readonly description: string;
};
type Schema = {
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly properties: Readonly<Record<string, { readonly description?: string }>>;
};

function read(file: string): unknown {
  return JSON.parse(readFileSync(join(PACKAGE, file), 'utf8'));
}

const { generators } = read('generators.json') as { generators: Record<string, Described> };
const { executors } = read('executors.json') as { executors: Record<string, Described> };

test.each(Object.entries({ ...generators, ...executors }))(
  '%s is where it is said to be, and described',
  (name, entry) => {
    const code = entry.factory ?? entry.implementation ?? '';
    expect(existsSync(join(PACKAGE, code.replace('./bundle', 'src') + '.ts'))).toBe(true);
    const schema = read(entry.schema.replace('./dist', 'src')) as Schema;
    expect(schema.description).toMatch(/\.$/);
    for (const property of Object.values(schema.properties)) expect(property.description).toMatch(/\.$/);
    if (name in generators) expect(schema.examples).not.toHaveLength(0);
  },
);
