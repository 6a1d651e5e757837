import { createHash } from 'node:crypto';
import { FactsMemo, type KnownPlace } from './facts-memo.js';
import type { PlaceFacts } from './place-facts.js';
import type { Place, ReadPlace, ReadPlacesOptions } from './read-places.js';
import { Sights } from './sights.js';

/** Where places are looked at. */
export interface PlacesOptions extends Omit<ReadPlacesOptions, 'sights'> {
  /** Whether these are all places of the workspace. */
  readonly isWhole: boolean;
}

/** What the files of places say: by digests, which is all that is needed where nothing has changed, and by facts. */
export class Places {
  private readonly known = new Map<string, KnownPlace>();
  private readonly read = new Map<string, PlaceFacts>();

  private constructor(
    private readonly places: readonly Place[],
    private readonly memo: FactsMemo,
    private readonly options: ReadPlacesOptions & PlacesOptions,
  ) {}

  /** Looks at all places, and reads those that have changed. */
  static async look(places: readonly Place[], options: PlacesOptions): Promise<Places> {
    const sights = new Sights(options.workspace, options.environment);
    const memo = new FactsMemo((name) => options.memo(name), sights);
    const looked = new Places(places, memo, { ...options, memo: (name) => options.memo(name), sights });
    const keyOf = keys();
    const changed = places.filter((place) => {
      const known = memo.known(place.root, keyOf(place));
      if (known !== undefined) looked.known.set(place.root, known);
      return known === undefined;
    });
    await looked.readAnew(changed, keyOf);
    memo.save(options);
    return looked;
  }

  /** What is known of each place, by its root and in their order, without what it says. */
  all(): ReadonlyMap<string, KnownPlace> {
    return new Map(
      this.places.flatMap(({ root }) => {
        const known = this.known.get(root);
        return known === undefined ? [] : [[root, known]];
      }),
    );
  }

  /** The Python projects among them. */
  projects(): readonly Place[] {
    return this.places.filter(({ root }) => this.known.get(root)?.isProject === true);
  }

  /** What the places say, by their roots. */
  async facts(): Promise<ReadonlyMap<string, PlaceFacts>> {
    const lost = this.places.filter(({ root }) => {
      if (this.read.has(root)) return false;
      const facts = this.memo.facts(this.known.get(root)?.digest ?? '');
      if (facts !== undefined) this.read.set(root, facts);
      return facts === undefined;
    });
    if (lost.length > 0) {
      await this.readAnew(lost, keys());
      this.memo.save(this.options);
    }
    return this.read;
  }

  /** What places say, with all origins. */
  async withOrigins(places: readonly Place[]): Promise<ReadonlyMap<string, PlaceFacts>> {
    const read = await this.readNow(places);
    return new Map(read.map(({ place, facts }) => [place.root, facts]));
  }

  /** The readers are loaded when there is something to read. */
  private async readNow(places: readonly Place[]): Promise<ReadPlace[]> {
    if (places.length === 0) return [];
    const { readPlaces } = await import('./read-places.js');
    return await readPlaces(places, this.options);
  }

  private async readAnew(places: readonly Place[], keyOf: (place: Place) => string): Promise<void> {
    for (const { place, facts, sights } of await this.readNow(places)) {
      this.read.set(place.root, facts);
      this.known.set(place.root, this.memo.learn(place.root, keyOf(place), facts, sights));
    }
  }
}

/** The key of a place: everything but its files that decides what it says. */
function keys(): (place: Place) => string {
  const bySettings = new Map<Place['settings'], string>();
  return ({ files, settings }) => {
    const key = bySettings.get(settings) ?? digestOf(JSON.stringify(settings));
    bySettings.set(settings, key);
    return `${files.join('|')} ${key}`;
  };
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
