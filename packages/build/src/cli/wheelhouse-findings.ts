import { join, relative } from 'node:path';
import { verifyWheelhouse, type WheelhouseFinding } from '@wheelhouse/python-stage/wheelhouse';

/** Formats the findings of a verification. */
export interface Verified {
  /** A line each. */
  readonly findings: readonly string[];
  /** What is as it is recorded and most likely not meant, a line each. */
  readonly warnings: readonly string[];
  readonly checked: number;
}

/** What to verify in a wheelhouse, and how to report it. */
export interface Told {
  /** Absolute path that paths in messages are relative to. */
  readonly from: string;
  readonly tested: boolean;
  /** Absolute path. */
  readonly record?: string;
}

/** Checks a wheelhouse. @param directory absolute path */
export async function verifyDirectory(directory: string, { from, ...question }: Told): Promise<Verified> {
  const { findings, warnings, checked } = await verifyWheelhouse({ directory, ...question });
  const line = ({ file, message }: WheelhouseFinding): string => `${relative(from, join(directory, file))}: ${message}`;
  return { findings: findings.map(line), warnings: warnings.map(line), checked };
}
