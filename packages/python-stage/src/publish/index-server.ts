import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Negotiator from 'negotiator';
import send from 'send';
import { ElementError } from '@wheelhouse/element';
import { errnoOf } from '@wheelhouse/element/internal';
import { normalizeName } from '@wheelhouse/python/internal';

/** A static index that is being served. */
export interface IndexServer {
  /** What pip takes as its index: `http://127.0.0.1:8080/simple/`. */
  readonly url: string;
  /** Takes no more requests, lets those under way end, and ends. */
  close(): Promise<void>;
}

/** Where to listen. Port 0 is any that is free. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** The forms a page can be asked for in (PEP 691), the first one where anything goes. */
const FORMS: Readonly<Record<string, 'html' | 'json'>> = {
  'text/html': 'html',
  'application/vnd.pypi.simple.v1+html': 'html',
  'application/vnd.pypi.simple.v1+json': 'json',
  'application/vnd.pypi.simple.latest+html': 'html',
  'application/vnd.pypi.simple.latest+json': 'json',
};

/** How long a download may take after the server was told to end, in milliseconds. */
const GRACE_MS = 5000;

/**
 * Serves a static index over HTTP, with pages in the requested format.
 *
 * @param directory absolute path
 * @throws ElementError PUBLISH if there is no index, or the address cannot be listened on
 */
export async function serveIndex(directory: string, { host, port }: ListenAddress): Promise<IndexServer> {
  if (!existsSync(join(directory, 'simple', 'index.json'))) {
    throw new ElementError({
      code: 'PUBLISH',
      message: `\`${directory}\` is not an index: it has no \`simple/index.json\``,
      hint: 'create one with `wheelhouse publish --to DIR`, or with `wheelhouse index build DIR` from the files in `DIR/files`',
    });
  }
  const server = createServer((request, response) => {
    answer(directory, request, response);
  });
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    throw new ElementError({
      code: 'PUBLISH',
      message: `cannot listen on \`${host}:${port}\`: ${(error as Error).message}`,
      hint: 'choose another address with `--listen`; port 0 takes any free port',
      cause: error,
    });
  }
  const { port: chosen } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${name}:${chosen}/simple/`, close: () => close(server) };
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const controller = new AbortController();
  const late = sleep(GRACE_MS, undefined, { signal: controller.signal }).then(
    () => {
      server.closeAllConnections();
    },
    () => undefined,
  );
  await closed;
  controller.abort();
  await late;
}

function answer(directory: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? '/', 'http://index');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    end(response.setHeader('allow', 'GET, HEAD'), 405);
    return;
  }
  const project = /^\/simple(?:\/([^/]+))?(\/)?$/.exec(pathname);
  if (project !== null) {
    answerPage(directory, { request, response, name: project[1], hasSlash: project[2] !== undefined });
    return;
  }
  const file = /^\/files\/[^/]+\/[^/]+$/.test(pathname);
  if (pathname === '/') redirect(response, '/simple/');
  else if (file) sendFile(directory, { request, response, path: pathname, type: fileType(pathname) });
  else end(response, 404);
}

interface PageRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** As it is asked for; `undefined` for the page of all projects. */
  readonly name: string | undefined;
  readonly hasSlash: boolean;
}

function answerPage(directory: string, { request, response, name, hasSlash }: PageRequest): void {
  const wanted = name === undefined ? '/simple/' : `/simple/${normalizeName(name)}/`;
  if (!hasSlash || (name !== undefined && name !== normalizeName(name))) {
    redirect(response, wanted);
    return;
  }
  response.setHeader('vary', 'accept');
  const type = new Negotiator(request).mediaType(Object.keys(FORMS));
  const form = type === undefined ? undefined : FORMS[type];
  if (type === undefined || form === undefined) {
    end(response, 406);
    return;
  }
  // What `latest` is now is said (PEP 691, "Version + Format Selection").
  const said = type.replace('.latest+', '.v1+');
  sendFile(directory, {
    request,
    response,
    path: `${wanted}index.${form}`,
    type: `${said}${form === 'html' ? '; charset=utf-8' : ''}`,
  });
}

function fileType(path: string): string {
  return path.endsWith('.metadata') ? 'text/plain; charset=utf-8' : 'application/octet-stream';
}

function sendFile(
  directory: string,
  file: { request: IncomingMessage; response: ServerResponse; path: string; type: string },
): void {
  const { request, response, path, type } = file;
  send(request, path, { root: directory, index: false, dotfiles: 'ignore' })
    .on('headers', (to: ServerResponse) => {
      to.setHeader('content-type', type);
    })
    .on('directory', () => {
      end(response, 404);
    })
    .on('error', (error: { readonly status?: number }) => {
      end(response, error.status ?? 500);
    })
    .pipe(response);
}

function redirect(response: ServerResponse, to: string): void {
  end(response.setHeader('location', to), 301);
}

function end(response: ServerResponse, status: number): void {
  if (!response.headersSent) response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${status}\n`);
}
