import type { GeneratedFiles } from '@wheelhouse/python';
import { leadsOut, said, type Fail, type OptionKind, type OptionPath } from './option-kinds.js';

const ITEM =
  '`{"files": ["web/static/**"], "by": "web:build"}`: files relative to the project, and the task that makes them';

/** The option `generated`. */
export const GENERATED: OptionKind<readonly GeneratedFiles[]> = {
  type: `a list; each item is ${ITEM}, a target of the project or \`<project>:<target>\``,
  check: (value, name, fail) => {
    if (!Array.isArray(value)) {
      fail(said(name, value), `it must be a list; each item is ${ITEM}`, [name]);
      return undefined;
    }
    return value.flatMap((item: unknown, index) => checkItem(item, [name, index], fail));
  },
};

function checkItem(item: unknown, path: OptionPath, fail: Fail): GeneratedFiles[] {
  const [name, index] = path;
  const at = `${name ?? ''}[${index ?? ''}]`;
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    fail(said(at, item), `it must be ${ITEM}`, path);
    return [];
  }
  const { files, by, ...others } = item as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(others)) fail(`unknown option \`${at}.${key}\``, `it must be ${ITEM}`, [...path, key]);
  const isTask = typeof by === 'string' && by !== '';
  if (!isTask) fail(said(`${at}.by`, by), `it must be ${ITEM}`, [...path, 'by']);
  if (!Array.isArray(files) || files.length === 0) {
    fail(said(`${at}.files`, files), `it must be ${ITEM}`, [...path, 'files']);
    return [];
  }
  const globs = files.filter((file: unknown, number): file is string => {
    if (typeof file === 'string' && file !== '' && !leadsOut(file)) return true;
    fail(said(`${at}.files[${number}]`, file), 'it must be a file, a directory or a glob relative to the project', [
      ...path,
      'files',
      number,
    ]);
    return false;
  });
  return isTask ? [{ files: globs, by }] : [];
}
