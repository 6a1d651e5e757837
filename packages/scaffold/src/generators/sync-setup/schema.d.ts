/** The options of the generator `sync-setup`: none. */
export type SyncSetupGeneratorSchema = Readonly<Record<string, never>>;
