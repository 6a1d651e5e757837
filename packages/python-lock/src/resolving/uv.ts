import { chmod, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Io } from '@wheelhouse/element';
import { normalizeName } from '@wheelhouse/python/internal';
import { type IndexSettings, uvEnvironment, runProgram, type Tools } from '@wheelhouse/python/fetch';
import { type LockEntry, parseEntries } from '@wheelhouse/python/lockfile';
import type { KnownMetadata } from '../hooks/known-metadata.js';

/** One question to uv. */
export interface Resolution {
  /** Requirement lines. */
  readonly requirements: readonly string[];
  /** Lines of what versions may be, for names that turn up. */
  readonly constraints?: readonly string[];
  /** Versions to keep if they still fit. */
  readonly preferences?: readonly LockEntry[];
  /** uv's `--prerelease`; its own choice if absent. */
  readonly prereleases?: string | undefined;
  /** Settings as uv.toml has them, by name. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The lowest Python the answer is for. */
  readonly python: string;
  readonly metadata: readonly KnownMetadata[];
  /** The files that stand for requirements with addresses. */
  readonly vendored?: readonly VendoredPin[];
}

/** What an address in uv's answer stands for. */
export interface VendoredPin {
  readonly normalizedName: string;
  readonly version: string;
  /** `sha256:<hex>`. */
  readonly hash: string;
  /** Absolute. */
  readonly path: string;
}

/** uv's answer: entries, without hashes if it does not know them; an sdist whose metadata only its backend knows; or why there is no answer. */
export type ResolutionAnswer =
  | { readonly type: 'resolved'; readonly entries: readonly LockEntry[] }
  | { readonly type: 'build'; readonly name: string; readonly version: string }
  | { readonly type: 'failed'; readonly words: string };

/** What running uv needs. */
export interface UvContext {
  readonly tools: Tools;
  readonly settings: IndexSettings;
  /** Absolute path of a Python of this machine, by which uv is told what Python is. */
  readonly uvPython: string;
  readonly environment: NodeJS.ProcessEnv;
  /** A private directory for what uv reads, writes and caches. */
  readonly temporary: string;
  readonly io: Io;
  /** What users see of uv's output; unchanged if absent. */
  readonly readable?: (words: string) => string;
}

/** What {@link Uv}'s interpreter says when it is asked for anything but a description of itself. */
const REFUSAL = 77;

/**
 * uv's resolver, kept from running any backend on this machine.
 *
 * uv describes its interpreter by a script of its own, and would run backends by the same program. It is given a
 * program that runs the first and refuses the second, and no build isolation, so that it installs nothing either. A
 * refusal names the sdist that uv could not go on without. `--no-build` does not serve: with it uv passes over sdists
 * and silently takes older versions that have wheels, and does so even where it was told their metadata.
 */
export class Uv {
  private gate: Promise<string> | undefined;

  constructor(private readonly context: UvContext) {}

  /** The version of uv, such as `0.13.9`. */
  async version(): Promise<string> {
    const { stdout } = await this.run(['--version'], this.context.temporary);
    return /uv (\S+)/.exec(stdout)?.[1] ?? stdout.trim();
  }

  /** Resolves for every platform; asks indexes for hashes, and for nothing else but metadata. */
  async resolve(question: Resolution): Promise<ResolutionAnswer> {
    const directory = await mkdtemp(join(this.context.temporary, 'resolve-'));
    this.gate ??= makeGate(this.context);
    const write = async (name: string, lines: readonly string[]): Promise<string> => {
      const path = join(directory, name);
      await writeFile(path, lines.map((line) => `${line}\n`).join(''));
      return path;
    };
    const output = await write('output.txt', (question.preferences ?? []).map(pin));
    const configuration = await write('uv.toml', [...settingsOf(question), ...question.metadata.map(metadataTable)]);
    const { code, output: words } = await this.run(
      [
        ...[
          'pip',
          'compile',
          '--universal',
          '--generate-hashes',
          '--no-header',
          '--no-annotate',
          '--no-build-isolation',
        ],
        ...['--python', await this.gate, '--python-version', question.python, '--config-file', configuration],
        ...['--constraints', await write('constraints.txt', question.constraints ?? [])],
        // uv knows no variable for it, and an index that a variable names is asked all the same.
        ...(this.context.settings.noIndex ? ['--no-index'] : []),
        ...(question.prereleases === undefined ? [] : ['--prerelease', question.prereleases]),
        ...['--color', 'never', '--quiet', '--no-progress', '--output-file', output],
        await write('requirements.in', question.requirements),
      ],
      directory,
    );
    if (code === 0) {
      const lines = (await readFile(output, 'utf8')).split('\n');
      return {
        type: 'resolved',
        entries: parseEntries(lockable(pinAddresses(lines, question.vendored ?? [])), 'uv', true),
      };
    }
    const [, name, version] = /Failed to build `([^`=]+)==([^`]+)`/.exec(words) ?? [];
    if (name !== undefined && version !== undefined && words.includes(`exit status: ${REFUSAL}`)) {
      return { type: 'build', name: normalizeName(name), version };
    }
    return { type: 'failed', words: this.context.readable?.(words) ?? words };
  }

  private async run(args: readonly string[], cwd: string): Promise<{ code: number; stdout: string; output: string }> {
    const { tools, settings, environment, temporary, io } = this.context;
    return await runProgram(tools.uv, ['--cache-dir', join(temporary, 'uv-cache'), ...args], {
      environment: {
        ...uvEnvironment(settings.noIndex ? withoutIndexes(settings) : settings, environment),
        UV_NO_PYTHON_DOWNLOADS: '1',
        UV_PYTHON_DOWNLOADS: 'never',
      },
      signal: io.signal,
      cwd,
    });
  }
}

