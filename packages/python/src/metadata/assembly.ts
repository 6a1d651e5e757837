import { ElementError, ElementErrors, type Origin } from '@wheelhouse/element';
import { throwCollected } from '@wheelhouse/element/internal';
import { isPlaced, type Field, type Placed } from './declaration.js';
import { declaredMetadata } from './declared-metadata.js';
import { resolveGroups } from './dependency-groups.js';
import { fieldOf, type Declarations } from './field-of.js';
import { readFileRequirements } from './file-requirements.js';
import type { ProjectFiles } from './project-files.js';
import { type ProjectMetadata } from './project-metadata.js';
import { readsSetupPy } from './build-system.js';
import { TEST_NAMES } from './requirements-settings.js';
import { canonicalAddress } from '../requirements/address.js';
import { bothMarkers } from '../requirements/marker.js';
import { isValidName, normalizeName } from '../requirements/name.js';
import { parseMarker, parseRequirement, type Requirement } from '../requirements/requirement.js';
import { canonicalSpecifier, isSpecifier, isVersion } from '../requirements/specifier.js';

const MOVE = 'write it as a literal, or move it to pyproject.toml or setup.cfg';
const LEAVE_OUT = 'exclude the project (option `exclude`)';
const NAME_FILES = 'list its requirements files in the option `requirements`';

/**
 * Puts a project's files together. `[project]` is final for every field it does not name in `dynamic` (PEP 621);
 * otherwise `[tool.poetry]` counts where Poetry builds the project, and elsewhere
 * `setup()` wins over setup.cfg, as it does in setuptools. A version may be unknown until the build.
 *
 * @throws ElementError METADATA, all that are wrong at once
 */
export function assembleMetadata(declarations: Declarations): ProjectMetadata {
  const { files, pyproject } = declarations;
  const errors: ElementError[] = [];
  const collect = <T>(read: () => T, fallback: T): T => {
    try {
      return read();
    } catch (error) {
      if (error instanceof ElementErrors) errors.push(...error.errors);
      else if (error instanceof ElementError) errors.push(error);
      else throw error;
      return fallback;
    }
  };
  const name = collect(() => required(nameOf(declarations)), undefined);
  const version = collect(() => versionOf(declarations), undefined);
  const requiresPython = collect(() => optional(fieldOf(declarations, 'requiresPython', 'requires-python')), undefined);
  const description = fieldOf(declarations, 'description', 'description');
  // Files that the options name stand for a list that only running the project would tell.
  const listed = fieldOf(declarations, 'dependencies', 'dependencies');
  const field = files.settings.requirements === undefined || isPlaced(listed) ? listed : undefined;
  const declared = collect(() => optional(field, [NAME_FILES]), undefined);
  const extras = collect(() => optional(fieldOf(declarations, 'extras', 'optional-dependencies')), undefined)?.value;

  const dependencies = parseAll(declared?.value ?? [], collect);
  const optionalDependencies: Record<string, Requirement[]> = {};
  for (const [key, list] of extras ?? []) {
    const { extra, marker } = collect(() => splitExtra(key, list[0]?.origin), { extra: key, marker: undefined });
    const requirements = parseAll(list, collect).map((requirement) => {
      const both = bothMarkers(requirement.marker, marker);
      return both === undefined ? requirement : { ...requirement, marker: both };
    });
    if (extra === '') dependencies.push(...requirements);
    else (optionalDependencies[normalizeName(extra)] ??= []).push(...requirements);
  }
  const dependencyGroups = collect(() => resolveGroups(pyproject.groups), {});
  const { testExtras = TEST_NAMES, testGroups = TEST_NAMES } = files.settings;
  const hasTests =
    testExtras.some((extra) => Object.hasOwn(optionalDependencies, normalizeName(extra))) ||
    testGroups.some((group) => Object.hasOwn(dependencyGroups, normalizeName(group)));
  const fromFiles = collect(
    () => readFileRequirements(files, { dependencies: declared !== undefined, tests: hasTests }),
    undefined,
  );
  if (isPlaced(version) && !isVersion(version.value)) {
    errors.push(metadataError(`\`${version.value}\` is not a version`, version.origin, 'versions must follow PEP 440'));
  }
  if (requiresPython !== undefined && !isSpecifier(requiresPython.value)) {
    errors.push(metadataError(`\`${requiresPython.value}\` is not a version specifier`, requiresPython.origin));
  }
  const buildRequires = parseAll(pyproject.buildRequires, collect);
  throwCollected(errors);
  if (name === undefined) throw new Error('a project without a name passed');
  const located = (list: readonly Requirement[]): Requirement[] => list.map((each) => locate(each, files));
  return {
    root: files.root,
    name: name.value,
    normalizedName: normalizeName(name.value),
    ...(isPlaced(version) ? { version: version.value } : {}),
    ...(isPlaced(description) ? { description: description.value } : {}),
    ...(requiresPython === undefined ? {} : { requiresPython: canonicalSpecifier(requiresPython.value) }),
    dependencies: [...located(dependencies), ...(fromFiles?.runtime ?? [])],
    optionalDependencies: mapValues(optionalDependencies, located),
    dependencyGroups: mapValues(dependencyGroups, located),
    ...(fromFiles === undefined ? {} : { fromFiles: fromFiles.rest }),
    buildSystem: { requires: located(buildRequires), backend: pyproject.backend, backendPath: pyproject.backendPath },
    declared: declaredMetadata(declarations, dependencies.length),
    origins: {
      name: name.origin,
      ...(isPlaced(version) ? { version: version.origin } : {}),
      ...(requiresPython === undefined ? {} : { requiresPython: requiresPython.origin }),
      buildSystem: pyproject.buildSystemOrigin,
    },
  };
}

