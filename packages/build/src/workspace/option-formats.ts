import { posix } from 'node:path';
import { isValidName } from '@wheelhouse/python/internal';

/** What is wrong with a text, where the words of its schema are not enough. */
interface FormatProblem {
  /** What the message says after the name of the option; the value if there is none. */
  readonly what?: string;
  readonly hint?: string;
}

/** The formats of texts in the schema of the plugin's options: what is wrong with a text, if anything is. */
export const OPTION_FORMATS: Readonly<Record<string, (text: string) => FormatProblem | undefined>> = {
  'project-glob': (text) =>
    leadsOut(text)
      ? { what: `points outside the project: \`${text}\``, hint: 'globs are relative to the project' }
      : undefined,
  'workspace-path': (text) =>
    leadsOut(text)
      ? { what: `points outside the workspace: \`${text}\``, hint: 'paths are relative to the workspace' }
      : undefined,
  'inner-path': (text) => (leadsOut(text) ? {} : undefined),
  'relative-file': (text) => (posix.isAbsolute(text) ? {} : undefined),
  name: (text) => (isValidName(text) ? undefined : {}),
  distribution: (text) => {
    if (isValidName(text)) return undefined;
    const all = text === '*' || text === ':all:';
    return all ? { hint: 'list the distributions: all of them would include every build backend' } : {};
  },
  'distribution-pattern': (text) => (isValidName(text.replaceAll('*', 'x')) ? undefined : {}),
  'system-package': (text) => (SYSTEM_PACKAGE.test(text) ? undefined : {}),
  'index-url': indexUrlProblem,
};

/** A name as dpkg, rpm and apk have them, with an architecture behind it if there are several. */
const SYSTEM_PACKAGE = /^[A-Za-z0-9][A-Za-z0-9_.+-]*(:[a-z0-9-]+)?$/;

function indexUrlProblem(text: string): FormatProblem | undefined {
  if (!URL.canParse(text) || !/^https?:/i.test(text)) return {};
  const url = new URL(text);
  if (url.username === '' && url.password === '') return undefined;
  url.username = '';
  url.password = '';
  return {
    what: `has credentials in it: \`${url.href}\``,
    hint: "credentials do not belong in a workspace: use netrc, a keyring, the URLs in pip's configuration, or the variables UV_INDEX_<NAME>_USERNAME and UV_INDEX_<NAME>_PASSWORD",
  };
}

/** Whether a relative path or glob leaves the directory that it is relative to. */
function leadsOut(path: string): boolean {
  return posix.isAbsolute(path) || /^\.\.(\/|$)/.test(posix.normalize(path));
}
