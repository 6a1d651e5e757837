import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf, replaceFile } from '@wheelhouse/element/internal';
import { isCommitId, isEntryHash } from '../store/entry.js';
import type { ReceivedBody } from '../store/spool.js';

/** An entry that waits to be uploaded. */
export interface PendingUpload {
  readonly hash: string;
  /** Absolute path of its body. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly commit?: string;
}

/** How a spool of uploads is kept. */
export interface UploadSpoolOptions {
  /** Absolute path of a directory for one destination and one identity: what is there is sent as that identity. */
  readonly directory: string;
  readonly capacityBytes: number;
  /** Milliseconds after which what could not be sent is given up. */
  readonly maxAgeMs: number;
  readonly now: () => number;
}

const FACTS = '.json';

/**
 * What waits to be uploaded, on a disk, so that a proxy which is killed leaves it to the next one: `<hash>` is the body,
 * which appears by link(2) and whole, `<hash>.json` what is known of it, which is there first.
 */
export class UploadSpool {
  private bytes = 0;

  constructor(private readonly options: UploadSpoolOptions) {
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  }

  /** What is there, the oldest first. Removes what is too old. */
  list(): PendingUpload[] {
    const { directory, maxAgeMs, now } = this.options;
    const found: { readonly upload: PendingUpload; readonly writtenMs: number }[] = [];
    const names = readdirSync(directory);
    for (const hash of names.filter(isEntryHash)) {
      const path = join(directory, hash);
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats?.isFile() !== true) continue;
      if (now() - stats.mtimeMs > maxAgeMs) {
        this.forget(hash);
        continue;
      }
      const commit = this.commitOf(hash);
      const upload = { hash, path, sizeBytes: stats.size, ...(commit === undefined ? {} : { commit }) };
      found.push({ upload, writtenMs: stats.mtimeMs });
    }
    // Facts whose body never came, or that were themselves not written to their end.
    const isLeft = (name: string): boolean => !name.endsWith(FACTS) || !names.includes(name.slice(0, -FACTS.length));
    for (const name of names.filter((each) => !isEntryHash(each) && isLeft(each))) {
      const age = now() - (statSync(join(directory, name), { throwIfNoEntry: false })?.mtimeMs ?? now());
      if (age > 60_000) rmSync(join(directory, name), { force: true });
    }
    this.bytes = found.reduce((sum, { upload }) => sum + upload.sizeBytes, 0);
    return found.sort((a, b) => a.writtenMs - b.writtenMs).map(({ upload }) => upload);
  }

  /** Keeps a body that was received. @returns `full` if there is no room for it, `present` if that hash waits already */
  add(hash: string, body: ReceivedBody, commit: string | undefined): PendingUpload | 'full' | 'present' {
    const { directory, capacityBytes } = this.options;
    const { sizeBytes } = body.digest;
    if (this.bytes + sizeBytes > capacityBytes) return 'full';
    const path = join(directory, hash);
    if (commit !== undefined) replaceFile(`${path}${FACTS}`, JSON.stringify({ commit }), 0o600);
    try {
      linkSync(body.file(), path);
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') return 'present';
      throw error;
    }
    this.bytes += sizeBytes;
    return { hash, path, sizeBytes, ...(commit === undefined ? {} : { commit }) };
  }

  /** Removes what was sent, or never will be. */
  remove({ hash, sizeBytes }: PendingUpload): void {
    this.forget(hash);
    this.bytes = Math.max(0, this.bytes - sizeBytes);
  }

  private forget(hash: string): void {
    // The body first: what is known of it means nothing without it.
    rmSync(join(this.options.directory, hash), { force: true });
    rmSync(join(this.options.directory, `${hash}${FACTS}`), { force: true });
  }

  private commitOf(hash: string): string | undefined {
    try {
      const { commit } = JSON.parse(readFileSync(join(this.options.directory, `${hash}${FACTS}`), 'utf8')) as {
        readonly commit?: unknown;
      };
      return typeof commit === 'string' && isCommitId(commit) ? commit : undefined;
    } catch {
      return undefined;
    }
  }
}
