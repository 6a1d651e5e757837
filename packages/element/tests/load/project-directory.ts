import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ElementError, ElementErrors } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';

/** A temporary directory with these files, removed after the test. */
export function projectDirectory(files: Readonly<Record<string, string>>): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'wheelhouse-project-')));
  made.push(directory);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

const made: string[] = [];

afterEach(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
});

/** The whole text a user sees for what `action` throws, with `directory` written as `@PROJECT@`. */
export function errorText(action: () => unknown, directory = '\0'): string {
  try {
    action();
  } catch (error) {
    return textOf(error, directory);
  }
  throw new Error('nothing was thrown');
}

/** {@link errorText} for what is awaited. */
export async function rejectionText(action: () => Promise<unknown>, directory = '\0'): Promise<string> {
  try {
    await action();
  } catch (error) {
    return textOf(error, directory);
  }
  throw new Error('nothing was thrown');
}

function textOf(error: unknown, directory: string): string {
  if (error instanceof ElementError || error instanceof ElementErrors) {
    return formatError(error).replaceAll(directory, '@PROJECT@');
  }
  throw error;
}
