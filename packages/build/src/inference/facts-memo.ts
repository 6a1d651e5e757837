import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { formatError, replaceMemo } from '@wheelhouse/element/internal';
import { codeStamp } from './code-stamp.js';
import type { FactsKey, PlaceFacts } from './place-facts.js';
import type { Sight, Sights } from './sights.js';

/** What is remembered of a directory, in as little as is needed where nothing has changed. */
export interface KnownPlace {
  /** Whether it is a Python project. */
  readonly isProject: boolean;
  /** SHA-256 of its facts. */
  readonly digest: string;
  /** What decides how all projects are called, and which of them cannot be worked with. */
  readonly identity: string;
  /** The normalised name of its distribution, if that can be read. */
  readonly distribution?: string;
}

type Entry = readonly [root: string, key: FactsKey, known: KnownPlace, sights: readonly Sight[]];

/**
 * The facts of directories, in two files: what each depends on with the digest of its facts, and the facts by their
 * digests, which are not loaded while nothing has changed. Memos that are lost, damaged or of another version cost time
 * and nothing else (docs/adr/0108).
 */
export class FactsMemo {
  private readonly entries: Map<string, Entry>;
  private readonly kept = new Map<string, Entry>();
  private readonly fresh = new Map<string, string>();
  private texts: ReadonlyMap<string, string> | undefined;
  private isChanged = false;

  /** @param path the path of a memo by its name */
  constructor(
    private readonly path: (name: string) => string,
    private readonly sights: Sights,
  ) {
    this.entries = new Map(readEntries(path('places')).map((entry) => [entry[0], entry]));
  }

  /** What is known of a directory, if all it depends on is as it was. */
  known(root: string, key: FactsKey): KnownPlace | undefined {
    const entry = this.entries.get(root);
    if (entry?.[1] !== key) return undefined;
    const [, , known, before] = entry;
    const sights = this.sights.renew(before);
    if (sights === undefined) return undefined;
    if (sights !== before) this.isChanged = true;
    this.kept.set(root, sights === before ? entry : [root, key, known, sights]);
    return known;
  }

  /** The facts by their digest. Origins in them say the file, and not the line. */
  facts(digest: string): PlaceFacts | undefined {
    const text = this.textOf(digest);
    return text === undefined ? undefined : (JSON.parse(text) as PlaceFacts);
  }

  /**
   * Takes facts that were read.
   *
   * @param sights what they depend on; `undefined` if they may not be remembered
   */
  learn(root: string, key: FactsKey, facts: PlaceFacts, sights: readonly Sight[] | undefined): KnownPlace {
    const text = textOf(facts);
    const digest = createHash('sha256').update(text).digest('base64url');
    const read = facts.project?.read;
    const distribution = read !== undefined && 'metadata' in read ? { distribution: read.metadata.normalizedName } : {};
    const known = { isProject: read !== undefined, digest, identity: identityOf(facts), ...distribution };
    this.isChanged ||= this.entries.has(root);
    if (sights !== undefined && !holdsCredentials(text)) {
      this.kept.set(root, [root, key, known, sights]);
      this.fresh.set(digest, text);
      this.isChanged = true;
    }
    return known;
  }

  /**
   * Writes what has changed.
   *
   * @param isWhole whether all directories of the workspace were asked for, so that others are forgotten
   */
  save({ isWhole }: { readonly isWhole: boolean }): void {
    if (!this.isChanged && (!isWhole || this.kept.size === this.entries.size)) return;
    const entries = isWhole ? this.kept : new Map([...this.entries, ...this.kept]);
    if (this.fresh.size > 0) {
      const texts = new Map<string, string>();
      for (const [, , { digest }] of entries.values()) {
        const text = this.textOf(digest);
        if (text !== undefined) texts.set(digest, text);
      }
      replaceMemo(this.path('facts'), [codeStamp(), ...[...texts].flat()].join('\n'));
    }
    replaceMemo(this.path('places'), JSON.stringify({ code: codeStamp(), entries: [...entries.values()] }));
  }

  private textOf(digest: string): string | undefined {
    this.texts ??= readTexts(this.path('facts'));
    return this.fresh.get(digest) ?? this.texts.get(digest);
  }
}

function identityOf({ declared, project }: PlaceFacts): string {
  const read = project?.read;
  if (read === undefined) return JSON.stringify([declared.name, declared.hasProjectJson]);
  const distribution = 'error' in read ? [read.names, formatError(read.error)] : [read.metadata.name];
  return JSON.stringify([declared.name, declared.hasProjectJson, distribution]);
}

/** The text of facts; an error, which is not remembered, by what people are shown. */
function textOf(facts: PlaceFacts): string {
  const read = facts.project?.read;
  const error = read !== undefined && 'error' in read ? formatError(read.error) : undefined;
  return JSON.stringify(error === undefined ? facts : [facts, error], (_key, value: unknown) => withoutLine(value));
}

/** Of an origin the file alone: where in TOML something is said takes a parser of its own (docs/adr/0099). */
function withoutLine(value: unknown): unknown {
  const isOrigin = typeof value === 'object' && value !== null && 'file' in value && 'column' in value;
  return isOrigin ? { file: value.file } : value;
}

/** URLs with a user are read anew each time: a memo is no place for passwords. */
function holdsCredentials(text: string): boolean {
  return /:\/\/[^/?#\s"]*@/.test(text);
}

function readEntries(path: string): readonly Entry[] {
  try {
    const memo = JSON.parse(readFileSync(path, 'utf8')) as { readonly code?: unknown; readonly entries?: Entry[] };
    return memo.code === codeStamp() ? (memo.entries ?? []) : [];
  } catch {
    // No memo yet, or one cut short: everything is read anew.
    return [];
  }
}

/** Each digest has a line, and its facts have the next. */
function readTexts(path: string): Map<string, string> {
  const texts = new Map<string, string>();
  let lines: readonly string[];
  try {
    lines = readFileSync(path, 'utf8').split('\n');
  } catch {
    return texts;
  }
  if (lines[0] !== codeStamp()) return texts;
  for (let index = 1; index + 1 < lines.length; index += 2) texts.set(lines[index] ?? '', lines[index + 1] ?? '');
  return texts;
}
