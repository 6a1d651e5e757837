import { spawn } from 'node:child_process';
import { join, posix } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import type { Declaration, Field, Placed } from './declaration.js';
import { setupEntryPoints } from './entry-points.js';
import type { ProjectFiles } from './project-files.js';
import { packagePattern } from './packaged/packaged-patterns.js';
import type { PackagedPattern } from './packaged/packaged-pattern.js';
import type { NamedFile } from './named/named-file.js';

/** A program in Python, of several modules. */
const SCRIPT = join(__dirname, 'setup_reader');

type Argument =
  | {
      readonly line: number;
      readonly column: number;
      readonly value: unknown;
      readonly places: readonly ([number, number] | null)[];
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
  | {
      readonly arguments: Readonly<Record<string, Argument>> | null;
      /** Files of the project that were read, with the places that open them. */
      readonly opened: readonly (readonly [path: string, line: number | null, column: number | null])[];
      /** Files that were looked for and do not exist. */
      readonly missing: readonly string[];
    };

/** What a setup.py says. */
export interface SetupPy extends Declaration {
  /** The files that it reads. */
  readonly opened?: readonly NamedFile[];
  /** The patterns of its licences. */
  readonly licences?: readonly NamedFile[];
  readonly packageData?: readonly PackagedPattern[];
  /** Keywords by which tools take the version from git: `use_scm_version` of setuptools_scm, `pbr`. */
  readonly versionKeywords?: Readonly<Record<VersionKeyword, Field<unknown>>>;
}

export type VersionKeyword = 'use_scm_version' | 'pbr';

/**
 * What the `setup()` calls of these projects' setup.py files declare, followed through their `ast` by one Python
 * process (docs/adr/0068); no project code runs.
 *
 * @param python an interpreter of 3.8 or later
 * @returns in the order of `projects`; what cannot be followed is reported as unreadable
 * @throws ElementError METADATA if a file is no Python or calls no `setup()`
 */
export async function readSetupPys(
  projects: readonly ProjectFiles[],
  python: string,
): Promise<(SetupPy | ElementError)[]> {
  if (projects.length === 0) return [];
  const answers = await ask(
    python,
    projects.map((files) => join(files.directory, 'setup.py')),
  );
  return projects.map((files, index) => {
    const answer = answers[index];
    if (answer === undefined) throw new Error(`setup_reader answered ${answers.length} of ${projects.length} files`);
    return declarationOf(answer, files);
  });
}

function declarationOf(answer: Answer, files: ProjectFiles): SetupPy | ElementError {
  const file = files.label('setup.py');
  if ('error' in answer) {
    const { line, column, message } = answer.error;
    return new ElementError({
      code: 'METADATA',
      message: `not valid Python: ${message}`,
      origin: { file, line, column },
    });
  }
  // What was read counts for the memo: another content is another answer.
  for (const name of [...answer.opened.map(([path]) => path), ...answer.missing]) files.read(name);
  const opened = answer.opened.map(([path, line, column]) => ({
    path,
    origin: { file, line: line ?? 1, column: column ?? 0 },
  }));
  if (answer.arguments === null) return { opened };
  const fields = answer.arguments;
  return {
    opened,
    licences: [fields.license_file, fields.license_files].flatMap((argument) => licencesIn(argument, file)),
    packageData: packageDataIn(fields.package_data, files),
    name: field(fields.name, file, 'name', asText),
    version: field(fields.version, file, 'version', asText),
    description: field(fields.description, file, 'description', asText),
    requiresPython: field(fields.python_requires, file, 'python_requires', asText),
    dependencies: field(fields.install_requires, file, 'install_requires', asRequirements),
    extras: field(fields.extras_require, file, 'extras_require', asExtras),
    entryPoints: field(fields.entry_points, file, 'entry_points', setupEntryPoints),
    readme: field(fields.long_description, file, 'long_description', asGivenText),
    versionKeywords: {
      use_scm_version: field(fields.use_scm_version, file, 'use_scm_version', (value) => value),
      pbr: field(fields.pbr, file, 'pbr', (value) => value),
    },
  };
}

function licencesIn(argument: Argument | undefined, file: string): NamedFile[] {
  if (argument === undefined || !('value' in argument)) return [];
  const origin = { file, line: argument.line, column: argument.column };
  return textsIn(argument.value)
    .flatMap((text) => text.split(','))
    .map((path) => ({ path: posix.normalize(path.trim()), glob: true, licence: true, origin }));
}

function packageDataIn(argument: Argument | undefined, files: ProjectFiles): PackagedPattern[] {
  if (argument === undefined || !('value' in argument)) return [];
  const { value, line, column } = argument;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const lines = (files.read('setup.py') ?? '').split(/\r\n|\r|\n/);
  return Object.entries(value).flatMap(([name, list]) =>
    textsIn(list).map((pattern) => {
      // A pattern that is written out has its own place, what is computed that of the argument.
      const literals = [`"${pattern}"`, `'${pattern}'`];
      const at = lines.findIndex((text, index) => index >= line - 1 && literals.some((each) => text.includes(each)));
      const place = at < 0 ? { line, column } : { line: at + 1, column: 0 };
      return packagePattern(name, pattern, { file: files.label('setup.py'), ...place });
    }),
  );
}

function textsIn(value: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item): item is string => typeof item === 'string' && item !== '');
}

type Convert<T> = (value: unknown, place: (index?: number) => Placed<string>['origin']) => T | undefined;

function field<T>(argument: Argument | undefined, file: string, name: string, convert: Convert<T>): Field<T> {
  if (argument === undefined) return undefined;
  const origin = { file, line: argument.line, column: argument.column };
  if (!('value' in argument)) {
    const what = argument.source === '' ? `\`${name}\`` : `\`${argument.source}\` in \`${name}\``;
    return { origin, why: `${what} ${argument.why}` };
  }
  if (argument.value === null) return undefined;
  const value = convert(argument.value, (index) => {
    const place = index === undefined ? undefined : argument.places[index];
    return place === undefined || place === null ? origin : { file, line: place[0], column: place[1] };
  });
  if (value === undefined) return { origin, why: `\`${name}\` has a value of a type that setuptools does not accept` };
  return { value, origin };
}

const asText: Convert<string> = (value) =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;

/** A text that is given itself, and by no file. */
const asGivenText: Convert<readonly string[]> = (value) =>
  typeof value === 'string' && value.trim() !== '' ? [] : undefined;

/**
 * setuptools takes a list, or one text, of lines: empty ones and comments are skipped, and one that ends with a
 * backslash goes on in the next.
 */
const asRequirements: Convert<readonly Placed<string>[]> = (value, place) => {
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  const items: Placed<string>[] = [];
  let open: Placed<string> | undefined;
  for (const [index, text] of texts.entries()) {
    if (typeof text !== 'string') return undefined;
    for (const line of text.split(/\r\n|\r|\n/).map((each) => each.trim())) {
      if (line === '' || line.startsWith('#')) continue;
      const item = line.replace(/ #.*$/s, '').trim();
      const origin = open?.origin ?? place(Array.isArray(value) ? index : undefined);
      const joined = { value: `${open?.value ?? ''}${item}`, origin };
      const goesOn = item.endsWith('\\');
      open = goesOn ? { value: joined.value.replace(/\s*\\$/, ''), origin } : undefined;
      if (!goesOn) items.push(joined);
    }
  }
  return open === undefined ? items : undefined;
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
  const child = spawn(python, ['-I', '-B', SCRIPT], { stdio: ['pipe', 'pipe', 'pipe'], env: {}, cwd: '/' });
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
