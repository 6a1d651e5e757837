import { ElementError } from '@wheelhouse/element';
import { normalizeName } from './name.js';

/** What a wheel's file name says (binary distribution format, "File name convention"). */
export interface WheelName {
  /** Normalised (PEP 503). */
  readonly name: string;
  readonly version: string;
}

/** @throws ElementError ARTIFACT where the name is no wheel's */
export function parseWheelName(file: string): WheelName {
  const match = /^([^-]+)-([^-]+)(?:-\d[^-]*)?-[^-]+-[^-]+-[^-]+\.whl$/.exec(file);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new ElementError({ code: 'ARTIFACT', message: `\`${file}\` is not the name of a wheel` });
  }
  return { name: normalizeName(match[1]), version: match[2] };
}
