/**
 * What the other packages of Wheelhouse and its tests use besides the index. It is internal: names of it change and go
 * without notice. What plugins may rely on is exported by the index alone.
 */
export { differenceLayer, layerHash } from './cas/layer.js';
export { captureTree, type CaptureOptions } from './cas/capture.js';
export { fileStamp, StatMemo } from './cas/stat-memo.js';
export { CapturedSource } from './plugin/captured-source.js';
export { checkoutTree } from './store/checkout.js';
export { DiskArtifactStore } from './store/disk-artifact-store.js';
export { DiskBlobStore } from './store/disk-blob-store.js';
export { lockFile, type LockOptions } from './store/file-lock.js';
export { KeptTrees, TREE_MTIME } from './store/kept-trees.js';
export { LayeredArtifactStore } from './store/layered-artifact-store.js';
export { LayeredBlobStore } from './store/layered-blob-store.js';
export { LayeredTrees } from './store/layered-trees.js';
export { LocalStore, storeDirectory } from './store/local-store.js';
export { DiskKeyLocks } from './store/disk-key-locks.js';
export { ProcessFiles } from './store/process-files.js';
export { DiskScratchSpace } from './store/disk-scratch-space.js';
export type { CheckoutOptions, KeyLockOptions, KeyLocks, KeptTree, LocalTrees, Lock } from './plugin/local-ports.js';
export { MemoryArtifactStore } from './store/memory-artifact-store.js';
export { MemoryBlobStore } from './store/memory-blob-store.js';
export { VerifyingBlobStore } from './store/verifying-blob-store.js';
export { formatError, throwCollected } from './base/error.js';
export { digestOf, formatDigest, parseDigest, sameDigest } from './cas/digest.js';
export {
  decodeDirectory,
  EMPTY_DIRECTORY,
  encodeDirectory,
  type Directory,
  type DirectoryNode,
  type FileNode,
  type SymlinkNode,
} from './cas/directory.js';
export type { ArtifactRecord, ArtifactStore } from './plugin/ports.js';
export {
  emptyTree,
  nestTree,
  openTree,
  readBlob,
  readDirectory,
  splitPath,
  subtree,
  walkTree,
  writeBlob,
  writeTree,
  type MutableTree,
} from './cas/tree.js';
export { canonicalArchitecture } from './base/architecture.js';
export { assertComposited, composite } from './load/composition/composite.js';
export { compileDataFile, readDataFile, type DataFile } from './load/documents/data-file.js';
export type { DependencyDeclaration } from './load/declarations/dependency-declaration.js';
export { loadElementFile, type ElementFile, type SourceDeclaration } from './load/declarations/element-file.js';
export { ErrorCollector } from './base/error-collector.js';
export { FORMAT_VERSION } from './load/declarations/format-version.js';
export { toMapping, toNode, type TypeName } from './load/node.js';
export { formatOrigin } from './base/origin.js';
export type { ForeignKind, PluginOrigin, ProjectPlugins } from './load/declarations/plugin-origin.js';
export {
  loadProject,
  PROJECT_CONF,
  type LoadedProject,
  type Project,
  type ProjectOptions,
} from './load/declarations/project.js';
export { diskDocuments, type DiskDocumentsOptions } from './load/documents/disk-documents.js';
export { ParsedDocuments } from './load/documents/parsed-documents.js';
export { normalPath, type Documents, type FileKind } from './load/documents/documents.js';
export { layeredDocuments } from './load/documents/layered-documents.js';
export { memoryDocuments, type DocumentsByPath } from './load/documents/memory-documents.js';
export { projectPath } from './load/documents/project-path.js';
export { PROTECTED_VARIABLES } from './load/composition/variables.js';
export { parseYaml } from './load/documents/yaml.js';
export { ElementGraph } from './resolve/element-graph.js';
export { resolveProject, type ResolveOptions } from './resolve/resolve-project.js';
export type { ResolvedElement } from './resolve/resolved-element.js';
export { local, LocalSource } from './sources/local.js';
export { DependencyLayout } from './plugin/dependency-layout.js';
export { digestOnlyBlobs } from './cas/digest-only-blobs.js';
export { isProgram, statIfReachable } from './plugin/host-tool.js';
export { canonicalJson } from './base/json.js';
export type { PinnedDependency } from './plugin/ports.js';
export { PureElement } from './plugin/pure-element.js';
export { PluginRegistry, type Registered } from './plugin/registry.js';
export { Scheduler, type Capacity, type Resource, type SchedulerOptions } from './build/scheduler.js';
export { preflight } from './build/preflight.js';
export { trackSources, type TrackedSource } from './build/source-tracking.js';
export { coreElements } from './elements/core-elements.js';
export { HostElement, type HostServices } from './toolchain/host.js';
export { readDpkgStatus } from './packages/dpkg-status.js';
export { availablePackages, type AvailablePackage, type PackageIndex } from './packages/available-packages.js';
export { compareDebianVersions } from './packages/debian-version.js';
export { packageClosure } from './packages/package-closure.js';
export { isSystemPath } from './packages/system-paths.js';
export { installHint } from './packages/install-hint.js';
export { openPackageDatabase } from './packages/open-package-database.js';
export type {
  Alternative,
  ChosenLink,
  InstalledPackage,
  Need,
  PackageContents,
  PackageDatabase,
  PackageFiles,
  PackageManager,
  PackagePath,
} from './packages/package-database.js';
export type { CapturedPackages } from './packages/packages-memo.js';
export { PACKAGES_SERVICES, PackagesSource, type PackagesServices } from './packages/packages-source.js';
export { ElementKeys, keyOf, type KeyInputs, type RuleVersions } from './key/element-key.js';
export { textOfChange, type Change, type ChangedInput } from './why/change.js';
export { ElementsOfGraph } from './why/elements-of-graph.js';
export { ElementsOfRecords } from './why/elements-of-records.js';
export { explainKey, type Cause, type KeyedPoint } from './why/explain-key.js';
export { documentOf, readKeyDocument, type KeyDocument, type ReadKeys } from './why/key-document.js';
export type { KeyedElement, KeyedElements, KeyedSource } from './why/keyed-element.js';
export { pairNames, type PairedNames } from './why/paired-names.js';
export type { KeyHistory, NotedKey } from './plugin/local-ports.js';
export { encodeAction, encodeCommand, writeAction } from './sandbox/action-message.js';
export { inputRoot } from './sandbox/input-root.js';
export { Assembler, type Assembled, type AssemblerOptions } from './build/assembler.js';
export { mergeArtifacts, type BuiltElement } from './build/merged-artifacts.js';
export { logPath, tailOf } from './build/build-log.js';
export { buildScript } from './build/script.js';
export type { BuilderOptions, OnError } from './build/builder-options.js';
export { isUserError } from './build/element-error.js';
export { Builder } from './build/builder.js';
export { hasFailed, throwErrors, type Outcome } from './build/outcome.js';
export { withActivity } from './build/events.js';
export { globMatcher } from './build/glob.js';
export { Interruption, listenForInterruption, type Interruptible, type SignalledProcess } from './base/interruption.js';
export { BuildSession, type Engine, type EngineStores, type SessionInput } from './build/session.js';
export { STAGING_VERSION, StagingArea, type StagedTree, type StagingWarning } from './build/staging.js';
export {
  BubblewrapSandbox,
  type BubblewrapSandboxOptions,
  type BubblewrapStores,
} from './sandbox/bubblewrap/bubblewrap-sandbox.js';
export {
  SANDBOX_CONTRACT_VERSION,
  SANDBOX_GID,
  SANDBOX_HOSTNAME,
  SANDBOX_MTIME,
  SANDBOX_UID,
} from './sandbox/contract.js';
export { probeBubblewrap } from './sandbox/bubblewrap/probe.js';
export type { Realisation } from './sandbox/bubblewrap/realised-root.js';
export { errnoOf, isAbsent } from './base/errno.js';
export { makeDirectory } from './base/make-directory.js';
export { namesIn } from './base/names-in.js';
export { namingPath, systemError } from './base/system-error.js';
export { decodeText, readFileBytes, readTextFile } from './base/text-file.js';
export { replaceFile, replaceMemo } from './base/replace-file.js';
export { coreSources } from './sources/core-sources.js';
