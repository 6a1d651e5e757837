export type { ScratchDirectory, ScratchSpace } from './plugin/local-ports.js';
export { ElementError, ElementErrors, type ElementErrorInit, type ErrorCode, type ErrorCodes } from './base/error.js';
export type { Digest } from './cas/digest.js';
export type { Layer } from './cas/layer.js';
export type { BlobStore } from './cas/blob-store.js';
export type { TreeEntry } from './cas/tree.js';
export { MappingNode, ScalarNode, SequenceNode, type Node, type Plain } from './load/node.js';
export type { Origin } from './base/origin.js';
export { Variables } from './load/composition/variables.js';
export type { ActionBuilder } from './plugin/element.js';
export type { RunOptions } from './plugin/run-options.js';
export { BuildElement, type CommandList } from './plugin/build-element.js';
export type { ProjectInfo } from './plugin/project-info.js';
export {
  Element,
  type Dependency,
  type DependencyConfiguration,
  type DependencyType,
  type ElementKind,
  type ElementMeta,
  type SandboxSettings,
  type Scope,
} from './plugin/element.js';
export type { SplitSelection } from './plugin/split-selection.js';
export { getHostTool } from './plugin/host-tool.js';
export type { Json } from './base/json.js';
export { Plugin, type KindIdentity, type MemberTypes, type PluginMeta } from './plugin/plugin.js';
export type {
  Action,
  HostMount,
  Io,
  Key,
  Limits,
  Platform,
  Refusal,
  Sandbox,
  SandboxResult,
  Sink,
  Step,
} from './plugin/ports.js';
export type { PluginModule } from './plugin/registry.js';
export {
  Source,
  type Consistency,
  type PreviousSourcesUse,
  type SourceBatch,
  type SourceIo,
  type SourceKind,
  type SourceMeta,
  type StageIo,
} from './plugin/source.js';
export type { SourceFacts, SourcePart } from './plugin/source-facts.js';
export { ServiceKey, SourceServices, type SourceStore } from './plugin/source-services.js';
export type {
  Activity,
  ActivityEvent,
  BuildEvent,
  BuildListener,
  CachedBecause,
  ElementEnded,
  ElementEvent,
  ElementFacts,
  ElementResult,
  LogFile,
} from './build/events.js';
