import { type DependencyConfiguration, type Element, type ElementKind, type Json } from '@wheelhouse/element';
import { PureElement, type PluginRegistry } from '@wheelhouse/element/internal';
import { projectDirectory, rejectionText } from '../load/project-directory.js';
import { coreRegistry, resolve } from '../resolve/resolve.js';

/** What each element of the kind `probe` was given, in the order of the calls. */
let given: (readonly unknown[])[];

class ProbeElement extends PureElement {
  override configure(): void {
    given.push([this.name, 'configure']);
  }

  override configureDependencies(dependencies: readonly DependencyConfiguration[]): void {
    for (const { element, path, config } of dependencies) given.push([element.name, path, config?.toPlain()]);
  }

  override getUniqueKey(): Json {
    return 1;
  }
}

const probe: ElementKind = { kind: 'probe', formatVersion: 1, create: (meta) => new ProbeElement(meta) };

function registry(): PluginRegistry {
  return coreRegistry().register({ elements: [probe] });
}

const FILES = {
  'project.conf': 'name: test\nmin-version: 2.0\nvariables: {place: /opt}\n',
  'a.bst': 'kind: stack\n',
  'b.bst': 'kind: stack\n',
  'run.bst': 'kind: stack\n',
};

beforeEach(() => {
  given = [];
});

async function errorOf(element: string): Promise<string> {
  const directory = projectDirectory({ ...FILES, 'app.bst': element });
  return await rejectionText(() => resolve(directory, ['app.bst'], { registry: registry() }));
}

describe('configureDependencies', () => {
  it('gets every listing of a build dependency after configure, with variables expanded', async () => {
    const directory = projectDirectory({
      ...FILES,
      'app.bst': `kind: probe
variables: {name: lib}
build-depends:
- filename: b.bst
  config: {free: "%{place}/%{name}", list: ["%{name}"]}
- a.bst
depends:
- filename: b.bst
  type: build
  config: {free: other}
runtime-depends: [run.bst]
`,
    });
    await resolve(directory, ['app.bst'], { registry: registry() });
    expect(given).toEqual([
      ['app.bst', 'configure'],
      ['a.bst', 'a.bst', undefined],
      ['b.bst', 'b.bst', { free: '/opt/lib', list: ['lib'] }],
      ['b.bst', 'b.bst', { free: 'other' }],
    ]);
  });

  it('says where a configuration refers to a variable that is not defined', async () => {
    expect(await errorOf('kind: probe\nbuild-depends:\n- filename: a.bst\n  config: {x: "%{nowhere}"}\n')).toBe(
      "app.bst [line 4 column 14]: Reference to undefined variable 'nowhere'",
    );
  });

  it('refuses a configuration that the kind does not read', async () => {
    expect(await errorOf('kind: stack\ndepends:\n- filename: a.bst\n  config: {x: y}\n')).toBe(
      'app.bst [line 4 column 10]: Elements of kind `stack` do not support configuration of dependencies',
    );
  });

  it.each(['manual', 'script'])('refuses an invalid location of a dependency of kind %s', async (kind) => {
    expect(await errorOf(`kind: ${kind}\nbuild-depends:\n- filename: a.bst\n  config: {place: /x}\n`)).toBe(
      'app.bst [line 4 column 18]: Unexpected key: place\nhint: known keys are `location`',
    );
  });
});

describe('the key of a layout', () => {
  async function layoutOf(elements: Readonly<Record<string, string>>): Promise<unknown> {
    const graph = await resolve(projectDirectory({ ...FILES, ...elements }), ['app.bst']);
    const [app] = graph.targets as readonly [Element];
    return (app.getUniqueKey() as { readonly layout?: unknown }).layout;
  }

  it('is nothing where all is staged at the root', async () => {
    expect(await layoutOf({ 'app.bst': 'kind: manual\nbuild-depends: [a.bst, b.bst]\n' })).toBeUndefined();
  });

  it('has every location in the order of paths, with all that is staged there', async () => {
    const layout = await layoutOf({
      'deep.bst': 'kind: stack\ndepends: [a.bst]\n',
      'app.bst':
        'kind: manual\nbuild-depends:\n- filename: deep.bst\n  config: {location: "%{place}"}\n- b.bst\n- filename: a.bst\n  config: {location: /etc}\n',
    });
    expect(layout).toEqual([
      ['/', [['test', 'b.bst']]],
      ['/etc', [['test', 'a.bst']]],
      [
        '/opt',
        [
          ['test', 'a.bst'],
          ['test', 'deep.bst'],
        ],
      ],
    ]);
  });
});
