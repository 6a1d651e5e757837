import type { MachineSettings } from './machine-settings.js';
import type { UvTable } from '../metadata/uv-table.js';

/** Where distributions come from, as pip and uv are configured. May hold credentials: never logged, never in a file. */
export interface IndexSettings {
  /** The index; that of the tool itself when absent. */
  readonly indexUrl?: string;
  readonly extraIndexUrls: readonly string[];
  readonly findLinks: readonly string[];
  readonly trustedHosts: readonly string[];
  /** No index at all. */
  readonly noIndex: boolean;
  /** A bundle of CA certificates. */
  readonly cert?: string;
  readonly clientCert?: string;
  readonly proxy?: string;
  /** Seconds. */
  readonly timeout?: number;
  /** How often a request is made again that failed for the moment; by default 3 times. */
  readonly retries?: number;
  /** pip's `keyring-provider`. */
  readonly keyringProvider?: string;
  /** Indexes that names are pinned to, their addresses with credentials if there are some. */
  readonly pinned?: readonly PinnedIndex[];
  /** What these settings were made of; absent if they were not read. */
  readonly configured?: ConfiguredIndexes;
}

/** Settings before they are merged, for callers that add settings with precedence over them. */
export interface ConfiguredIndexes {
  readonly pip: IndexSettings;
  readonly uv: UvLayers;
  /** pip's own index. */
  readonly usual: string;
  /** What the same places say of versions. */
  readonly machine: MachineSettings;
}

/** An index that distributions are pinned to: it is asked for them alone, and no other index is queried for them. */
export interface PinnedIndex {
  /** What messages and uv's variables for credentials call it. */
  readonly name: string;
  readonly url: string;
  /** Normalised names, in which `*` stands for any characters. */
  readonly packages: readonly string[];
}

/**
 * The settings of uv for indexes outside of a project's files: uv's variables, and the user's and the system's uv.toml.
 */
export interface UvLayers {
  readonly variables: UvTable;
  /** The user's first. */
  readonly files: readonly UvTable[];
}
