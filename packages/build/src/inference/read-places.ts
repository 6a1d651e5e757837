import { join } from 'node:path';
import { findPython, normalizeName, readEachProject, testPlaces, type ReadProject } from '@wheelhouse/python/internal';
import { lockedDistributions } from './locked-distributions.js';
import type { PlaceFacts, ProjectFacts } from './place-facts.js';
import type { Sight, SightRecord, Sights } from './sights.js';
import { hasTests, showsTests } from './tests-of-project.js';
import { declaringFirst } from '../workspace/metadata-files.js';
import type { PluginOptions } from '../workspace/plugin-options.js';
import { declaredProject } from '../workspace/project-name.js';

/** A directory that may be a project, by the files that Nx sees there. */
export interface Place {
  /** Relative to the workspace; `.` for the workspace itself. */
  readonly root: string;
  /** Its Python metadata files, relative to the workspace; none for a project of another language. */
  readonly files: readonly string[];
  /** The options that are for it. */
  readonly settings: PluginOptions['settings'];
}

/** Where places are read. */
export interface ReadPlacesOptions {
  /** Absolute path. */
  readonly workspace: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly sights: Sights;
  /** The path of a memo by its name. */
  memo(name: string): string;
}

/** What a place says, and what that depends on: `undefined` if it may not be remembered. */
export interface ReadPlace {
  readonly place: Place;
  readonly facts: PlaceFacts;
  readonly sights: readonly Sight[] | undefined;
}

/** Reads places: all there is to know of each by itself. A project that cannot be read keeps no other from being read. */
export async function readPlaces(places: readonly Place[], options: ReadPlacesOptions): Promise<ReadPlace[]> {
  const { workspace, environment, sights } = options;
  const opened = places.map((place) => {
    const record = sights.record();
    return { place, record, files: declaringFirst(workspace, place.files, record) };
  });
  const projects = opened.filter(({ files }) => files.length > 0);
  const byRoot = new Map(projects.map((each) => [each.place.root, each]));
  const read = await readEachProject([...byRoot.keys()], {
    workspace,
    environment,
    python: () => findPython(environment, options.memo('interpreters')),
    settings: (root) => byRoot.get(root)?.place.settings,
    looks: (root) => byRoot.get(root)?.record,
  });
  const readOf = new Map(read.map((each) => [each.root, each]));
  const facts: ReadPlace[] = [];
  for (const { place, record, files } of opened) {
    const declared = declaredProject(join(workspace, place.root), record);
    const metadata = readOf.get(place.root);
    if (metadata === undefined) {
      facts.push({ place, facts: { files, declared }, sights: record.sights() });
      continue;
    }
    const name = 'metadata' in metadata ? metadata.metadata.normalizedName : (declared.name ?? metadata.names[0]);
    const found = await projectFacts(metadata, { place, workspace, record, name: name ?? place.root });
    facts.push({
      place,
      facts: { files, declared, project: found.project },
      sights: found.isRepeatable ? record.sights() : undefined,
    });
  }
  return facts;
}

interface ProjectReading {
  readonly place: Place;
  readonly workspace: string;
  readonly record: SightRecord;
  /** What its distribution is called, as far as that is known. */
  readonly name: string;
}

async function projectFacts(
  read: ReadProject,
  { place: { root, settings }, workspace, record: looks, name }: ProjectReading,
): Promise<{ readonly project: ProjectFacts; readonly isRepeatable: boolean }> {
  const { testInclude } = settings;
  const directory = join(workspace, root);
  const places = testPlaces({ directory, distribution: normalizeName(name), testInclude, looks });
  const search = { directory, places, testInclude, looks };
  const shows = showsTests(search);
  const facts = {
    locked: lockedDistributions(workspace, root, looks),
    tests: places,
    hasTests: shows || (await hasTests(search)),
  };
  if ('error' in read) {
    return { project: { ...facts, read: { error: read.error, names: read.names } }, isRepeatable: false };
  }
  for (const variable of read.metadata.fromFiles?.variables ?? []) looks.variable(variable);
  // What else `testInclude` may name is asked of git.
  const isRepeatable = shows || (testInclude ?? []).length === 0;
  return { project: { ...facts, read: { metadata: read.metadata } }, isRepeatable };
}
