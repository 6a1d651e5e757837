/** The options of the generator `init`. */
export interface InitGeneratorSchema {
  /** Address of the shared cache. Without one the plugin is a cache of this machine. */
  readonly upstream?: string;
}
