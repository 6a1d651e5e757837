export { DockerEngine } from './docker-engine.js';
export type { BaseImage, ContainerConfig, ImageConfig, ImageHistory, ImageLayer } from './base-image.js';
export type { EngineImage, ImageEngine, Progress } from './image-engine.js';
export type { ImageSettings } from './image-config.js';
export { readImage, type ImageDirectory } from './image-directory.js';
export { readLayer, type LayerChanges, type LayerEntry } from './layer-changes.js';
export { parseBaseReference, type BaseReference } from './base-reference.js';
export {
  releaseImage,
  type ImageServices,
  type ReleaseImageOptions,
  type ReleaseImageResult,
} from './release-image.js';
export { resolveBase, type BaseContext } from './resolve-base.js';
export { RootTree } from './root-tree.js';
export { readTar, writeTar, type TarEntry, type TarHeader, type TarItem } from './tar-archive.js';
export type { ComposeService, HealthCheck } from '../services/compose-service.js';
export { readComposeServices, type ComposeRequest } from '../services/compose-file.js';
