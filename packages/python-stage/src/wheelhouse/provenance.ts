import { SANDBOX_CONTRACT_VERSION, STAGING_VERSION } from '@wheelhouse/element/internal';
import type { MarkerEnvironment } from '@wheelhouse/python/internal';
import { SBOM } from './layout.js';
import { STATEMENT_TYPE, type Resource, type Statement } from './statement.js';
import type { FileDigest, RustFacts, ToolchainFacts } from './manifest.js';

export const PROVENANCE_TYPE = 'https://slsa.dev/provenance/v1';

/** How the wheelhouse was built: what docs/guide/wheelhouse-and-publishing.md says of this type. */
export const BUILD_TYPE = 'pkg:npm/%40wheelhouse/python#build-types/wheelhouse/v1';

/** Who built it: this package. */
export const BUILDER = 'pkg:npm/%40wheelhouse/python';

/** Where a wheel of a wheelhouse comes from: the project itself, a local dependency, the snapshot, an sdist of it. */
export type WheelOrigin = 'project' | 'workspace' | 'snapshot' | 'sdist';

/** A target's environment, but for what is the kernel's alone and no wheel is chosen by. */
export type TargetEnvironment = Omit<MarkerEnvironment, 'platform_release' | 'platform_version'>;

/** SLSA's provenance, version 1, as far as it is used here. */
export interface Provenance {
  readonly buildDefinition: {
    readonly buildType: string;
    /** What the user decides. */
    readonly externalParameters: {
      readonly project: string;
      readonly formats: readonly string[];
      readonly frontend: string;
    };
    /** What the builder decides. */
    readonly internalParameters: {
      readonly environment: TargetEnvironment;
      readonly toolchain: Omit<ToolchainFacts, 'identity' | 'rust'> & { readonly rust?: Pick<RustFacts, 'version'> };
      readonly sandboxContract: number;
      readonly stagingRules: number;
    };
    readonly resolvedDependencies: readonly Resource[];
  };
  readonly runDetails: {
    readonly builder: { readonly id: string; readonly version: Readonly<Record<string, string>> };
    readonly metadata: { readonly invocationId: string };
    /** What is beside the wheels. */
    readonly byproducts: readonly Resource[];
  };
}

/** What provenance is made from. Digests of trees are `sha256:<hex>/<bytes>`. */
export interface ProvenanceInput {
  readonly project: string;
  readonly version: string;
  readonly formats: readonly string[];
  readonly frontend: string;
  readonly markers: MarkerEnvironment;
  readonly toolchain: ToolchainFacts;
  readonly elementKey: string;
  readonly wheels: readonly (FileDigest & { readonly origin: WheelOrigin })[];
  /** The sources of the project and of its local dependencies, by their roots in the workspace. */
  readonly sources: readonly { readonly root: string; readonly digest: string }[];
  /** The scripts that ran in the sandbox. */
  readonly helpers: string;
  readonly snapshot: string;
  readonly locks: readonly FileDigest[];
  readonly uses: readonly FileDigest[];
  readonly byproducts: readonly FileDigest[];
}

/** The provenance of a wheelhouse. The same inputs give the same statement. */
export function provenanceOf(input: ProvenanceInput): Statement<Provenance> {
  const { identity, rust, ...toolchain } = input.toolchain;
  const { platform_release: _release, platform_version: _version, ...environment } = input.markers;
  const shipped = new Set(input.wheels.map(({ sha256 }) => sha256));
  return {
    _type: STATEMENT_TYPE,
    subject: input.wheels.map(({ path, sha256, origin }) => ({
      name: path,
      digest: { sha256 },
      annotations: { origin },
    })),
    predicateType: PROVENANCE_TYPE,
    predicate: {
      buildDefinition: {
        buildType: BUILD_TYPE,
        externalParameters: { project: input.project, formats: input.formats, frontend: input.frontend },
        internalParameters: {
          environment,
          toolchain: { ...toolchain, ...(rust === undefined ? {} : { rust: { version: rust.version } }) },
          sandboxContract: SANDBOX_CONTRACT_VERSION,
          stagingRules: STAGING_VERSION,
        },
        resolvedDependencies: [
          ...input.sources.map(({ root, digest }) => tree(root, 'sources', digest)),
          ...input.locks.map((file) => resource(file, 'lock')),
          tree('snapshot', 'snapshot', input.snapshot),
          ...input.uses.map((file) => resource(file, shipped.has(file.sha256) ? 'wheel' : 'build')),
          tree('helpers', 'scripts', input.helpers),
          { name: 'toolchain', digest: { sha256: identity }, annotations: { role: 'toolchain' } },
          ...(rust === undefined
            ? []
            : [{ name: 'rust', digest: { sha256: rust.identity }, annotations: { role: 'rust' } }]),
        ],
      },
      runDetails: {
        builder: { id: BUILDER, version: { '@wheelhouse/python': input.version } },
        metadata: { invocationId: input.elementKey },
        byproducts: input.byproducts.map(({ path, sha256 }) => ({ name: path, digest: { sha256 } })),
      },
    },
  };
}

/** The same, with the bill of materials that is beside the wheels. @param sha256 of its text */
export function withSbom(statement: Statement<Provenance>, sha256: string): Statement<Provenance> {
  const { predicate } = statement;
  const { runDetails } = predicate;
  const byproducts = [{ name: SBOM, digest: { sha256 } }, ...runDetails.byproducts];
  return { ...statement, predicate: { ...predicate, runDetails: { ...runDetails, byproducts } } };
}

/** The same, with the commit that has the sources as they are, if there is one. */
export function withCommit(statement: Statement<Provenance>, commit: string | undefined): Statement<Provenance> {
  if (commit === undefined) return statement;
  const { predicate } = statement;
  const resource: Resource = { name: 'commit', digest: { gitCommit: commit }, annotations: { role: 'commit' } };
  const resolvedDependencies = [resource, ...predicate.buildDefinition.resolvedDependencies];
  return {
    ...statement,
    predicate: { ...predicate, buildDefinition: { ...predicate.buildDefinition, resolvedDependencies } },
  };
}

/** The commit that the text of a statement names. */
export function commitIn(text: string): string | undefined {
  return /"gitCommit": "([0-9a-f]+)"/.exec(text)?.[1];
}

function resource({ path, sha256 }: FileDigest, role: string): Resource {
  return { name: path, digest: { sha256 }, annotations: { role } };
}

/** A tree by its root: the digest of REAPI's `Directory` message. */
function tree(name: string, role: string, digest: string): Resource {
  const [, hash = '', bytes = ''] = /^sha256:([0-9a-f]{64})\/(\d+)$/.exec(digest) ?? [];
  return {
    name,
    digest: { sha256: hash },
    annotations: { role, digestOf: 'REAPI Directory', sizeBytes: Number(bytes) },
  };
}
