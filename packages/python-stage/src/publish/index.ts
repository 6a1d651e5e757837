export { serveIndex, type ListenAddress } from './index-server.js';
export { publish, type Publication } from './publish.js';
export { readPublishable, type PublishableFile } from './publishable-file.js';
export { PUBLISH_SCOPES } from './selection.js';
export { StaticIndex } from './static-index.js';
