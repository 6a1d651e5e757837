// Made from schema.json: `npm run generate`.

/**
 * Registers the plugin, which points Nx at the shared cache, in nx.json.
 */
export interface InitGeneratorSchema {
  /**
   * Address of the shared cache. Without one the plugin is a cache of this machine.
   */
  upstream?: string;
}
