import { ElementError, type Origin } from '@wheelhouse/element';
import {
  type ProjectMetadata,
  type MarkerEnvironment,
  bothMarkers,
  evaluateMarker,
  type Marker,
  normalizeName,
  formatRequirement,
  parseRequirement,
  type Requirement,
  sameSpecifier,
  compareVersions,
  isVersion,
} from '@wheelhouse/python/internal';
import { metadataDescription, metadataFields, parseEntryPoints } from '@wheelhouse/python/metadata';
import { differingNames } from './compare-requirements.js';
import { markerGrid } from './marker-grid.js';
import type { WheelUnderInspection } from './wheel-under-inspection.js';

/** What a built wheel has to agree with. */
export interface ReadProject {
  /** With the version that its repository gives it, where that is how it comes by one. */
  readonly metadata: ProjectMetadata;
  /** Of the interpreter that built it. */
  readonly markers: MarkerEnvironment;
}

/** A field of a wheel that is not what was read. */
export interface MetadataDifference {
  /** As METADATA calls it, or `entry_points.txt` with a group. */
  readonly field: string;
  /** What differs of the values, in one spelling; empty for nothing. */
  readonly read: readonly string[];
  readonly built: readonly string[];
  /** Where it was read. */
  readonly origin: Origin;
}

/**
 * How the metadata of a wheel differs from what was read of its project without running it (docs/adr/0078). Only what was
 * read is compared.
 */
export async function compareMetadata(
  wheel: WheelUnderInspection,
  { metadata: read, markers }: ReadProject,
): Promise<MetadataDifference[]> {
  const text = (await wheel.metadata('METADATA')) ?? '';
  const fields = metadataFields(text);
  const metadata = withoutOptional(read, fields);
  const one = (name: string): string | undefined => fields(name).find((value) => value !== 'UNKNOWN');
  const { declared = {}, origins } = metadata;
  const found: MetadataDifference[] = [];
  const differ = (field: string, read: string | undefined, built: string | undefined, origin: Origin): void => {
    found.push({ field, read: listed(read), built: listed(built), origin });
  };
  const name = one('name') ?? '';
  if (normalizeName(name) !== metadata.normalizedName) differ('Name', metadata.name, name, origins.name);
  const version = one('version') ?? '';
  if (metadata.version !== undefined && !sameVersion(version, metadata.version)) {
    differ('Version', metadata.version, version, origins.version ?? origins.name);
  }
  if (declared.description !== undefined && !sameSummary(metadata.description, one('summary'))) {
    differ('Summary', metadata.description, one('summary'), declared.description);
  }
  const python = one('requires-python');
  if (declared.requiresPython !== undefined && !sameSpecifier(metadata.requiresPython ?? '', python ?? '')) {
    differ('Requires-Python', metadata.requiresPython, python, declared.requiresPython);
  }
  const provided = fields('provides-extra').map(extraName);
  found.push(...differingExtras(metadata, provided));
  const built = fields('requires-dist').flatMap(requirementIn);
  found.push(...differingRequirements(metadata, { built, provided, markers }));
  if (declared.readme !== undefined && metadataDescription(text) === '') {
    const { files, origin } = declared.readme;
    found.push({ field: 'Description', read: files, built: [], origin });
  }
  found.push(...differingEntryPoints(metadata, (await wheel.metadata('entry_points.txt')) ?? ''));
  return found;
}

/**
 * A backend that a project has in its own tree may write no more than installers need: of what it leaves out altogether
 * only requirements are compared.
 */
function withoutOptional(metadata: ProjectMetadata, fields: (name: string) => string[]): ProjectMetadata {
  const { buildSystem, declared } = metadata;
  if (declared === undefined || buildSystem.backendPath.length === 0) return metadata;
  const { description, requiresPython, extras, readme, ...rest } = declared;
  const has = (name: string): boolean => fields(name).length > 0;
  return {
    ...metadata,
    declared: {
      ...rest,
      ...(description !== undefined && has('summary') ? { description } : {}),
      ...(requiresPython !== undefined && has('requires-python') ? { requiresPython } : {}),
      ...(extras !== undefined && has('provides-extra') ? { extras } : {}),
      ...(readme !== undefined && has('description-content-type') ? { readme } : {}),
    },
  };
}

function listed(value: string | undefined): string[] {
  return value === undefined || value === '' ? [] : [value];
}

function sameVersion(a: string, b: string): boolean {
  return isVersion(a) && isVersion(b) ? compareVersions(a, b) === 0 : a === b;
}

