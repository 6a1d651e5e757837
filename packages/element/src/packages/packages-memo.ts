import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { errnoOf } from '../base/errno.js';
import { replaceMemo } from '../base/replace-file.js';
import type { Digest } from '../cas/digest.js';
import type { SourcePart } from '../plugin/source-facts.js';
import type { OwnTree } from './own-tree.js';

/** A package that was captured, or a path that no package owns. */
export type CapturedPart = SourcePart & { readonly tree: Digest };

/** What was captured, and by which stamps it still is what it was. */
export interface CapturedPackages {
  readonly tree: Digest;
  /** What the tree is merged from: the packages, in the order of their names, and then what no package owns. */
  readonly parts: readonly CapturedPart[];
  /** The packages in the tree as `name=version`, sorted. */
  readonly packages: readonly string[];
  /** The paths of what no package owns, sorted. */
  readonly ownPaths: readonly string[];
}

/** A path that no package owns, and the stamps of what is watched of it. */
export interface RememberedTree extends OwnTree {
  readonly stamp: string;
}

/** The answer of one look at a machine: what was asked for, and what it was when. */
interface RememberedCapture extends CapturedPackages {
  readonly database: string;
  readonly watched: readonly string[];
  readonly stamp: string;
}

/** Raised when the same packages are captured in another way. */
const FORMAT = 2;

/** Parts remembered for one root; those seen longest ago are forgotten first. */
const CAPACITY = 4000;

/**
 * What is known of packages by their stamps: the tree of each package and of each path that no package owns, and the
 * whole of what was asked for last.
 */
export class PackagesMemo {
  private parts: Map<string, Digest | RememberedTree> | undefined;

  /**
   * @param memo the absolute path of a file in which something is kept, by name
   * @param root the directory that stands for `/`
   */
  constructor(
    private readonly memo: (name: string) => string,
    private readonly root: string,
  ) {}

  /** The last answer to a question. @param question all that was asked for */
  whole(question: string): RememberedCapture | undefined {
    const kept = readJson(this.wholeFile(question)) as (RememberedCapture & { format?: unknown }) | undefined;
    return kept?.format === FORMAT ? kept : undefined;
  }

  keepWhole(question: string, capture: RememberedCapture): void {
    replaceMemo(this.wholeFile(question), JSON.stringify({ format: FORMAT, ...capture }));
  }

  part(name: string): Digest | RememberedTree | undefined {
    return this.open().get(name);
  }

  setPart(name: string, part: Digest | RememberedTree): void {
    const parts = this.open();
    parts.delete(name);
    parts.set(name, part);
  }

  keepParts(): void {
    const entries = [...this.open()].slice(-CAPACITY);
    replaceMemo(this.partsFile(), JSON.stringify({ format: FORMAT, entries }));
  }

  private open(): Map<string, Digest | RememberedTree> {
    if (this.parts === undefined) {
      const kept = readJson(this.partsFile()) as
        { format?: unknown; entries?: [string, Digest | RememberedTree][] } | undefined;
      this.parts = new Map(kept?.format === FORMAT ? kept.entries : []);
    }
    return this.parts;
  }

  private wholeFile(question: string): string {
    return this.memo(`packages-${short([this.root, question])}`);
  }

  private partsFile(): string {
    return this.memo(`package-parts-${short(this.root)}`);
  }
}

function short(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}

/** A memo only saves time: one that is truncated counts as absent. */
function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