type Collect = <T>(read: () => T, fallback: T) => T;

function parseAll(list: readonly Placed<string>[], collect: Collect): Requirement[] {
  return list.flatMap(({ value, origin }) => collect<Requirement[]>(() => [parseRequirement(value, origin)], []));
}

/** Paths in metadata begin at the project. */
function locate(requirement: Requirement, files: ProjectFiles): Requirement {
  if (requirement.url === undefined) return requirement;
  return { ...requirement, url: canonicalAddress(requirement.url, files.base('pyproject.toml')) };
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

/**
 * The version, with what `[egg_info]` of setup.cfg puts behind it in setuptools (`tagged_version` of its `egg_info`).
 *
 * @throws ElementError METADATA if it has the day of the build in it
 */
function versionOf(declarations: Declarations): Field<string> {
  const version = fieldOf(declarations, 'version', 'version');
  const { pyproject, setupCfg } = declarations;
  const tag = readsSetupPy(pyproject.backend) ? setupCfg?.versionTag : undefined;
  if (tag === undefined || !isPlaced(version)) return version;
  if (!isPlaced(tag)) throw metadataError(tag.why, tag.origin, 'remove it: a rebuilt wheel must be identical');
  return version.value.endsWith(tag.value) ? version : { ...version, value: version.value + tag.value };
}

function nameOf(declarations: Declarations): Field<string> {
  const found = fieldOf(declarations, 'name', 'name');
  if (found !== undefined) return found;
  const { poetry, unreadPoetry, backend } = declarations.pyproject;
  if (poetry !== undefined) {
    throw metadataError('`tool.poetry` has no `name`', poetry.origin, 'a package must have a name');
  }
  if (unreadPoetry !== undefined) {
    throw metadataError(
      `the project is described by \`tool.poetry\`, which \`${backend}\` does not read`,
      unreadPoetry,
      'add `[build-system]` with `requires = ["poetry-core"]` and `build-backend = "poetry.core.masonry.api"`',
    );
  }
  throw metadataError(
    `no file of the project \`${declarations.files.root}\` has its name`,
    declarations.pyproject.buildSystemOrigin,
    'add `[project]` with `name` and `version` to pyproject.toml',
  );
}

function required(field: Field<string>): Placed<string> {
  const placed = optional(field);
  if (placed === undefined || !isValidName(placed.value)) {
    throw metadataError(`\`${placed?.value ?? ''}\` is not a distribution name`, placed?.origin);
  }
  return placed;
}

/** @param more what else fixes a field that cannot be read */
function optional<T>(field: Field<T>, more: readonly string[] = []): Placed<T> | undefined {
  if (field === undefined || isPlaced(field)) return field;
  const ways = field.origin.file.endsWith('setup.py') ? [...more, LEAVE_OUT] : more;
  throw metadataError(field.why, field.origin, ways.length === 0 ? MOVE : `${MOVE}; or ${ways.join(', or ')}`);
}

/** setuptools' `extra:marker` keys. */
function splitExtra(key: string, origin: Origin | undefined): { extra: string; marker: Requirement['marker'] } {
  const at = key.indexOf(':');
  if (at < 0) return { extra: key, marker: undefined };
  return { extra: key.slice(0, at), marker: parseMarker(key.slice(at + 1), origin) };
}

function metadataError(message: string, origin: Origin | undefined, hint?: string): ElementError {
  return new ElementError({ code: 'METADATA', message, origin, hint });
}
