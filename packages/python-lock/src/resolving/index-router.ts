import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { normalizeName } from '@wheelhouse/python/internal';
import { commonIndexes, pinOf, type IndexSettings, withoutCredentials } from '@wheelhouse/python/fetch';

/**
 * What makes uv ask only the index that a name is pinned to. uv pins no names that it meets on its way, so it is given
 * indexes on this machine that know one thing: which names are looked up where. Each sends uv on to the real index, or
 * says that it does not have the name.
 */
export class IndexRouter {
  private constructor(
    private readonly server: Server | undefined,
    /** The settings that uv is to be given. */
    readonly settings: IndexSettings,
    private readonly mounts: readonly { readonly mount: string; readonly url: string }[],
  ) {}

  /** Nothing is started if no name is pinned: uv asks the indexes themselves. */
  static async start(settings: IndexSettings): Promise<IndexRouter> {
    const { pinned = [] } = settings;
    if (pinned.length === 0 || settings.noIndex) return new IndexRouter(undefined, settings, []);
    const indexes = [
      ...pinned.map((pin) => ({ url: pin.url, has: (wanted: string) => pinOf(wanted, settings) === pin })),
      ...commonIndexes(settings).map((url) => ({
        url,
        has: (wanted: string) => pinOf(wanted, settings) === undefined,
      })),
    ];
    // URLs of indexes may contain credentials: they need this secret, which is only passed to uv.
    const word = randomBytes(16).toString('hex');
    const server = createServer((request, response) => {
      const [, given, index = '', name = ''] = (request.url ?? '').split('/');
      const asked = given === word ? indexes[Number(index)] : undefined;
      if (asked?.has(normalizeName(name)) !== true) response.writeHead(404).end();
      else response.writeHead(307, { location: `${asked.url.replace(/\/+$/, '')}/${name}/` }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const mounts = indexes.map(({ url }, index) => ({ mount: `http://127.0.0.1:${port}/${word}/${index}`, url }));
    const { indexUrl: _default, ...rest } = settings;
    const last = mounts.at(-1)?.mount;
    return new IndexRouter(
      server,
      {
        ...rest,
        extraIndexUrls: mounts.slice(0, -1).map(({ mount }) => mount),
        ...(last === undefined ? {} : { indexUrl: last }),
      },
      mounts,
    );
  }

  /** An environment in which uv reaches these indexes without the proxy that it uses for others. */
  environment(given: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    if (this.server === undefined) return given;
    const direct = [given.NO_PROXY ?? given.no_proxy ?? '', '127.0.0.1'].filter((host) => host !== '');
    return { ...given, NO_PROXY: direct.join(',') };
  }

  /** uv's output with the URLs of the real indexes. */
  readable(words: string): string {
    return this.mounts.reduce((text, { mount, url }) => {
      return text.replaceAll(mount, withoutCredentials(url).replace(/\/+$/, ''));
    }, words);
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
