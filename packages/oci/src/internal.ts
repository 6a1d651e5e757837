/**
 * What the other packages of Wheelhouse and its tests use besides the index. It is internal: names of it change and go
 * without notice. What plugins may rely on is exported by the index alone.
 */
// With either entry come the error codes that the package declares.
export type { OciErrorCode } from './errors.js';
export {
  MEDIA,
  ociDigest,
  variableOf,
  type BaseImage,
  type ImageConfig,
  type ImageLayer,
} from './format/base-image.js';
export { imageArchitecture } from './format/image-content.js';
export { parseBaseReference } from './format/base-reference.js';
export { readTar, writeTar, type TarEntry, type TarHeader, type TarItem } from './format/tar-archive.js';
export { readLayer } from './layers/layer-changes.js';
export { layerList, type ListedLayer } from './layers/layer-list.js';
export { ociLayers } from './layers/oci-layers.js';
export { RootTree } from './layers/root-tree.js';
export { hasProgram, lookUp } from './layers/tree-lookup.js';
export { userOf, type ImageUser } from './layers/user-entries.js';
export { DockerEngine, openDocker } from './engine/docker-engine.js';
export type { ImageEngine, Progress } from './engine/image-engine.js';
export { imageArchive } from './layout/image-archive.js';
export { readImage } from './layout/image-directory.js';
export { layOutImage, type Attestation, type LaidOutImage } from './layout/image-layout.js';
export { resolveBase } from './layout/resolve-base.js';
export { IMAGE_SERVICES, type ImageServices } from './format/image-services.js';
export { image, ImageSource } from './layout/image-source.js';
export { debian, DebianSource } from './debian/debian-source.js';
export { lockPackages, type DebianRequest } from './debian/lock-packages.js';
