import { ElementError } from '@wheelhouse/element';
import { findPython } from '@wheelhouse/python/internal';
import { ensureEnvironment, UPLOAD_TOOLS_LOCK } from '@wheelhouse/python/fetch';
import { selectFiles, type PublishScope } from './selection.js';
import { StaticIndex, type Published } from './static-index.js';
import { uploadFiles } from './upload.js';
import { ioOf, type PythonEngine } from '../workspace/python-engine.js';
import type { WheelhouseFinding } from '../wheelhouse/findings.js';
import { verifyWheelhouse } from '../wheelhouse/verify-wheelhouse.js';

/** What is published, and where to. */
export interface Publication {
  /** Absolute path of the wheelhouse. */
  readonly wheelhouse: string;
  /** Absolute path of the directory of a static index. */
  readonly to?: string | undefined;
  /** An index that takes uploads: its address, or its name in `~/.pypirc`. */
  readonly repository?: string | undefined;
  /** The address of that index's pages, if it is not `simple/` below that of uploads. */
  readonly checkUrl?: string | undefined;
  readonly scope: PublishScope;
  /** Says what would happen, and changes nothing. */
  readonly dryRun: boolean;
  /** Refuses a wheel without a passing record of the same bytes. */
  readonly tested: boolean;
  /** Absolute path of that record, if it does not be where it usually does. */
  readonly record?: string | undefined;
}

/** What became of a file. */
export interface PublishedFile {
  readonly filename: string;
  readonly outcome: Published;
}

/** What {@link publish} did. */
export interface PublishResult {
  readonly published: readonly PublishedFile[];
  /** What is most likely not meant about the files that are published. */
  readonly warnings: readonly WheelhouseFinding[];
}

/**
 * Publishes the distributions of a wheelhouse to a static index, or to any other by twine. A wheelhouse that does not
 * stand up to verification is refused, and nothing that is published is overwritten.
 *
 * @throws ElementError PUBLISH, ARTIFACT, TOOLS
 */
export async function publish(publication: Publication, engine: PythonEngine): Promise<PublishResult> {
  const { wheelhouse, to, repository, checkUrl, dryRun } = publication;
  if ((to === undefined) === (repository === undefined)) {
    throw new ElementError({
      code: 'PUBLISH',
      message: to === undefined ? 'no destination to publish to' : 'two destinations to publish to',
      hint: 'set either `to`, the directory of a static index, or `repository`, a URL or a name in ~/.pypirc',
    });
  }
  const { findings, warnings, contents } = await verifyWheelhouse({
    directory: wheelhouse,
    tested: publication.tested,
    record: publication.record,
  });
  if (findings.length > 0) {
    throw new ElementError({
      code: 'PUBLISH',
      message: `\`${wheelhouse}\` was not published`,
      detail: findings.map(({ file, message }) => `${file}: ${message}`).join('\n'),
      hint: `\`wheelhouse verify${publication.tested ? ' --tested' : ''} DIR\` shows the same problems; build and test it again`,
    });
  }
  const files = await selectFiles(contents, publication.scope);
  const outcomes =
    to !== undefined
      ? await new StaticIndex(to, engine.signal).add(files, { dryRun })
      : await uploadFiles(
          files,
          { repository: repository ?? '', checkUrl, dryRun },
          { tools: await uploadTools(engine), environment: engine.environment, io: ioOf(engine) },
        );
  const published = files.flatMap(({ filename }, index) => {
    const outcome = outcomes[index];
    return outcome === undefined ? [] : [{ filename, outcome }];
  });
  const names = new Set(files.map(({ filename }) => filename));
  return { published, warnings: warnings.filter(({ file }) => names.has(file)) };
}

/** The private environment of twine, made when something is uploaded for the first time. */
async function uploadTools(engine: PythonEngine): Promise<{ readonly python: string }> {
  return await ensureEnvironment(UPLOAD_TOOLS_LOCK, {
    store: engine.store.directory,
    python: () => findPython(engine.environment, engine.store.memo('python-interpreters'), '>=3.10'),
    environment: engine.environment,
    io: ioOf(engine),
  });
}
