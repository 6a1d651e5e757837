import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import type { Declaration, Field, Placed } from './declaration.js';
import type { ProjectFiles } from './project-files.js';

const SCRIPT = join(__dirname, 'read_setup.py');

type Argument =
  | {
      readonly line: number;
      readonly column: number;
      readonly value: unknown;
      readonly places: readonly [number, number][];
    }
  | {
      readonly line: number;
      readonly column: number;
      readonly source: string;
      readonly why: string;
      readonly hidden?: true;
    };

type Answer =
  | { readonly error: { readonly line: number; readonly column: number; readonly message: string } }
  | { readonly arguments: Readonly<Record<string, Argument>> | null };

/**
 * What the `setup()` calls of these projects' setup.py files declare literally, read by one Python process through
 * its `ast`; no project code runs.
 *
 * @param python an interpreter of 3.8 or later
 * @returns in the order of `projects`; what is no literal is reported as unreadable
 * @throws ElementError METADATA where a file is no Python or calls no `setup()`
 */
export async function readSetupPys(
  projects: readonly ProjectFiles[],
  python: string,
): Promise<(Declaration | ElementError)[]> {
  if (projects.length === 0) return [];
  const answers = await ask(
    python,
    projects.map((files) => join(files.directory, 'setup.py')),
  );
  return projects.map((files, index) => {
    const answer = answers[index];
    if (answer === undefined) throw new Error(`read_setup.py answered ${answers.length} of ${projects.length} files`);
    return declarationOf(answer, files.label('setup.py'));
  });
}

function declarationOf(answer: Answer, file: string): Declaration | ElementError {
  if ('error' in answer) {
    const { line, column, message } = answer.error;
    return new ElementError({
      code: 'METADATA',
      message: `no valid Python: ${message}`,
      origin: { file, line, column },
    });
  }
  if (answer.arguments === null) return {};
  const fields = answer.arguments;
  return {
    name: field(fields.name, file, 'name', asText),
    version: field(fields.version, file, 'version', asText),
    description: field(fields.description, file, 'description', asText),
    requiresPython: field(fields.python_requires, file, 'python_requires', asText),
    dependencies: field(fields.install_requires, file, 'install_requires', asRequirements),
    extras: field(fields.extras_require, file, 'extras_require', asExtras),
  };
}

type Convert<T> = (value: unknown, place: (index?: number) => Placed<string>['origin']) => T | undefined;

function field<T>(argument: Argument | undefined, file: string, name: string, convert: Convert<T>): Field<T> {
  if (argument === undefined) return undefined;
  const origin = { file, line: argument.line, column: argument.column };
  if (!('value' in argument)) return { origin, why: `\`${argument.source}\` in \`${name}\` ${argument.why}` };
  if (argument.value === null) return undefined;
  const value = convert(argument.value, (index) => {
    const place = index === undefined ? undefined : argument.places[index];
    return place === undefined ? origin : { file, line: place[0], column: place[1] };
  });
  if (value === undefined) return { origin, why: `\`${name}\` has a value of a type that setuptools does not take` };
  return { value, origin };
}

const asText: Convert<string> = (value) =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;

/** setuptools takes a list, or one text with a requirement a line. */
const asRequirements: Convert<readonly Placed<string>[]> = (value, place) => {
  if (typeof value === 'string') {
    return value
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => ({ value: line, origin: place() }));
  }
  if (!Array.isArray(value)) return undefined;
  const items: Placed<string>[] = [];
  for (const [index, item] of value.entries()) {
    if (typeof item !== 'string') return undefined;
    items.push({ value: item.trim(), origin: place(index) });
  }
  return items;
};

const asExtras: Convert<ReadonlyMap<string, readonly Placed<string>[]>> = (value, place) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const extras = new Map<string, readonly Placed<string>[]>();
  for (const [extra, list] of Object.entries(value)) {
    const items = asRequirements(list, () => place());
    if (items === undefined) return undefined;
    extras.set(extra, items);
  }
  return extras;
};

async function ask(python: string, paths: readonly string[]): Promise<readonly Answer[]> {
  const child = spawn(python, ['-I', SCRIPT], { stdio: ['pipe', 'pipe', 'pipe'], env: {}, cwd: '/' });
  let [answer, words] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (answer += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (words += text));
  child.stdin.end(JSON.stringify(paths));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`\`${python} ${SCRIPT}\` ended with ${code ?? 'a signal'}: ${words}`);
  return JSON.parse(answer) as readonly Answer[];
}
