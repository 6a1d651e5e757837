import { join } from 'node:path';
import { ElementError, type Io } from '@wheelhouse/element';
import { type Tools, runProgram } from '@wheelhouse/python/fetch';

const SCRIPT = join(__dirname, 'archive.py');

/** What working with archives needs. */
export interface ArchiveContext {
  readonly tools: Pick<Tools, 'python'>;
  readonly io: Io;
}

/** Sources to be packed. */
export interface Packing {
  /** Absolute. */
  readonly directory: string;
  /** Relative to the directory. */
  readonly files: readonly string[];
  /** The directory in the archive (PEP 625). */
  readonly top: string;
  /** Absolute path of the archive, a `.tar.gz`. */
  readonly destination: string;
  /** Texts by path that are packed beside the files. */
  readonly add: Readonly<Record<string, string>>;
}

/** What a wheel or an sdist says of itself: texts, absent if it has no such file. */
export interface ArchiveTexts {
  /** Core metadata: a wheel's METADATA, an sdist's PKG-INFO. */
  readonly metadata?: string;
  readonly pyproject?: string;
  /** By their paths in it. */
  readonly cargoLocks: Readonly<Record<string, string>>;
}

/** Packs sources; the archive is the same wherever it is packed. */
export async function packArchive(packing: Packing, context: ArchiveContext): Promise<void> {
  await ask({ pack: packing }, context, packing.directory);
}

/** Reads what an archive says of itself; none of its code runs. @throws ElementError SOURCE if it is not one */
export async function inspectArchive(path: string, context: ArchiveContext): Promise<ArchiveTexts> {
  const answer = await ask({ inspect: path }, context, path);
  const { metadata, pyproject, cargoLocks } = answer as {
    readonly metadata: string | null;
    readonly pyproject: string | null;
    readonly cargoLocks: ArchiveTexts['cargoLocks'];
  };
  return { ...(metadata === null ? {} : { metadata }), ...(pyproject === null ? {} : { pyproject }), cargoLocks };
}

async function ask(job: object, { tools, io }: ArchiveContext, what: string): Promise<unknown> {
  const result = await runProgram(tools.python, ['-I', SCRIPT], {
    environment: {},
    signal: io.signal,
    input: JSON.stringify(job),
  });
  if (result.code === 0) return JSON.parse(result.stdout);
  throw new ElementError({
    code: 'SOURCE',
    message: `\`${what}\` cannot be read or written as an archive`,
    detail: result.output.trim().split('\n').at(-1),
  });
}