/** A summary has one line: backends join the lines of a longer one, or take the first. */
function sameSummary(read = '', built = ''): boolean {
  const joined = (text: string): string => text.replace(/\s+/g, ' ').trim();
  return [read, read.trim().split('\n', 1)[0] ?? ''].some((each) => joined(each) === joined(built));
}

/** An extra's name, normalised; before PEP 685 setuptools wrote other characters as `_`. */
function extraName(text: string): string {
  return normalizeName(text.trim().replace(/[^A-Za-z0-9._-]+/g, '_'));
}

function differingExtras(
  { declared = {}, optionalDependencies }: ProjectMetadata,
  provided: readonly string[],
): MetadataDifference[] {
  if (declared.extras === undefined) return [];
  const names = Object.keys(optionalDependencies).map(extraName);
  const read = names.filter((each) => !provided.includes(each));
  const built = provided.filter((each) => !names.includes(each));
  return read.length + built.length === 0
    ? []
    : [{ field: 'Provides-Extra', read: read.sort(), built: built.sort(), origin: declared.extras }];
}

interface Built {
  readonly built: readonly Requirement[];
  readonly provided: readonly string[];
  readonly markers: MarkerEnvironment;
}

function differingRequirements(metadata: ProjectMetadata, { built, provided, markers }: Built): MetadataDifference[] {
  const { declared = {}, dependencies, optionalDependencies, normalizedName } = metadata;
  const { extras } = declared;
  if (declared.dependencies === undefined) return unknownRequirements(metadata, { built, markers });
  const { count, origin } = declared.dependencies;
  const ofExtras = Object.entries(optionalDependencies).flatMap(([extra, list]) =>
    list.map((each) => {
      const marker = bothMarkers(each.marker, extraMarker(extra));
      return marker === undefined ? each : { ...each, marker };
    }),
  );
  const read = [...dependencies.slice(0, count), ...(extras === undefined ? [] : ofExtras)];
  // The conditions of a setup.py are markers where it is read, and are settled where it runs.
  const settled = [origin, extras, ...read.map((each) => each.origin)].some(
    (at) => at?.file.endsWith('setup.py') === true,
  );
  const environments = settled ? [markers] : markerGrid(markers, metadata.requiresPython ?? '');
  const asked = extras === undefined ? [] : [...new Set([...provided, ...Object.keys(optionalDependencies)])];
  const names = differingNames({ read, built, extras: asked, name: normalizedName }, environments);
  if (names.length === 0) return [];
  const of = (list: readonly Requirement[]): string[] =>
    list
      .filter((each) => names.includes(each.normalizedName))
      .map(formatRequirement)
      .sort();
  const place = read.find((each) => names.includes(each.normalizedName))?.origin;
  return [{ field: 'Requires-Dist', read: of(read), built: of(built), origin: place ?? origin }];
}

/** Where the list itself was not read, everything in it has at least to be known to the locks. */
function unknownRequirements(
  { dependencies, normalizedName, origins }: ProjectMetadata,
  { built, markers }: Omit<Built, 'provided'>,
): MetadataDifference[] {
  const known = new Set([normalizedName, ...dependencies.map((each) => each.normalizedName)]);
  const more = built.filter((each) => !known.has(each.normalizedName) && evaluateMarker(each.marker, markers));
  return more.length === 0
    ? []
    : [{ field: 'Requires-Dist', read: [], built: more.map(formatRequirement).sort(), origin: origins.name }];
}

function extraMarker(extra: string): Marker {
  return { type: 'compare', left: { variable: 'extra' }, operator: '==', right: { value: extra } };
}

/** A line that is no requirement is an error of its own. */
function requirementIn(line: string): Requirement[] {
  try {
    return [parseRequirement(line)];
  } catch (error) {
    if (error instanceof ElementError) return [];
    throw error;
  }
}

function differingEntryPoints({ declared = {} }: ProjectMetadata, text: string): MetadataDifference[] {
  if (declared.entryPoints === undefined) return [];
  const { groups, origin } = declared.entryPoints;
  const built = parseEntryPoints(text);
  return Object.entries(groups).flatMap(([group, entries]) => {
    const lines = (from: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): string[] =>
      Object.entries(from)
        .filter(([name, value]) => other[name] !== value)
        .map(([name, value]) => `${name} = ${value}`)
        .sort();
    const made = built[group] ?? {};
    const [missing, more] = [lines(entries, made), lines(made, entries)];
    return missing.length + more.length === 0
      ? []
      : [{ field: `entry_points.txt [${group}]`, read: missing, built: more, origin }];
  });
}
