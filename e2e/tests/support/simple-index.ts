import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { normalizeName, parseFilename } from '@wheelhouse/python/internal';

/** An index (PEP 503) on a free port. */
export interface SimpleIndex {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Serves the distribution files of a directory as an index.
 *
 * @param directory absolute path
 * @param credentials `user:password` that it asks for; it gives everybody everything without
 * @param host the address that it listens on
 */
export async function serveIndex(directory: string, credentials?: string, host = '127.0.0.1'): Promise<SimpleIndex> {
  const basic = credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`;
  const server = createServer((request, response) => {
    if (basic !== undefined && request.headers.authorization !== basic) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="index"' }).end();
      return;
    }
    const [, kind, name = ''] = (request.url ?? '').split('/');
    const files = readdirSync(directory).filter((file) => parseFilename(file) !== undefined);
    if (kind === 'files' && files.includes(name)) {
      response.end(readFileSync(join(directory, name)));
      return;
    }
    const links = files
      .filter((file) => kind === 'simple' && normalizeName(parseFilename(file)?.name ?? '') === name)
      .map((file) => {
        const sha256 = createHash('sha256')
          .update(readFileSync(join(directory, file)))
          .digest('hex');
        return `<a href="/files/${file}#sha256=${sha256}">${file}</a>`;
      });
    response.statusCode = links.length === 0 ? 404 : 200;
    response.setHeader('content-type', 'text/html').end(`<!DOCTYPE html><html><body>${links.join('')}</body></html>`);
  }).listen(0, host);
  await once(server, 'listening');
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}/simple`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
