import { ElementError } from '@wheelhouse/element';
import { normalizeName } from './name.js';

/** Compatibility tags in their short form: one tag for each combination (PEP 425, "Compressed Tag Sets"). */
export interface TagSets {
  readonly pythons: readonly string[];
  readonly abis: readonly string[];
  readonly platforms: readonly string[];
}

/** What a wheel's file name says (binary distribution format, "File name convention"). */
export interface WheelName extends TagSets {
  /** Normalised (PEP 503). */
  readonly name: string;
  /** The name as the file has it. */
  readonly writtenName: string;
  readonly version: string;
}

/** The parts of a wheel's file name; `undefined` for any other name. */
export function readWheelName(file: string): WheelName | undefined {
  const [, writtenName, version, ...tags] = /^([^-]+)-([^-]+)(?:-\d[^-]*)?-([^-]+-[^-]+-[^-]+)\.whl$/.exec(file) ?? [];
  const sets = parseTags(tags[0] ?? '');
  if (writtenName === undefined || version === undefined || sets === undefined) return undefined;
  return { name: normalizeName(writtenName), writtenName, version, ...sets };
}

/** The same. @throws ElementError ARTIFACT if it is not the name of a wheel */
export function parseWheelName(file: string): WheelName {
  const name = readWheelName(file);
  if (name !== undefined) return name;
  throw new ElementError({ code: 'ARTIFACT', message: `\`${file}\` is not the name of a wheel` });
}

/** A tag, or several in the short form, such as `py2.py3-none-any`; `undefined` for anything else. */
export function parseTags(text: string): TagSets | undefined {
  const [pythons, abis, platforms, more] = text.split('-').map((part) => part.split('.'));
  if (pythons === undefined || abis === undefined || platforms === undefined || more !== undefined) return undefined;
  return { pythons, abis, platforms };
}

/** Each tag of the sets by itself, such as `py2-none-any` and `py3-none-any`. */
export function expandTags({ pythons, abis, platforms }: TagSets): string[] {
  return pythons.flatMap((python) =>
    abis.flatMap((abi) => platforms.map((platform) => `${python}-${abi}-${platform}`)),
  );
}
