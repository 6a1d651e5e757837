import type { Interpreter } from '@wheelhouse/python/internal';
import type { RootToolchain } from './toolchain.js';

/** What a root with an interpreter is asked for. */
export interface RootRequest {
  readonly toolchain: RootToolchain;
  /** Programs that may be the interpreter, paths or names; the first that exists is. */
  readonly programs: readonly string[];
}

/** A root that can be built with. Plain data. */
export interface RootDescription {
  readonly interpreter: Interpreter;
  /** Names of the packages of dpkg's in it; absent if it has no such database. */
  readonly packages?: readonly string[];
}

/** Describes roots that are not of this machine. */
export type DescribeRoot = (request: RootRequest) => Promise<RootDescription>;
