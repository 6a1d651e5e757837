import { readFileSync } from 'node:fs';
import { replaceMemo } from '@wheelhouse/element/internal';
import type { ProjectFiles } from './project-files.js';
import type { ProjectMetadata } from './project-metadata.js';

/** Raised whenever the same files mean something else to this package. */
const FORMAT = 18;
/** Projects remembered; those looked up longest ago are forgotten first. */
const CAPACITY = 2000;

interface Entry {
  readonly files: Readonly<Record<string, string | null>>;
  readonly settings: string;
  readonly metadata: ProjectMetadata;
}

/**
 * Metadata by the content of the files it was read from, kept in one JSON file. A memo that is lost, unreadable or
 * overwritten by another process costs time and nothing else.
 */
export class MetadataMemo {
  private readonly entries: Map<string, Entry>;
  private changed = false;

  /** @param path the memo's file; without it nothing outlives the call */
  constructor(private readonly path: string | undefined) {
    this.entries = new Map(path === undefined ? [] : readEntries(path));
  }

  get(files: ProjectFiles): ProjectMetadata | undefined {
    const entry = this.entries.get(files.directory);
    if (entry?.metadata.root !== files.root || entry.settings !== settingsOf(files)) return undefined;
    return files.match(entry.files) ? entry.metadata : undefined;
  }

  put(files: ProjectFiles, metadata: ProjectMetadata): void {
    this.entries.delete(files.directory);
    this.entries.set(files.directory, { files: files.digests(), settings: settingsOf(files), metadata });
    this.changed = true;
  }

  save(): void {
    if (this.path === undefined || !this.changed) return;
    const kept = [...this.entries].filter(([, { metadata }]) => !holdsCredentials(metadata)).slice(-CAPACITY);
    replaceMemo(this.path, JSON.stringify({ format: FORMAT, entries: kept }));
  }
}

function settingsOf({ settings }: ProjectFiles): string {
  return JSON.stringify(settings);
}

/** Addresses with a user are read anew each time: a memo is no place for passwords. */
function holdsCredentials(metadata: ProjectMetadata): boolean {
  return /:\/\/[^/?#\s"]*@/.test(JSON.stringify(metadata));
}

function readEntries(path: string): [string, Entry][] {
  try {
    const memo = JSON.parse(readFileSync(path, 'utf8')) as { format?: unknown; entries?: [string, Entry][] };
    return memo.format === FORMAT ? (memo.entries ?? []) : [];
  } catch {
    // No memo yet, or one cut short: everything is read anew.
    return [];
  }
}
