import { existsSync, readFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { innerProjects, METADATA_FILES, type ReadProject } from '@wheelhouse/python/internal';
import { Places } from './places.js';
import type { PlaceFacts } from './place-facts.js';
import type { Place } from './read-places.js';
import { workspaceMemo } from './workspace-data.js';
import { entryByFile, type FoundProject } from '../workspace/discovery.js';
import { filesByRoot, findFiles, findMetadataFiles } from '../workspace/metadata-files.js';
import { readPluginEntries, type PluginEntry } from '../workspace/nx-json.js';
import { NAMING_FILES, takenNames, workspacePackages } from '../workspace/other-names.js';
import { sortProjects, wantedNames, type SortedProjects } from '../workspace/read-projects.js';

/** The options of an entry of nx.json, and what is wrong with them. */
type Entry = Pick<PluginEntry, 'options' | 'error'>;

/** What Nx asks about. */
export interface SeenWorkspaceOptions {
  /** Absolute path. */
  readonly workspace: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** The projects of a workspace as their files have them, by digests until the facts are asked for. */
export class SeenWorkspace {
  private constructor(
    private readonly workspace: string,
    private readonly places: Places,
    /** The roots of the projects that the entry of nx.json is for which Nx asks about. */
    readonly own: ReadonlySet<string>,
    private readonly entryOf: (root: string) => Entry,
    /** Whether nx.json has the plugin once. */
    readonly isOnlyEntry: boolean,
  ) {}

  /**
   * As Nx asks about the files of one entry of nx.json. What others are for is looked at, too: a name may be taken by one
   * of another entry.
   *
   * @param files those that match, relative to the workspace: metadata files of Python, and those that give names
   */
  static async ofEntry(
    files: readonly string[],
    entry: Entry,
    { workspace, environment }: SeenWorkspaceOptions,
  ): Promise<SeenWorkspace> {
    const entries = existsSync(join(workspace, 'nx.json')) ? await readPluginEntries(workspace) : [];
    const seesAll = entries.every(
      ({ include, exclude }) => entries.length === 1 && include.length + exclude.length === 0,
    );
    const own = filesByRoot(files.filter(isMetadata));
    const all = new Map<string, Place>();
    if (entries.length > 1) {
      for (const place of await placesOf(await findMetadataFiles(workspace), entries)) all.set(place.root, place);
    }
    const naming = seesAll ? files.filter((file) => !isMetadata(file)) : await findFiles(workspace, NAMING_FILES);
    for (const root of filesByRoot(naming).keys()) if (!all.has(root)) all.set(root, { root, files: [], settings: {} });
    const { settings } = entry.options;
    for (const [root, its] of own) all.set(root, { root, files: its, settings });
    const others = entries.length < 2 ? () => entry : await entriesByRoot(all.values(), entries);
    const places = await Places.look(sorted(all.values()), {
      workspace,
      environment,
      memo: workspaceMemo(workspace, environment),
      isWhole: true,
    });
    const entryOf = (root: string): Entry => (own.has(root) ? entry : others(root));
    return new SeenWorkspace(workspace, places, new Set(own.keys()), entryOf, entries.length < 2);
  }

  /** All Python projects, whichever entry they are of. @param files metadata files; those that git lists by default */
  static async ofAll(
    { workspace, environment }: SeenWorkspaceOptions,
    files?: readonly string[],
  ): Promise<SeenWorkspace> {
    const entries = await readPluginEntries(workspace);
    const all = await placesOf(files ?? (await findMetadataFiles(workspace)), entries);
    const entryOf = await entriesByRoot(all, entries);
    const places = await Places.look(sorted(all), {
      workspace,
      environment,
      memo: workspaceMemo(workspace, environment),
      isWhole: false,
    });
    return new SeenWorkspace(workspace, places, new Set(all.map(({ root }) => root)), entryOf, entries.length < 2);
  }

  /** What all projects have to do with: another text whenever one comes, goes, or has other names or options. */
  frame(): string {
    const { own } = this;
    return JSON.stringify([
      [...this.places.all()].map(([root, { identity }]) => [root, own.has(root), identity]),
      [...this.inner()],
      ...['package.json', 'pnpm-workspace.yaml', 'nx.json'].map((file) => textOf(join(this.workspace, file))),
      ...this.sameNames().flatMap(({ files }) => files.map((file) => textOf(join(this.workspace, file)))),
    ]);
  }

  /** Digests of what the Python projects say, by their roots. */
  digests(): ReadonlyMap<string, string> {
    const all = this.places.all();
    return new Map(this.places.projects().map(({ root }) => [root, all.get(root)?.digest ?? '']));
  }

  /** All that decides what the projects require of one another: the same text for the same. */
  requiredDigest(): string {
    const settings = this.places.projects().map((place) => place.settings);
    return JSON.stringify([[...this.digests()], settings, textOf(join(this.workspace, 'nx.json'))]);
  }

  /** What each place says, by its root. */
  async facts(): Promise<ReadonlyMap<string, PlaceFacts>> {
    return await this.places.facts();
  }

  /** The Python projects: those that can be worked with, and those that cannot. */
  async projects(): Promise<SortedProjects> {
    // Where projects of one name give it is what their error says.
    const facts = new Map([...(await this.facts()), ...(await this.places.withOrigins(this.sameNames()))]);
    const found: FoundProject[] = [];
    const read: ReadProject[] = [];
    for (const { root } of this.places.projects()) {
      const { files = [], declared, project } = facts.get(root) ?? {};
      if (project === undefined) continue;
      const { options, error } = this.entryOf(root);
      found.push({ root, files, name: declared?.name, options, ...(error === undefined ? {} : { error }) });
      read.push({ root, ...project.read });
    }
    const naming = [...facts].map(([root, { declared }]) => ({
      root,
      name: declared.name,
      hasProjectJson: declared.hasProjectJson,
    }));
    const taken = takenNames(naming, {
      wanted: wantedNames(found, read),
      python: new Set(found.map(({ root }) => root)),
      inWorkspaces: await workspacePackages(this.workspace),
    });
    return sortProjects(found, read, taken);
  }

  /** The projects whose distribution another one is, too. */
  private sameNames(): Place[] {
    const byName = new Map<string, Place[]>();
    const all = this.places.all();
    for (const place of this.places.projects()) {
      const { distribution } = all.get(place.root) ?? {};
      if (distribution !== undefined) byName.set(distribution, [...(byName.get(distribution) ?? []), place]);
    }
    return [...byName.values()].filter((places) => places.length > 1).flat();
  }

  /** The projects inside a project whose files are not its own, by its root: see `innerProjects`. */
  inner(): ReadonlyMap<string, readonly string[]> {
    const roots = this.places.projects().map(({ root }) => root);
    const all = new Set(roots);
    const inside = new Map<string, string[]>();
    for (const root of roots) {
      for (let at = root; at !== '.';) {
        at = posix.dirname(at);
        if (all.has(at)) inside.set(at, [...(inside.get(at) ?? []), root]);
      }
    }
    return new Map([...inside].map(([root, each]) => [root, innerProjects(root, each, this.workspace)]));
  }
}

function isMetadata(file: string): boolean {
  return METADATA_FILES.includes(basename(file));
}

async function placesOf(files: readonly string[], entries: readonly PluginEntry[]): Promise<Place[]> {
  const entryOf = await entryByFile(entries);
  const byRoot = filesByRoot(files.filter((file) => entryOf(file) !== undefined));
  return [...byRoot].flatMap(([root, own]) => {
    const entry = own.map(entryOf).find((each) => each !== undefined);
    return entry === undefined ? [] : [{ root, files: own, settings: entry.options.settings }];
  });
}

async function entriesByRoot(
  places: Iterable<Place>,
  entries: readonly PluginEntry[],
): Promise<(root: string) => Entry> {
  const entryOf = await entryByFile(entries);
  const byRoot = new Map(
    [...places].map(({ root, files }) => [root, files.map(entryOf).find((each) => each !== undefined)]),
  );
  return (root) => {
    const entry = byRoot.get(root);
    if (entry === undefined) throw new Error(`no entry of nx.json is for \`${root}\``);
    return entry;
  };
}

function sorted(places: Iterable<Place>): Place[] {
  return [...places].sort((a, b) => (a.root < b.root ? -1 : 1));
}

function textOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
