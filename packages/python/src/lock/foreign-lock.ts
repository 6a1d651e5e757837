import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ElementError, type Origin } from '@wheelhouse/element';
import { isAbsent } from '../errno.js';
import { isTable, TomlFile, type TomlTable } from '../metadata/toml-file.js';
import { isValidName, normalizeName } from '../requirements/name.js';
import { isVersion } from '../requirements/specifier.js';

/** A distribution as another tool has locked it. */
export interface ForeignEntry {
  readonly normalizedName: string;
  readonly version: string;
  /** The files that may be it: `sha256:<hex>`; empty where that lock does not say. */
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

/**
 * What another tool has locked: the project's `uv.lock` or `pylock.toml` (PEP 751), else the `uv.lock` of the workspace,
 * which uv keeps for all its members.
 *
 * @param root the project's directory relative to the workspace
 * @returns `undefined` where there is none
 * @throws ElementError METADATA at the place of what is wrong
 */
export function readForeignLock(root: string, workspace: string): ForeignLock | undefined {
  for (const file of [posix.join(root, UV_LOCK), posix.join(root, PYLOCK), UV_LOCK, PYLOCK]) {
    const text = readText(join(workspace, file));
    if (text !== undefined) return new ForeignLockReader(TomlFile.parse(text, file), text).read();
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
    const isPylock = posix.basename(this.toml.file) === PYLOCK;
    this.checkVersion(isPylock);
    const key = isPylock ? 'packages' : 'package';
    const places = this.lines.flatMap((line, index) =>
      new RegExp(`^\\s*\\[\\[\\s*${key}\\s*\\]\\]`).test(line) ? [index + 1] : [],
    );
    const packages: unknown = this.toml.table[key] ?? [];
    if (!Array.isArray(packages)) throw this.wrong(`\`${key}\` is no list of tables`);
    const commits = new Map<string, string>();
    const entries = packages.flatMap((entry: unknown, index) => {
      const origin = { file: this.toml.file, line: places[index] ?? 1, column: 0 };
      if (!isTable(entry)) throw this.wrong(`\`${key}\` holds what is no table`, origin);
      const commit = commitOf(entry);
      if (commit !== undefined && typeof entry.name === 'string') commits.set(normalizeName(entry.name), commit);
      return isLocal(entry) ? [] : this.entry(entry, origin);
    });
    return { file: this.toml.file, entries, commits };
  }

  private checkVersion(isPylock: boolean): void {
    const [key, known] = isPylock ? (['lock-version', /^1\.\d+$/] as const) : (['version', /^1$/] as const);
    const version = this.toml.table[key];
    if (known.test(String(version))) return;
    const line = this.lines.findIndex((each) => each.trimStart().startsWith(key)) + 1;
    throw this.wrong(`\`${key}\` is \`${shown(version)}\`, and \`1${isPylock ? '.0' : ''}\` is known`, {
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
    const files = [table.sdist, ...(Array.isArray(table.wheels) ? (table.wheels as unknown[]) : [])];
    const hashes = files.flatMap((file) => this.hash(file, name, origin)).sort();
    return [{ normalizedName: normalizeName(name), version, hashes: [...new Set(hashes)], origin }];
  }

  /** uv writes `hash = "sha256:..."`, PEP 751 `hashes = {sha256 = "..."}`. */
  private hash(file: unknown, name: string, origin: Origin): string[] {
    if (file === undefined) return [];
    if (!isTable(file)) throw this.wrong(`a file of \`${name}\` is no table`, origin);
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
      hint: `\`${posix.basename(this.toml.file)}\` is written by the tool it belongs to: have it written anew, or remove it`,
    });
  }
}

/** A value as JSON has it. */
function shown(value: unknown): string {
  return value === undefined ? 'absent' : JSON.stringify(value);
}

/** uv writes `source = {git = "ADDRESS#COMMIT"}`, PEP 751 `vcs = {type = "git", commit-id = "COMMIT"}`. */
function commitOf({ source, vcs }: TomlTable): string | undefined {
  const git = isTable(source) ? source.git : undefined;
  if (typeof git === 'string') return /#([0-9a-f]{40,64})$/.exec(git)?.[1];
  const id = isTable(vcs) && vcs.type === 'git' ? vcs['commit-id'] : undefined;
  return typeof id === 'string' && /^[0-9a-f]{40,64}$/.test(id) ? id : undefined;
}

/** Projects of the workspace, and what comes from an address, are no versions of an index. */
function isLocal(table: TomlTable): boolean {
  const source = isTable(table.source) ? table.source : {};
  return [
    ...['virtual', 'editable', 'directory', 'path', 'git', 'url'].map((key) => source[key]),
    ...['vcs', 'directory', 'archive'].map((key) => table[key]),
  ].some((value) => value !== undefined);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
