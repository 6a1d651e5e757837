// By its parts: the whole includes a schema validator, which takes longer to load than all of ours.
import * as Enums from '@cyclonedx/cyclonedx-library/Enums';
import * as Models from '@cyclonedx/cyclonedx-library/Models';
import * as Serialize from '@cyclonedx/cyclonedx-library/Serialize';
import * as Spec from '@cyclonedx/cyclonedx-library/Spec';
import { PackageURL } from 'packageurl-js';
import { digestOf } from '@wheelhouse/element/internal';
import { publicAddress, type MarkerEnvironment } from '@wheelhouse/python/internal';
import type { Crate } from '@wheelhouse/python/lockfile';
import { closureOf } from './closure.js';
import { licencesOf } from './licences.js';
import type { WheelDescription } from './wheel-description.js';

/** What a bill of materials is made from. */
export interface SbomInput {
  /** The wheels of a wheelhouse, the project's own among them. */
  readonly wheels: readonly WheelDescription[];
  /** The project's normalised name. */
  readonly project: string;
  /** The environment the wheelhouse is for. */
  readonly markers: MarkerEnvironment;
  /** The version of this package. */
  readonly version: string;
  /** What was compiled into wheels that cargo built, by their normalised names. */
  readonly crates?: ReadonlyMap<string, readonly Crate[]>;
}

/** The property of a component that names its file. */
export const FILE_PROPERTY = 'wheelhouse:file';

/**
 * The bill of materials of a wheelhouse (CycloneDX 1.6, JSON): a component for each wheel, with its digest and its
 * licences, one for each crate of a Cargo.lock that a wheel was built by, and who needs whom. The same wheels give the same text: it holds no time, and its serial number is derived
 * from its content.
 */
export function sbomText(input: SbomInput): string {
  const { dependencies } = closureOf(input.wheels, [input.project], input.markers);
  const sorted = [...input.wheels].sort((a, b) => (a.normalizedName < b.normalizedName ? -1 : 1));
  const components = new Map(sorted.map((wheel) => [wheel.normalizedName, componentOf(wheel, input.project)]));
  for (const [name, component] of components) {
    for (const dependency of dependencies.get(name) ?? []) {
      const found = components.get(dependency);
      if (found !== undefined) component.dependencies.add(found.bomRef);
    }
  }
  const crates = new Map<string, Models.Component>();
  for (const [name, list] of input.crates ?? []) {
    for (const crate of list) {
      const component = crates.get(crateUrl(crate)) ?? crateComponent(crate);
      crates.set(component.bomRef.value ?? '', component);
      components.get(name)?.dependencies.add(component.bomRef);
    }
  }
  const tool = new Models.Component(Enums.ComponentType.Application, 'wheelhouse', { version: input.version });
  const own = components.get(input.project);
  const bom = new Models.Bom({
    metadata: new Models.Metadata({
      tools: new Models.Tools({ components: new Models.ComponentRepository([tool]) }),
      ...(own === undefined ? {} : { component: own }),
    }),
    components: new Models.ComponentRepository([
      ...[...components.values()].filter((component) => component !== own),
      ...[...crates].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, component]) => component),
    ]),
  });
  bom.serialNumber = serialNumber(serialize(bom));
  return `${serialize(bom)}\n`;
}

/** The package URL of a distribution. */
export function packageUrl({ normalizedName, version }: Pick<WheelDescription, 'normalizedName' | 'version'>): string {
  return new PackageURL('pypi', undefined, normalizedName, version, undefined, undefined).toString();
}

/** The package URL of a crate. */
export function crateUrl({ name, version, registry }: Crate): string {
  const url = registry === undefined ? undefined : publicAddress(registry.replace(/^(registry|sparse)\+/, ''));
  const qualifiers = url === undefined ? undefined : { repository_url: url };
  return new PackageURL('cargo', undefined, name, version, qualifiers, undefined).toString();
}

/** Whether a package URL is that of a crate. */
export function isCrateUrl(purl: string): boolean {
  return purl.startsWith('pkg:cargo/');
}

function crateComponent(crate: Crate): Models.Component {
  const purl = crateUrl(crate);
  return new Models.Component(Enums.ComponentType.Library, crate.name, {
    bomRef: purl,
    purl,
    version: crate.version,
    hashes: new Models.HashDictionary([[Enums.HashAlgorithm['SHA-256'], crate.checksum.replace(/^sha256:/, '')]]),
  });
}

function componentOf(wheel: WheelDescription, project: string): Models.Component {
  const purl = packageUrl(wheel);
  const type = wheel.normalizedName === project ? Enums.ComponentType.Application : Enums.ComponentType.Library;
  return new Models.Component(type, wheel.name, {
    bomRef: purl,
    purl,
    version: wheel.version,
    ...(wheel.summary === undefined ? {} : { description: wheel.summary }),
    hashes: new Models.HashDictionary([[Enums.HashAlgorithm['SHA-256'], wheel.sha256]]),
    licenses: new Models.LicenseRepository(licencesOf(wheel.licence)),
    properties: new Models.PropertyRepository([new Models.Property(FILE_PROPERTY, wheel.file)]),
  });
}

/** Lists are sorted before, by code unit: the library sorts by the locale. */
function serialize(bom: Models.Bom): string {
  const factory = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  return new Serialize.JsonSerializer(factory).serialize(bom, { sortLists: false, space: 2 });
}

/** A UUID of version 8 (RFC 9562): the content's SHA-256, as far as it goes. */
function serialNumber(content: string): string {
  const { hash } = digestOf(content);
  const variant = ((Number.parseInt(hash.slice(16, 17), 16) & 3) | 8).toString(16);
  const fields = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, `${variant}${hash.slice(17, 20)}`];
  return `urn:uuid:${fields.join('-')}-${hash.slice(20, 32)}`;
}
