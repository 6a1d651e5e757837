import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuildElement, type Element } from '@wheelhouse/element';
import {
  composite,
  diskDocuments,
  layeredDocuments,
  memoryDocuments,
  parseYaml,
  preflight,
  type ElementGraph,
} from '@wheelhouse/element/internal';
import { projectDirectory, rejectionText } from '../load/project-directory.js';
import { coreRegistry, resolve } from './resolve.js';

const CONF = 'name: test\nmin-version: 2.0\n';

function graphOf(files: Readonly<Record<string, string>>, targets: readonly string[]): Promise<ElementGraph> {
  return resolve(projectDirectory({ 'project.conf': CONF, ...files }), targets);
}

function only(graph: ElementGraph): Element {
  const [target] = graph.targets;
  if (target === undefined || graph.targets.length !== 1) throw new Error('not one target');
  return target;
}

function stack(...lines: readonly string[]): string {
  return `kind: stack\n${lines.length === 0 ? '' : `depends:\n${lines.map((line) => `- ${line}\n`).join('')}`}`;
}

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

const names = (elements: readonly Element[]): string[] => elements.map((element) => element.name);

describe('resolveProject', () => {
  it('composes the layers of an element and expands its variables', async () => {
    const graph = await graphOf(
      {
        'project.conf': `${CONF}variables: {flags: -O1}\nenvironment: {FROM: project, CC: "cc %{flags}"}\nenvironment-nocache: [B]\nelements:\n  manual:\n    variables: {flags: -O2}\n    environment: {FROM: kind}\n    config: {strip-commands: {(<): [first]}}\nsandbox: {build-gid: 5}\n`,
        'app.bst':
          'kind: manual\ndescription: An app\nvariables: {flags: "-O3 %{element-name}"}\nenvironment: {OWN: "%{project-name}"}\nenvironment-nocache: [A, B]\nconfig: {build-commands: ["make -j%{max-jobs} %{flags}"]}\npublic: {bst: {integration-commands: ["echo %{prefix}"], split-rules: {own: ["%{bindir}/x"]}}}\nsandbox: {build-uid: 7, build-arch: amd64}\n',
      },
      ['app.bst'],
    );
    const app = only(graph);
    expect(app).toBeInstanceOf(BuildElement);
    expect(app.environmentNocache).toEqual(['A', 'B']);
    expect(app.sandbox).toEqual({ uid: 7, gid: 5, os: 'linux', arch: 'x86-64' });
    expect(app.identity).toEqual({
      kind: 'manual',
      formatVersion: 1,
      defaults: sha256(join(__dirname, '../../src/elements/manual.yaml')),
    });
    const view = graph.describe(app);
    expect(view).toMatchObject({ name: 'app.bst', kind: 'manual', description: 'An app', deps: [] });
    expect(view.variables).toMatchObject({
      flags: '-O3 app.bst',
      'build-root': '/buildstream/test/app.bst',
      'max-jobs': '4',
      libdir: '/usr/lib',
    });
    expect(view.environment).toEqual({
      PATH: '/usr/bin:/bin:/usr/sbin:/sbin',
      SHELL: '/bin/sh',
      TERM: 'dumb',
      USER: 'tomjon',
      USERNAME: 'tomjon',
      LOGNAME: 'tomjon',
      LC_ALL: 'C',
      HOME: '/tmp',
      TZ: 'UTC',
      SOURCE_DATE_EPOCH: '1321009871',
      FROM: 'kind',
      CC: 'cc -O3 app.bst',
      OWN: 'test',
    });
    expect(view.config).toEqual({
      'configure-commands': [],
      'build-commands': ['make -j4 -O3 app.bst'],
      'install-commands': [],
      'strip-commands': ['first', ''],
    });
    expect(view.public).toMatchObject({
      bst: {
        'integration-commands': ['echo /usr'],
        'split-rules': { own: ['/usr/bin/x'], debug: ['/usr/lib/debug', '/usr/lib/debug/**'] },
      },
    });
    expect(app.getUniqueKey()).toMatchObject({ 'build-commands': ['make -j4 -O3 app.bst'] });
  });

  it('uses one job where an element says that it is not parallel', async () => {
    const files = { 'app.bst': 'kind: manual\nvariables: {notparallel: True, jobs: "-j%{max-jobs}"}\n' };
    expect(only(await graphOf(files, ['app.bst'])).getVariable('jobs')).toBe('-j1');
  });

  it('merges what is said of one dependency in several places', async () => {
    const graph = await graphOf(
      {
        'a.bst': stack(),
        'b.bst': stack(),
        'app.bst':
          'kind: script\nbuild-depends:\n- a.bst\n- filename: [b.bst]\n  strict: true\n  config: {location: /one}\nruntime-depends: [a.bst]\ndepends:\n- filename: b.bst\n  type: build\n  config: {location: /two}\n',
      },
      ['app.bst'],
    );
    const app = only(graph);
    expect(app.dependencies.map(({ element, type }) => [element.name, type])).toEqual([
      ['a.bst', 'all'],
      ['b.bst', 'build'],
    ]);
    expect(app.getUniqueKey()).toMatchObject({
      layout: [
        ['/', [['test', 'a.bst']]],
        ['/one', [['test', 'b.bst']]],
        ['/two', [['test', 'b.bst']]],
      ],
    });
    expect(graph.describe(app)).toMatchObject({
      deps: ['a.bst', 'b.bst'],
      buildDeps: ['a.bst', 'b.bst'],
      runtimeDeps: ['a.bst'],
    });
  });

  it('orders dependencies by need, then run time last, then name, and stages those of the build first', async () => {
    const graph = await graphOf(
      {
        'z-base.bst': stack(),
        'm.bst': stack('z-base.bst'),
        'a-run.bst': stack(),
        'b.bst': stack(),
        'app.bst': 'kind: manual\ndepends:\n- m.bst\n- {filename: a-run.bst, type: runtime}\n- b.bst\n- z-base.bst\n',
      },
      ['app.bst'],
    );
    expect(names(only(graph).dependencies.map(({ element }) => element))).toEqual([
      'b.bst',
      'z-base.bst',
      'm.bst',
      'a-run.bst',
    ]);
    expect(names(graph.elements)).toEqual(['b.bst', 'z-base.bst', 'm.bst', 'a-run.bst', 'app.bst']);
  });

  it('follows chains of elements that are longer than the stack is deep', async () => {
    const length = 3000;
    const texts = new Map(
      Array.from(
        { length },
        (_, index) => [`e${index}.bst`, index === 0 ? stack() : stack(`e${index - 1}.bst`)] as const,
      ),
    );
    const documents = memoryDocuments(new Map([['project.conf', CONF], ...texts]));
    const graph = await resolve('/nowhere', [`e${length - 1}.bst`], { documents });
    expect(graph.elements).toHaveLength(length);
    expect(graph.elements[0]?.name).toBe('e0.bst');
  });

  it('takes the targets that are named, those of a glob, those of project.conf, or all', async () => {
    const files = {
      'project.conf': `${CONF}element-path: elements\n`,
      'elements/a.bst': stack(),
      'elements/b.bst': stack('a.bst'),
      'elements/sub/c.bst': stack(),
    };
    const targets = (asked: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<string[]> =>
      graphOf({ ...files, ...more }, asked).then((graph) => names(graph.targets));
    expect(await targets(['b.bst', 'a.bst', 'b.bst'])).toEqual(['b.bst', 'a.bst']);
    expect(await targets(['*.bst'])).toEqual(['a.bst', 'b.bst']);
    expect(await targets(['**.bst'])).toEqual(['a.bst', 'b.bst', 'sub/c.bst']);
    expect(await targets([])).toEqual(['a.bst', 'b.bst', 'sub/c.bst']);
    expect(
      await targets([], { 'project.conf': `${CONF}element-path: elements\ndefaults: {targets: [b.bst]}\n` }),
    ).toEqual(['b.bst']);
  });

  it('reports targets that do not exist, or are not elements', async () => {
    const directory = projectDirectory({
      'project.conf': `${CONF}element-path: elements\n`,
      'elements/a.bst': stack(),
      'elements/dir.bst/x': '',
    });
    const text = (...targets: readonly string[]): Promise<string> =>
      rejectionText(() => resolve(directory, targets), directory);
    expect(await text('absent.bst')).toBe(
      "Could not find element 'absent.bst' in elements directory '@PROJECT@/elements'",
    );
    expect(await text('elements/a.bst')).toBe(
      "Could not find element 'elements/a.bst' in elements directory '@PROJECT@/elements'\n" +
        'hint: did you mean `a.bst`? Names are relative to `element-path` of project.conf',
    );
    expect(await text('dir.bst')).toBe('@PROJECT@/elements/dir.bst is a directory');
    expect(await text('z*.bst')).toBe("No element's name matches `z*.bst`");
    expect(await text('a', '../a.bst')).toBe(
      "Element 'a' does not have expected file extension `.bst`\n" +
        "Element '../a.bst' must not lead outside of the elements directory",
    );
  });

  it('lays dictionaries over elements, with the places of both in errors', async () => {
    const directory = projectDirectory({ 'project.conf': CONF, 'base.bst': stack() });
    const template = parseYaml('kind: manual\nvariables: {a: b}\nconfig: {build-commands: [make]}\n', 'template');
    const graph = async (overlay: string): Promise<ElementGraph> => {
      const filledIn = memoryDocuments(new Map([['app.bst', composite(template, parseYaml(overlay, 'computed'))]]));
      return await resolve(directory, ['app.bst'], {
        documents: layeredDocuments(diskDocuments(directory), filledIn),
      });
    };
    const resolved = await graph('depends: [base.bst]\nvariables: {a: c}\nconfig: {build-commands: {(>): [more]}}\n');
    expect(names(resolved.elements)).toEqual(['base.bst', 'app.bst']);
    expect(resolved.describe(only(resolved))).toMatchObject({
      variables: { a: 'c' },
      config: { 'build-commands': ['make', 'more'] },
    });
    expect(await rejectionText(() => graph('depends: [absent.bst]\n'), directory)).toBe(
      "computed [line 1 column 10]: Could not find element 'absent.bst' in elements directory '@PROJECT@/.'",
    );
  });

  it('reports an error of a layer that many elements share once', async () => {
    const files = {
      'project.conf': `${CONF}variables: {a: "%{nowhere}"}\n`,
      'one.bst': stack(),
      'two.bst': stack('one.bst'),
    };
    expect(await rejectionText(() => graphOf(files, ['two.bst']))).toBe(
      "project.conf [line 3 column 15]: Reference to undefined variable 'nowhere'",
    );
  });

  it('freezes what it resolved', async () => {
    const graph = await graphOf({ 'a.bst': stack(), 'app.bst': stack('a.bst') }, ['app.bst']);
    const app = only(graph);
    for (const frozen of [
      graph,
      graph.elements,
      graph.targets,
      app.dependencies,
      app.environment,
      app.sources,
      app.sandbox,
    ]) {
      expect(Object.isFrozen(frozen)).toBe(true);
    }
  });

  it('names elements and places of a project that is reached by a junction after it', async () => {
    const directory = projectDirectory({
      'project.conf': `${CONF}element-path: elements\n`,
      'elements/lib/a.bst': 'kind: import\nsources:\n- kind: local\n  path: elements\n',
      'elements/app.bst': 'kind: manual\nbuild-depends: [lib/a.bst]\nvariables: {own: "%{element-name}"}\n',
      'elements/cycle.bst': stack('cycle.bst'),
      'elements/lost.bst': stack('absent.bst'),
    });
    const documents = diskDocuments(directory, { junction: 'sub.bst' });
    const graph = await resolve(directory, ['app.bst'], { documents });
    const [library, app] = graph.elements;
    expect(graph.project.junction).toBe('sub.bst');
    expect(names(graph.elements)).toEqual(['sub.bst:lib/a.bst', 'sub.bst:app.bst']);
    expect(library?.normalName).toBe('lib-a');
    expect(library?.sources[0]?.name).toBe('sub.bst:lib/a.bst sources[0]');
    expect(app?.getVariable('own')).toBe('app.bst');
    expect(graph.describe(only(graph)).deps).toEqual(['sub.bst:lib/a.bst']);
    const text = (target: string): Promise<string> =>
      rejectionText(() => resolve(directory, [target], { documents }), directory);
    expect(await text('cycle.bst')).toBe(
      'Circular dependency detected at element: sub.bst:cycle.bst\n' +
        'Dependency chain: sub.bst:cycle.bst -> sub.bst:cycle.bst',
    );
    expect(await text('lost.bst')).toMatch(/^sub\.bst:lost\.bst \[line \d+ column \d+\]: Could not find element/);
  });

  it('collects what preflights say', async () => {
    const graph = await graphOf({ 'a.bst': 'kind: import\n', 'b.bst': 'kind: import\n' }, ['a.bst', 'b.bst']);
    await expect(preflight(graph.elements)).rejects.toThrow(
      /^a\.bst \[line 1 column 0\]: .*\nb\.bst \[line 1 column 0\]: .*$/,
    );
  });

  it("knows sources by their kind, with the project's settings for it under their own", async () => {
    const directory = projectDirectory({
      'project.conf': `${CONF}sources: {local: {config: {path: files}}}\n`,
      'files/x': '',
      'app.bst': 'kind: import\nsources:\n- kind: local\n  directory: /a//b/\n- kind: local\n  path: app.bst\n',
    });
    const [first, second] = only(await resolve(directory, ['app.bst'], { registry: coreRegistry() })).sources;
    expect([first?.directory, second?.directory]).toEqual(['a/b', '.']);
    expect([first?.name, second?.name]).toEqual(['app.bst sources[0]', 'app.bst sources[1]']);
  });
});
