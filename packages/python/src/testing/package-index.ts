import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { normalizeName } from '../requirements/name.js';
import { parseFilename } from '../requirements/filename.js';
import type { IndexSettings } from '../indexes/index-settings.js';
import type { ServerCertificate } from './certificates.js';
import { temporaryDirectory } from './tools.js';

/** What {@link PackageIndex.start} publishes; see make_distributions.py. */
export interface Distribution {
  readonly name: string;
  readonly version: string;
  readonly format: 'wheel' | 'sdist';
  readonly requires?: readonly string[];
  readonly static?: boolean;
  readonly hook?: readonly string[];
  readonly build?: readonly string[];
  readonly imports?: readonly string[];
  readonly tag?: string;
}

/** A real index (PEP 503) with real files, on this machine, that asks for a user name and a password. */
export class PackageIndex {
  readonly requests: string[] = [];

  private constructor(
    readonly directory: string,
    private readonly server: Server,
  ) {}

  static async start(distributions: readonly Distribution[]): Promise<PackageIndex> {
    const directory = join(temporaryDirectory(), 'files');
    mkdirSync(directory);
    const server = createServer();
    const index = new PackageIndex(directory, server);
    index.publish(distributions);
    server.on('request', (request, response) => {
      index.requests.push(request.url ?? '');
      if (request.headers.authorization !== `Basic ${Buffer.from('user:secret').toString('base64')}`) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="index"' }).end();
        return;
      }
      const [, kind, name = ''] = (request.url ?? '').split('/');
      const files = readdirSync(directory);
      if (kind === 'files' && files.includes(name)) index.serve(name, request, response);
      else if (kind === 'simple') {
        const own = files.filter((file) => normalizeName(parseFilename(file)?.name ?? '') === name);
        if (own.length === 0) response.writeHead(404).end();
        else if (index.uploaded.size > 0) index.page(name, own, response);
        else response.setHeader('content-type', 'text/html').end(own.map((file) => index.link(file)).join('\n'));
      } else if (kind === 'links') {
        response.setHeader('content-type', 'text/html').end(files.map((file) => index.link(file)).join('\n'));
      } else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return index;
  }

  /** After how many bytes of a file the connection is cut, by file; each answer takes one from the list. */
  readonly cuts: Map<string, number[]> = new Map<string, number[]>();
  /** Whether a part of a file can be asked for. */
  ranges = true;

  private serve(name: string, request: IncomingMessage, response: ServerResponse): void {
    const whole = readFileSync(join(this.directory, name));
    const start = this.ranges ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
    this.served.push(`${name} from ${start}`);
    const body = whole.subarray(start);
    response.writeHead(start === 0 ? 200 : 206, {
      'content-length': body.length,
      ...(start === 0 ? {} : { 'content-range': `bytes ${start}-${whole.length - 1}/${whole.length}` }),
    });
    const cut = this.cuts.get(name)?.shift();
    if (cut === undefined) response.end(body);
    else response.write(body.subarray(0, cut), () => response.destroy());
  }

  /** The files that were served, and from which byte on. */
  readonly served: string[] = [];

  /** Hashes the index claims, by file, if they are not the files'. */
  readonly published: Map<string, string> = new Map<string, string>();
  /** What follows a file's address, by file, in the place of its SHA-256. */
  readonly fragments: Map<string, string> = new Map<string, string>();
  /** Which Pythons the index says a file is for (PEP 503), by file. */
  readonly requiresPython: Map<string, string> = new Map<string, string>();

  /** When a file was uploaded (PEP 700), by file; with one of them all pages are of PEP 691, which can say so. */
  readonly uploaded: Map<string, string> = new Map<string, string>();

  private page(name: string, files: readonly string[], response: ServerResponse): void {
    const page = {
      meta: { 'api-version': '1.1' },
      name,
      versions: [...new Set(files.map((file) => parseFilename(file)?.version))],
      files: files.map((file) => ({
        filename: file,
        url: `${this.host}/files/${file}`,
        hashes: { sha256: this.sha256(file) },
        size: readFileSync(join(this.directory, file)).length,
        'upload-time': this.uploaded.get(file) ?? '2020-01-01T00:00:00Z',
      })),
    };
    response.setHeader('content-type', 'application/vnd.pypi.simple.v1+json').end(JSON.stringify(page));
  }

  sha256(file: string): string {
    return createHash('sha256')
      .update(readFileSync(join(this.directory, file)))
      .digest('hex');
  }

  /** Adds to what there is. */
  publish(distributions: readonly Distribution[]): void {
    const script = join(__dirname, 'make_distributions.py');
    execFileSync('python3', [script, this.directory, JSON.stringify(distributions)]);
  }

  replace(file: string, content: string): void {
    writeFileSync(join(this.directory, file), content);
  }

  /** Its URL for clients with credentials, which are `user` and `secret`. */
  get url(): string {
    return `${this.host}/simple`;
  }

  /** The same index by TLS: its URL for clients with credentials. It ends with the index. */
  async secure(certificate: ServerCertificate): Promise<string> {
    const server = createTlsServer(certificate, (request, response) => this.server.emit('request', request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.secured.push(server);
    const { port } = server.address() as AddressInfo;
    return `https://127.0.0.1:${port}/simple`;
  }

  private readonly secured: TlsServer[] = [];

  /** The address of a page with links to all of its files. */
  get linksUrl(): string {
    return `${this.host}/links`;
  }

  /** A URL with the credentials in it. */
  authorized(url: string): string {
    return url.replace('//', '//user:secret@');
  }

  get settings(): IndexSettings {
    return {
      indexUrl: this.authorized(this.url),
      extraIndexUrls: [],
      findLinks: [],
      trustedHosts: [],
      noIndex: false,
    };
  }

  private get host(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  private link(file: string): string {
    const python = this.requiresPython.get(file)?.replaceAll('>', '&gt;').replaceAll('<', '&lt;');
    const attribute = python === undefined ? '' : ` data-requires-python="${python}"`;
    const fragment = this.fragments.get(file) ?? `#sha256=${this.published.get(file) ?? this.sha256(file)}`;
    return `<a href="/files/${file}${fragment}"${attribute}>${file}</a>`;
  }

  async stop(): Promise<void> {
    for (const server of [this.server, ...this.secured]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }
}
