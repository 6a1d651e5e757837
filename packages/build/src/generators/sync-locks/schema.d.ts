/** The options of the generator `sync-locks`: none. */
export type SyncLocksGeneratorSchema = Readonly<Record<string, never>>;
