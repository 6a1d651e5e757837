import type { Origin } from '@wheelhouse/element';
import type { UvIndex, UvTable } from './uv-table.js';

/** A name that a project's files bind to one index. */
export interface IndexBinding {
  /** Normalised. */
  readonly package: string;
  /** The index's name. */
  readonly index: string;
  readonly origin: Origin;
}

/** What a project's pyproject.toml and the uv.toml it is under say of indexes. Plain data; addresses may hold credentials. */
export interface ProjectIndexes {
  readonly table?: UvTable;
  /** Indexes that names may be bound to, the first of a name counting. */
  readonly named: readonly UvIndex[];
  readonly bindings: readonly IndexBinding[];
}
