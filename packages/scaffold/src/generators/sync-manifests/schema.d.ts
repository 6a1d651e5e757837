/** The options of the generator `sync-manifests`: none. */
export type SyncManifestsGeneratorSchema = Readonly<Record<string, never>>;
