import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import syncLocks, { type OutOfSync } from '../../src/generators/sync-locks/generator.js';
import { pyproject, temporaryDirectories } from '../support/workspace.js';

/** As much of Nx's tree as the generator takes. */
class WrittenTree {
  readonly written = new Map<string, string>();

  constructor(readonly root: string) {}

  write(path: string, content: string): void {
    this.written.set(path, content);
  }
}

describe('the generator sync-locks', () => {
  const directory = temporaryDirectories();
  const before = process.env;
  const asked: string[] = [];
  let server: Server;

  beforeAll(async () => {
    server = createServer(({ url = '' }, response) => {
      asked.push(url);
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterAll(async () => {
    process.env = before;
    await new Promise((resolve) => server.close(resolve));
  });

  beforeEach(() => {
    const { port } = server.address() as AddressInfo;
    const index = `http://127.0.0.1:${port}/simple/`;
    const names = Object.keys(before).filter((name) => !/^(UV|PIP|WHEELHOUSE)_|_proxy$/i.test(name));
    process.env = {
      ...Object.fromEntries(names.map((name) => [name, before[name]])),
      PIP_CONFIG_FILE: '/dev/null',
      PIP_INDEX_URL: index,
      UV_DEFAULT_INDEX: index,
      WHEELHOUSE_CACHE_DIR: join(directory(), 'store'),
    };
    asked.length = 0;
  });

  it('reports locks that are out of date without querying an index, and only `nx sync` writes them', async () => {
    const root = directory({
      'nx.json': '{"plugins": ["@wheelhouse/build"]}',
      'a/pyproject.toml': pyproject('a', ['six']),
      'b/pyproject.toml': pyproject('b'),
    });
    const tree = new WrittenTree(root);
    const { outOfSyncMessage, outOfSyncDetails, callback } = (await syncLocks(tree as never)) as OutOfSync;
    expect(outOfSyncMessage).toBe('the locks of `a`, `b` are out of date');
    expect(outOfSyncDetails[0]).toBe('the lock `a/locks/test.txt` does not exist\nhint: run `nx run a:lock`');
    expect([...tree.written.keys()]).toEqual(['.nx/workspace-data/wheelhouse-locks-to-make']);
    expect(asked).toEqual([]);

    // Nx takes a workspace for synced where what would be written already exists.
    const again = new WrittenTree(root);
    await syncLocks(again as never);
    expect([...again.written.values()]).not.toEqual([...tree.written.values()]);
    expect(asked).toEqual([]);
    expect(callback).toBeInstanceOf(Function);
  });

  it('writes locks after it has run as a generator', async () => {
    const root = directory({ 'nx.json': '{}', 'a/pyproject.toml': pyproject('a') });
    const tree = new WrittenTree(root);
    expect(await syncLocks(tree as never, {})).toBeInstanceOf(Function);
    expect([tree.written.size, asked]).toEqual([0, []]);
  });
});
