import { join, posix } from 'node:path';
import { ElementError, type Origin } from '@wheelhouse/element';
import { readTextFile } from '@wheelhouse/element/internal';
import { isValidName, normalizeName, isVersion } from '@wheelhouse/python/internal';
import { isTable, TomlFile, type TomlTable } from '@wheelhouse/python/metadata';

/** A distribution as another tool has locked it. */
export interface ForeignEntry {
  readonly normalizedName: string;
  readonly version: string;
  /** The files that may be it: `sha256:<hex>`; empty if that lock does not say. */
  readonly hashes: readonly string[];
  readonly origin: Origin;
}

/** What another tool has locked for a project. */
export interface ForeignLock {
  /** Relative to the workspace. */
  readonly file: string;
  readonly entries: readonly ForeignEntry[];
  /** The commits of distributions that come from git, by normalised name. */
  readonly commits: ReadonlyMap<string, string>;
}

const UV_LOCK = 'uv.lock';
const PYLOCK = 'pylock.toml';
const PIPFILE_LOCK = 'Pipfile.lock';

/** Formats in TOML, by the name of the file: where the list of distributions is, and which versions of it are known. */
const FORMATS: Readonly<Record<string, Format>> = {
  [UV_LOCK]: { key: 'package', at: [], versionKey: 'version', known: /^1$/, newest: '1' },
  [PYLOCK]: { key: 'packages', at: [], versionKey: 'lock-version', known: /^1\.\d+$/, newest: '1.0' },
  'poetry.lock': { key: 'package', at: ['metadata'], versionKey: 'lock-version', known: /^[12]\.\d+$/, newest: '2.1' },
  'pdm.lock': { key: 'package', at: ['metadata'], versionKey: 'lock_version', known: /^4(\.\d+)*$/, newest: '4.5.0' },
};

interface Format {
  readonly key: string;
  readonly at: readonly string[];
  readonly versionKey: string;
  readonly known: RegExp;
  readonly newest: string;
}

/**
 * What another tool has locked: the project's `uv.lock`, `pylock.toml` (PEP 751), `poetry.lock`, `pdm.lock` or
 * `Pipfile.lock`, the first that there is, else the `uv.lock` of the workspace, which uv keeps for all its members.
 *
 * @param root the project's directory relative to the workspace
 * @returns `undefined` if there is none
 * @throws ElementError METADATA at the place of what is wrong
 */
export function readForeignLock(root: string, workspace: string): ForeignLock | undefined {
  const own = [...Object.keys(FORMATS), PIPFILE_LOCK].map((name) => posix.join(root, name));
  for (const file of [...own, UV_LOCK, PYLOCK]) {
    const text = readTextFile(join(workspace, file), file);
    if (text === undefined) continue;
    if (posix.basename(file) === PIPFILE_LOCK) return readPipfileLock(text, file);
    return new ForeignLockReader(TomlFile.parse(text, file), text).read();
  }
  return undefined;
}

class ForeignLockReader {
  private readonly lines: readonly string[];

  constructor(
    private readonly toml: TomlFile,
    text: string,
  ) {
    this.lines = text.split(/\r?\n/);
  }

  read(): ForeignLock {
    const format = FORMATS[posix.basename(this.toml.file)];
    if (format === undefined) throw new Error(`${this.toml.file} is not a known lock`);
    this.checkVersion(format);
    const { key } = format;
    const places = this.lines.flatMap((line, index) =>
      new RegExp(`^\\s*\\[\\[\\s*${key}\\s*\\]\\]`).test(line) ? [index + 1] : [],
    );
    const packages: unknown = this.toml.table[key] ?? [];
    if (!Array.isArray(packages)) throw this.wrong(`\`${key}\` is not a list of tables`);
    const commits = new Map<string, string>();
    const entries = packages.flatMap((entry: unknown, index) => {
      const origin = { file: this.toml.file, line: places[index] ?? 1, column: 0 };
      if (!isTable(entry)) throw this.wrong(`\`${key}\` contains an item that is not a table`, origin);
      const commit = commitOf(entry);
      if (commit !== undefined && typeof entry.name === 'string') commits.set(normalizeName(entry.name), commit);
      return isLocal(entry) ? [] : this.entry(entry, origin);
    });
    return { file: this.toml.file, entries, commits };
  }

  private checkVersion({ at, versionKey: key, known, newest }: Format): void {
    const version = this.toml.tableAt(...at)?.[key];
    if (known.test(String(version))) return;
    const line = this.lines.findIndex((each) => each.trimStart().startsWith(key)) + 1;
    throw this.wrong(`\`${key}\` is \`${shown(version)}\`, but only \`${newest}\` is supported`, {
      file: this.toml.file,
      line: Math.max(line, 1),
      column: 0,
    });
  }

