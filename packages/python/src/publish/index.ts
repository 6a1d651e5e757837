export { serveIndex, type IndexServer, type ListenAddress } from './index-server.js';
export { publish, type Publication, type PublishedFile } from './publish.js';
export { readPublishable, type PublishableFile } from './publishable-file.js';
export { PUBLISH_SCOPES, type PublishScope } from './selection.js';
export { StaticIndex, type Published } from './static-index.js';
export { uploadFiles, type UploadContext, type UploadTarget } from './upload.js';
