import { join, relative } from 'node:path';
import { verifyWheelhouse } from '@wheelhouse/python/wheelhouse';

/** What a verification came to, as it is told. */
export interface Verified {
  /** A line each. */
  readonly findings: readonly string[];
  readonly checked: number;
}

/** What is asked of a wheelhouse, and how the answer is told. */
export interface Told {
  /** Absolute path that files are told from. */
  readonly from: string;
  readonly tested: boolean;
  /** Absolute path. */
  readonly record?: string;
}

/** Checks a wheelhouse. @param directory absolute path */
export async function verifyDirectory(directory: string, { from, ...question }: Told): Promise<Verified> {
  const { findings, checked } = await verifyWheelhouse({ directory, ...question });
  return {
    findings: findings.map(({ file, message }) => `${relative(from, join(directory, file))}: ${message}`),
    checked,
  };
}
