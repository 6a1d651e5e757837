import { join } from 'node:path';
import { ElementError, type Io } from '@wheelhouse/element';
import { throwCollected } from '@wheelhouse/element/internal';
import { type ToolsEnvironment, runProgram, withoutCredentials } from '@wheelhouse/python/fetch';
import type { PublishableFile } from './publishable-file.js';
import { otherContent, type Published } from './static-index.js';

const SCRIPT = join(__dirname, 'upload.py');

/** Where files are uploaded to. */
export interface UploadTarget {
  /** The address that takes uploads, or a name in `~/.pypirc`. */
  readonly repository: string;
  /** The address of the index's pages, if it is not `simple/` below that of uploads. */
  readonly checkUrl?: string | undefined;
  readonly dryRun: boolean;
}

/** What uploading needs from its caller. */
export interface UploadContext {
  /** The environment with twine. */
  readonly tools: Pick<ToolsEnvironment, 'python'>;
  /** Twine's variables, and where its files are. */
  readonly environment: NodeJS.ProcessEnv;
  readonly io: Io;
}

type Answer =
  | { readonly status: 'uploaded' | 'would upload' | 'there' }
  | { readonly status: 'other'; readonly found: string }
  | { readonly status: 'error'; readonly message: string };

/**
 * Uploads files by twine. What the index has under the same name with other bytes refuses all of them, before the first
 * one is sent; an index that does not show what it has refuses them itself.
 *
 * @returns what became of each, in the order of `files`
 * @throws ElementError PUBLISH
 */
export async function uploadFiles(
  files: readonly PublishableFile[],
  target: UploadTarget,
  { tools, environment, io }: UploadContext,
): Promise<Published[]> {
  checkRepository(target);
  const isUrl = /^https?:/i.test(target.repository);
  const result = await runProgram(tools.python, ['-I', '-B', SCRIPT], {
    environment,
    signal: io.signal,
    input: JSON.stringify({
      files: files.map(({ filename, path, name, sha256 }) => ({ filename, path, name, sha256 })),
      repository: isUrl ? null : target.repository,
      url: isUrl ? target.repository : null,
      check: target.checkUrl ?? null,
      dryRun: target.dryRun,
    }),
  });
  if (result.code !== 0) {
    throw new ElementError({
      code: 'PUBLISH',
      message: `cannot upload to \`${target.repository}\``,
      detail: result.output,
    });
  }
  const answers = result.stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Answer]));
  const errors: ElementError[] = [];
  const published = answers.map((answer, index) => {
    const file = files[index];
    switch (answer.status) {
      case 'uploaded':
        return 'published';
      case 'would upload':
        return 'would be published';
      case 'there':
        return 'already there';
      case 'other':
        if (file !== undefined) errors.push(otherContent(file.filename, { found: answer.found, sha256: file.sha256 }));
        return 'already there';
      case 'error':
        errors.push(uploadError(file, target, answer.message));
        return 'would be published';
      default: {
        const unknown: never = answer;
        throw new Error(`no such answer: ${JSON.stringify(unknown)}`);
      }
    }
  });
  throwCollected(errors);
  return published;
}

/** An address in a setting or on a command line is read by others; so it holds no password. */
function checkRepository({ repository, checkUrl }: UploadTarget): void {
  for (const address of [repository, checkUrl ?? '']) {
    if (withoutCredentials(address) === address) continue;
    throw new ElementError({
      code: 'PUBLISH',
      message: `the URL \`${withoutCredentials(address)}\` contains credentials`,
      hint: 'set TWINE_USERNAME and TWINE_PASSWORD, add the index to ~/.pypirc, or use a keyring',
    });
  }
}

function uploadError(file: PublishableFile | undefined, { repository }: UploadTarget, message: string): ElementError {
  const said = withoutCredentials(message);
  const isUnknown = /NonInteractive|HTTP 40[13]/.test(message);
  return new ElementError({
    code: 'PUBLISH',
    message: `\`${file?.filename ?? ''}\` was not uploaded to \`${repository}\`: ${said}`,
    hint: isUnknown ? 'set TWINE_USERNAME and TWINE_PASSWORD, add the index to ~/.pypirc, or use a keyring' : undefined,
  });
}