function withoutIndexes({ indexUrl: _index, ...rest }: IndexSettings): IndexSettings {
  return { ...rest, extraIndexUrls: [] };
}

function pin(entry: LockEntry): string {
  return `${entry.normalizedName}==${entry.version}`;
}

/** The lines of an answer with `name==version` and a hash where they name the address of a file. */
function pinAddresses(lines: readonly string[], vendored: readonly VendoredPin[]): string[] {
  const byAddress = new Map(vendored.map((each) => [pathToFileURL(each.path).href, each]));
  const pinned: string[] = [];
  let replaced = false;
  for (const line of lines) {
    const [, address = '', marker = ''] = /^[a-z0-9-]+ @ (\S+)( ; .*?)?(?: \\)?$/.exec(line) ?? [];
    const found = byAddress.get(address);
    if (found !== undefined) {
      pinned.push(`${found.normalizedName}==${found.version}${marker} \\`, `    --hash=${found.hash}`);
    } else if (!replaced || !line.startsWith('    --hash=')) {
      pinned.push(line);
      replaced = false;
      continue;
    }
    replaced = true;
  }
  return pinned;
}

/** The lines of an answer in which an entry has SHA-256 hashes, or none if the index has others. */
function lockable(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let entry: string[] = [];
  const flush = (): void => {
    const [head = '', ...hashes] = entry;
    const isBare = hashes.some((line) => !line.trimStart().startsWith('--hash=sha256:'));
    kept.push(...(isBare ? [head.replace(/ \\$/, '')] : entry));
    entry = [];
  };
  for (const line of lines) {
    if (entry.length > 0 && !line.trimStart().startsWith('--hash=')) flush();
    entry.push(line);
  }
  flush();
  return kept;
}

/** Lines of uv.toml; JSON's texts and lists are TOML's. */
function settingsOf({ settings = {} }: Resolution): string[] {
  return Object.entries(settings).map(([key, value]) => `${key} = ${inline(value)}`);
}

function inline(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([key, each]) => `${JSON.stringify(key)} = ${JSON.stringify(each)}`)
    .join(', ')} }`;
}

function metadataTable(metadata: KnownMetadata): string {
  const list = (values: readonly string[]): string => `[${values.map((value) => JSON.stringify(value)).join(', ')}]`;
  return [
    '[[dependency-metadata]]',
    `name = ${JSON.stringify(metadata.name)}`,
    `version = ${JSON.stringify(metadata.version)}`,
    `requires-dist = ${list(metadata.requiresDist)}`,
    ...(metadata.requiresPython === undefined ? [] : [`requires-python = ${JSON.stringify(metadata.requiresPython)}`]),
    `provides-extra = ${list(metadata.providesExtra ?? [])}`,
  ].join('\n');
}

/** The program that stands for the interpreter: uv's own description of it passes, anything else is refused. */
async function makeGate({ uvPython, temporary }: UvContext): Promise<string> {
  const directory = join(temporary, 'gate');
  await mkdir(directory, { recursive: true });
  const gate = join(directory, 'python');
  const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  const escaped = (text: string): string => text.replace(/[\\/.*[\]^$&|]/g, '\\$&');
  await writeFile(
    gate,
    [
      '#!/bin/sh',
      'for argument; do',
      '  case $argument in',
      '    *get_interpreter_info*)',
      `      ${quoted(uvPython)} "$@" | sed ${quoted(`s|"${escaped(uvPython)}"|"${escaped(gate)}"|g`)}`,
      '      exit ;;',
      '  esac',
      'done',
      `exit ${REFUSAL}`,
      '',
    ].join('\n'),
  );
  await chmod(gate, 0o755);
  return gate;
}
