import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const GUIDES = join(__dirname, '..', '..', '..', '..', 'docs', 'guide');

/** An example in a guide. */
export interface Example {
  /** The guide's file, such as `shared-cache.md`. */
  readonly guide: string;
  readonly language: string;
  /** The file that it is to be, where its first line says so. */
  readonly file: string | undefined;
  readonly text: string;
}

/** Every example of the guides on the cache. Those in lists lose the indentation of their fences. */
export function examples(): Example[] {
  return readdirSync(GUIDES)
    .filter((name) => name.includes('cache'))
    .flatMap((guide) =>
      [...readFileSync(join(GUIDES, guide), 'utf8').matchAll(/^( *)```(\w+)\n([\s\S]*?)^\1```$/gm)].map(
        ([, indent = '', language = '', body = '']) => {
          const text = body.replace(new RegExp(`^${indent}`, 'gm'), '');
          return { guide, language, file: /^# (\S+\.ya?ml)\n/.exec(text)?.[1], text };
        },
      ),
    );
}