  private entry(table: TomlTable, origin: Origin): ForeignEntry[] {
    const { name, version } = table;
    if (typeof name !== 'string' || !isValidName(name)) throw this.wrong(`\`name\` is \`${shown(name)}\``, origin);
    // Both formats leave out the version of what is only known when it is built.
    if (version === undefined) return [];
    if (typeof version !== 'string' || !isVersion(version)) {
      throw this.wrong(`\`version\` of \`${name}\` is \`${JSON.stringify(version)}\``, origin);
    }
    const files = [table.sdist, ...listOf(table.wheels), ...listOf(table.files ?? this.oldFiles(name))];
    const hashes = files.flatMap((file) => this.hash(file, name, origin)).sort();
    return [{ normalizedName: normalizeName(name), version, hashes: [...new Set(hashes)], origin }];
  }

  /** Older poetry.lock and pdm.lock keep the files of all distributions in one table. */
  private oldFiles(name: string): unknown {
    const files = this.toml.tableAt('metadata')?.files;
    return isTable(files) ? files[name] : undefined;
  }

  /** uv writes `hash = "sha256:..."`, PEP 751 `hashes = {sha256 = "..."}`. */
  private hash(file: unknown, name: string, origin: Origin): string[] {
    if (file === undefined) return [];
    if (!isTable(file)) throw this.wrong(`a file of \`${name}\` is not a table`, origin);
    const known = isTable(file.hashes) ? file.hashes.sha256 : undefined;
    const hash = typeof known === 'string' ? `sha256:${known}` : file.hash;
    if (hash === undefined) return [];
    if (typeof hash === 'string' && /^sha256:[0-9a-f]{64}$/.test(hash)) return [hash];
    throw this.wrong(`a hash of \`${name}\` is \`${JSON.stringify(hash)}\``, origin);
  }

  private wrong(message: string, origin: Origin = { file: this.toml.file, line: 1, column: 0 }): ElementError {
    return new ElementError({
      code: 'METADATA',
      message,
      origin,
      hint: `\`${posix.basename(this.toml.file)}\` belongs to another tool: regenerate it with that tool, or remove it`,
    });
  }
}

/** A value as JSON has it. */
function shown(value: unknown): string {
  return value === undefined ? 'absent' : JSON.stringify(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * uv writes `source = {git = "ADDRESS#COMMIT"}`, PEP 751 `vcs = {type = "git", commit-id = "COMMIT"}`, Poetry
 * `source = {type = "git", resolved_reference = "COMMIT"}`, PDM `revision = "COMMIT"`.
 */
function commitOf({ source, vcs, revision }: TomlTable): string | undefined {
  const reference = isTable(source) && source.type === 'git' ? source.resolved_reference : revision;
  if (typeof reference === 'string') return reference;
  const git = isTable(source) ? source.git : undefined;
  if (typeof git === 'string') return /#([0-9a-f]{40,64})$/.exec(git)?.[1];
  const id = isTable(vcs) && vcs.type === 'git' ? vcs['commit-id'] : undefined;
  return typeof id === 'string' && /^[0-9a-f]{40,64}$/.test(id) ? id : undefined;
}

/** Projects of the workspace, and what comes from an address, are no versions of an index. */
function isLocal(table: TomlTable): boolean {
  const source = isTable(table.source) ? table.source : {};
  // Poetry's; its `legacy` is an index by an address.
  if (source.type !== undefined) return source.type !== 'legacy';
  return [
    ...['virtual', 'editable', 'directory', 'path', 'git', 'url'].map((key) => source[key]),
    ...['vcs', 'directory', 'archive', 'git', 'path', 'url'].map((key) => table[key]),
  ].some((value) => value !== undefined);
}

/** `Pipfile.lock`: JSON with the distributions of `default` and `develop` by name. */
function readPipfileLock(text: string, file: string): ForeignLock {
  const origin = { file, line: 1, column: 0 };
  const wrong = (message: string, cause?: unknown): ElementError =>
    new ElementError({
      ...{ code: 'METADATA' as const, message, origin, cause },
      hint: '`Pipfile.lock` belongs to another tool: regenerate it with that tool, or remove it',
    });
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw wrong(`the file is not JSON: ${error.message}`, error);
    throw error;
  }
  const lines = text.split('\n');
  const commits = new Map<string, string>();
  const found = new Map<string, ForeignEntry>();
  for (const section of ['develop', 'default']) {
    const table = isTable(data) ? data[section] : undefined;
    for (const [name, entry] of Object.entries(isTable(table) ? table : {})) {
      if (!isTable(entry)) throw wrong(`\`${name}\` is not an object`);
      const normalizedName = normalizeName(name);
      if (typeof entry.git === 'string' && typeof entry.ref === 'string') commits.set(normalizedName, entry.ref);
      const [, version] = /^==(.+)$/.exec(typeof entry.version === 'string' ? entry.version : '') ?? [];
      if (version === undefined || !isVersion(version)) continue;
      const hashes = listOf(entry.hashes).filter((hash): hash is string => /^sha256:[0-9a-f]{64}$/.test(String(hash)));
      const line = lines.findIndex((each) => each.trimStart().startsWith(`"${name}":`)) + 1;
      found.set(normalizedName, {
        ...{ normalizedName, version, hashes: [...hashes].sort() },
        origin: { ...origin, line: Math.max(line, 1) },
      });
    }
  }
  return { file, entries: [...found.values()], commits };
}
