import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { diskDocuments, loadProject, memoryDocuments, toMapping, type Project } from '@wheelhouse/element/internal';
import { projectDirectory, rejectionText } from '../project-directory.js';

function load(files: Readonly<Record<string, string>>): Promise<Project> {
  const directory = projectDirectory(files);
  return loadProject({ documents: diskDocuments(directory), directory, maxJobs: 3 });
}

function confError(conf: string): Promise<string> {
  return rejectionText(() => load({ 'project.conf': conf }));
}

const HEAD = 'name: test\nmin-version: 2.0\n';
const KNOWN_HINT =
  'hint: known keys are `name`, `min-version`, `element-path`, `variables`, `environment`, `environment-nocache`, ' +
  '`split-rules`, `sandbox`, `elements`, `sources`, `plugins`, `defaults`, `fatal-warnings`, `aliases`, `mirrors`, ' +
  '`shell`, `source-provenance-attributes`';

describe('loadProject', () => {
  it('lays project.conf over the defaults of every project', async () => {
    const project = await load({
      'project.conf': `${HEAD}variables: {prefix: /opt, own: x}\nenvironment: {PATH: /bin}\nenvironment-nocache: [MAXJOBS]\nsplit-rules:\n  runtime: {(>): [/opt]}\nfatal-warnings: [overlaps]\ndefaults: {targets: [a.bst]}\nsandbox: {build-uid: 7}\n`,
    });
    expect(project.name).toBe('test');
    expect(project.elementPath).toBe('.');
    expect(project.variables.scalar('prefix')?.value).toBe('/opt');
    expect(project.variables.scalar('bindir')?.value).toBe('%{exec_prefix}/bin');
    expect(project.variables.scalar('own')?.value).toBe('x');
    expect(project.variables.scalar('project-name')?.value).toBe('test');
    expect(project.variables.scalar('max-jobs')?.value).toBe('3');
    expect(project.environment.scalar('PATH')?.value).toBe('/bin');
    expect(project.environment.scalar('SOURCE_DATE_EPOCH')?.value).toBe('1321009871');
    expect(project.environmentNocache).toEqual(['MAXJOBS']);
    expect(project.splitRules.sequence('runtime')?.toPlain()).toEqual([
      '%{bindir}',
      '%{bindir}/*',
      '%{sbindir}',
      '%{sbindir}/*',
      '%{libexecdir}',
      '%{libexecdir}/*',
      '%{libdir}/lib*.so*',
      '/opt',
    ]);
    expect(project.fatalWarnings).toEqual(['overlaps']);
    expect(project.defaultTargets.map((target) => target.value)).toEqual(['a.bst']);
    expect(project.sandbox.toPlain()).toEqual({ 'build-uid': '7', 'build-gid': '0' });
    expect(Object.isFrozen(project)).toBe(true);
  });

  it('can come from memory alone', async () => {
    const conf = { name: 'test', 'min-version': '2.0', 'element-path': 'elements', variables: { from: 'nodes' } };
    const documents = memoryDocuments(
      new Map([
        ['project.conf', toMapping(conf, { file: 'template', line: 1, column: 0 })],
        ['elements/a.bst', toMapping({ kind: 'stack' }, { file: 'template', line: 1, column: 0 })],
      ]),
    );
    const project = await loadProject({ documents, directory: '/nowhere', maxJobs: 1 });
    expect(project.elementPath).toBe('elements');
    expect(project.variables.scalar('from')?.value).toBe('nodes');
  });

  it('says where a project.conf is missing', async () => {
    const directory = projectDirectory({});
    expect(
      await rejectionText(() => loadProject({ documents: diskDocuments(directory), directory, maxJobs: 1 }), directory),
    ).toBe(
      'No project.conf in `@PROJECT@`\nhint: a project is a directory with a `project.conf` that has `name` and `min-version`',
    );
  });

  it.each([
    ['min-version: 2.0\n', "project.conf [line 1 column 0]: Dictionary did not contain expected key 'name'"],
    ['name: test\n', "project.conf [line 1 column 0]: Dictionary did not contain expected key 'min-version'"],
    [
      'name: test\nmin-version: two\n',
      'project.conf [line 2 column 13]: `two` is not a version of the format\nhint: a version is two numbers separated by a dot, such as `2.8`',
    ],
    [
      'name: test\nmin-version: 2.900\n',
      'project.conf [line 2 column 13]: Version mismatch\nThe project is written for BuildStream 2.900, but this version of Wheelhouse reads the format of BuildStream 2.8.',
    ],
    [
      'name: 1st\nmin-version: 2.0\n',
      "project.conf [line 1 column 6]: Invalid symbol name for project name: '1st'\nSymbol names must contain only alphanumeric characters, may not start with a digit, and may contain underscores or dashes",
    ],
    [`${HEAD}typo: x\n`, `project.conf [line 3 column 6]: Unexpected key: typo\n${KNOWN_HINT}`],
    [
      `${HEAD}options: {}\n`,
      'project.conf [line 3 column 9]: Project options are not supported yet: `options`\nhint: remove the key from project.conf',
    ],
    [
      `${HEAD}ref-storage: project.refs\n`,
      'project.conf [line 3 column 13]: Source references in a separate file are not supported yet: `project.refs`\nhint: set `ref-storage: inline` and write the references into the elements',
    ],
    [
      `${HEAD}(@): other.yml\n`,
      'project.conf [line 3 column 5]: Includes are not supported yet: `(@)`\nhint: write out the resulting values instead',
    ],
    [
      `${HEAD}variables:\n  (?):\n  - a: {b: c}\n`,
      'project.conf [line 5 column 2]: Conditionals are not supported yet: `(?)`\nhint: write out the resulting values instead',
    ],
    [
      `${HEAD}variables: {max-jobs: 4}\n`,
      "project.conf [line 3 column 22]: invalid redefinition of protected variable 'max-jobs'",
    ],
    [
      `${HEAD}elements: {manual: {variables: {element-name: x}}}\n`,
      "project.conf [line 3 column 46]: invalid redefinition of protected variable 'element-name'",
    ],
    [
      `${HEAD}elements: {manual: {depends: [x]}}\n`,
      'project.conf [line 3 column 29]: Unexpected key: depends\nhint: known keys are `variables`, `environment`, `environment-nocache`, `config`, `public`, `sandbox`',
    ],
    [`${HEAD}element-path: elements\n`, "project.conf [line 3 column 14]: Specified path 'elements' does not exist"],
    [
      `${HEAD}element-path: ../x\n`,
      "project.conf [line 3 column 14]: Specified path '../x' first component must not be '..'",
    ],
    [
      `${HEAD}element-path: /tmp\n`,
      "project.conf [line 3 column 14]: Absolute path: '/tmp' invalid.\nPlease specify a path relative to the project's root.",
    ],
    [
      `${HEAD}element-path: project.conf\n`,
      "project.conf [line 3 column 14]: Specified path 'project.conf' is not a directory",
    ],
    [
      `${HEAD}split-rules: {own: {(>): [a]}}\n`,
      'project.conf [line 3 column 19]: Attempt to override non-existing list',
    ],
    [
      `${HEAD}plugins: [{origin: pear}]\n`,
      'project.conf [line 3 column 19]: Plugins of origin `pear` are not supported\nhint: plugins are JavaScript modules: `origin: local` with `path`, or `origin: npm` with `package`',
    ],
  ])('refuses %j', async (conf, expected) => {
    expect(await confError(conf)).toBe(expected);
  });

  it('collects all errors that one pass finds', async () => {
    expect(await confError(`name: ''\nmin-version: 2.0\nartifacts: []\ntypo: x\n`)).toBe(
      'project.conf [line 3 column 11]: Artifact servers of a project are not supported yet: `artifacts`\n' +
        'hint: remove the key from project.conf\n' +
        `project.conf [line 4 column 6]: Unexpected key: typo\n${KNOWN_HINT}`,
    );
    expect(await confError(`name: ''\nmin-version: 2.0\nvariables: []\ndefaults: x\n`)).toBe(
      "project.conf [line 1 column 6]: Invalid symbol name for project name: ''\n" +
        'Symbol names must contain only alphanumeric characters, may not start with a digit, and may contain underscores or dashes\n' +
        "project.conf [line 3 column 11]: Value of 'variables' is not of the expected type 'dict'\n" +
        "project.conf [line 4 column 10]: Value of 'defaults' is not of the expected type 'dict'",
    );
  });

  it('does not follow a link to the elements', async () => {
    const directory = projectDirectory({ 'project.conf': `${HEAD}element-path: elements\n` });
    mkdirSync(join(directory, 'real'));
    symlinkSync('real', join(directory, 'elements'));
    expect(await rejectionText(() => loadProject({ documents: diskDocuments(directory), directory, maxJobs: 1 }))).toBe(
      "project.conf [line 3 column 14]: Specified path 'elements' must not point to symbolic links ",
    );
  });
});
