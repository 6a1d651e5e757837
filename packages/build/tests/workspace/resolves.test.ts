import type { PythonWorkspace } from '@wheelhouse/python-stage/internal';
import { parsePluginOptions } from '@wheelhouse/build/internal';
import { openWorkspace } from '../../src/workspace/open-workspace.js';
import { pyproject, temporaryDirectories } from '../support/workspace.js';

const PLUGIN = '@wheelhouse/build';
const directory = temporaryDirectories();

async function open(...entries: readonly object[]): Promise<PythonWorkspace> {
  const plugins = entries.map((options) => ({ plugin: PLUGIN, options }));
  const workspace = directory({
    'nx.json': JSON.stringify({ plugins }),
    'apps/shop/pyproject.toml': pyproject('shop'),
    'apps/till/pyproject.toml': pyproject('till'),
    'libs/common/pyproject.toml': pyproject('shop-common'),
  });
  return await openWorkspace({
    directory: workspace,
    environment: process.env,
    memo: (name) => `${workspace}/.${name}`,
  });
}

describe('the option resolves', () => {
  it('groups projects by globs of roots and by names', async () => {
    const workspace = await open({ resolves: { services: ['apps/*', '!apps/till', 'shop-common'] } });
    expect(workspace.projects.map(({ ref }) => [ref.name, ref.resolve])).toEqual([
      ['shop', 'services'],
      ['till', undefined],
      ['shop-common', 'services'],
    ]);
    const group = workspace.group(workspace.project('shop-common'));
    expect(group.map(({ ref }) => ref.root)).toEqual(['apps/shop', 'libs/common']);
    expect(workspace.requirements(workspace.project('shop')).resolve).toBe('services');
    expect(workspace.group(workspace.project('till'))).toEqual([workspace.project('till')]);
  });

  it('that fits no project, or one twice, is refused with everything that is wrong', async () => {
    await expect(open({ resolves: { a: ['apps/*', 'libs/commn'], b: ['till'] } })).rejects.toMatchObject({
      errors: [
        {
          message: `nx.json: ${PLUGIN}: the option \`resolves.a[1]\` matches no Python project: \`libs/commn\``,
          hint: 'use a project name or a glob of roots; the projects are `apps/shop`, `apps/till`, `libs/common`',
        },
        {
          message: `nx.json: ${PLUGIN}: the project \`till\` is in two resolves, \`a\` and \`b\``,
          hint: 'remove it from one of them',
        },
      ],
    });
  });

  it('is one for all entries', async () => {
    const same = { resolves: { a: ['apps/*'] } };
    expect((await open(same, same)).project('shop').ref.resolve).toBe('a');
    await expect(open(same, { resolves: { a: ['libs/*'] } })).rejects.toMatchObject({
      message: `nx.json: ${PLUGIN}: two entries give the resolve \`a\` different projects`,
    });
  });

  it.each([
    [['apps/*'], 'the option `resolves` is `["apps/*"]`'],
    [{ a: 'apps/*' }, 'the option `resolves.a` is `"apps/*"`'],
    [{ a: [] }, 'the option `resolves.a` is `[]`'],
    [{ 'a b': ['apps/*'] }, '`a b` is not a resolve name'],
  ])('%j is refused', (resolves, message) => {
    expect(() => parsePluginOptions({ resolves })).toThrow(
      expect.objectContaining({ message: `nx.json: ${PLUGIN}: ${message}` }) as Error,
    );
  });
});

describe('the option indexes', () => {
  const acme = { url: 'https://acme.test/simple', packages: ['acme-*', 'Shop_Core'] };

  it('is names of indexes with the distributions that are pinned to them', async () => {
    const indexes = [{ name: 'acme', url: 'https://acme.test/simple', packages: ['acme-*', 'shop-core'] }];
    expect(parsePluginOptions({ indexes: { acme } }).indexes).toEqual(indexes);
    expect((await open({ indexes: { acme } }, { indexes: { acme } })).indexes).toEqual(indexes);
  });

  it('means one index by a name', async () => {
    const other = { ...acme, url: 'https://other.test/simple' };
    await expect(open({ indexes: { acme } }, { indexes: { acme: other } })).rejects.toMatchObject({
      message: `nx.json: ${PLUGIN}: two entries define different indexes \`acme\``,
    });
  });

  it('holds no credentials, nor does the message that says so', () => {
    const indexes = { acme: { ...acme, url: 'https://me:hunter2@acme.test/simple' } };
    expect(() => parsePluginOptions({ indexes })).toThrow(
      expect.objectContaining({
        message: `nx.json: ${PLUGIN}: the option \`indexes.acme.url\` has credentials in it: \`https://acme.test/simple\``,
        hint: "credentials do not belong in a workspace: use netrc, a keyring, the URLs in pip's configuration, or the variables UV_INDEX_<NAME>_USERNAME and UV_INDEX_<NAME>_PASSWORD",
      }) as Error,
    );
  });

  it.each([
    [['x'], 'the option `indexes` is `["x"]`'],
    [{ acme: 'https://me:hunter2@acme.test' }, 'the option `indexes.acme` is not an object'],
    [{ acme: { ...acme, url: 'acme.test' } }, 'the option `indexes.acme.url` is not a URL'],
    [{ acme: { ...acme, packages: [] } }, 'the option `indexes.acme.packages` is `[]`'],
    [{ acme: { ...acme, packages: ['-x'] } }, 'the option `indexes.acme.packages[0]` is `"-x"`'],
    [{ acme: { ...acme, explicit: true } }, 'unknown option `indexes.acme.explicit`'],
    [{ acme, other: acme }, 'the option `indexes` pins `acme-*` to two indexes, `acme` and `other`'],
  ])('%j is refused', (indexes, message) => {
    let said = '';
    try {
      parsePluginOptions({ indexes });
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said.split('\n')[0]).toBe(`nx.json: ${PLUGIN}: ${message}`);
  });
});
