import type { Origin } from '@wheelhouse/element';
import type { EntryPoints } from './entry-points.js';

/** A value with its place. */
export interface Placed<T> {
  readonly value: T;
  readonly origin: Origin;
}

/** What could not be read without running the project. */
export interface Unreadable {
  readonly origin: Origin;
  /** What is wrong with it, naming it in backticks. */
  readonly why: string;
}

/** A field as one file declares it; absent if the file says nothing of it. */
export type Field<T> = Placed<T> | Unreadable | undefined;

/** The fields that one metadata file declares, before files are put together. */
export interface Declaration {
  readonly name?: Field<string>;
  readonly version?: Field<string>;
  /** What setuptools puts behind the version, wherever that is from. */
  readonly versionTag?: Field<string>;
  readonly description?: Field<string>;
  readonly requiresPython?: Field<string>;
  readonly dependencies?: Field<readonly Placed<string>[]>;
  /** By extra as written, which may be setuptools' `extra:marker` in setup.py and setup.cfg. */
  readonly extras?: Field<ReadonlyMap<string, readonly Placed<string>[]>>;
  readonly entryPoints?: Field<EntryPoints>;
  /** The files of the long description, relative to the project; none if its text is given. */
  readonly readme?: Field<readonly string[]>;
}

/** What a dependency group holds (PEP 735): a requirement, or the name of a group whose requirements it has too. */
export type GroupItem = Placed<string> | { readonly include: string; readonly origin: Origin };

/** Whether a field was read. */
export function isPlaced<T>(field: Field<T>): field is Placed<T> {
  return field !== undefined && 'value' in field;
}
