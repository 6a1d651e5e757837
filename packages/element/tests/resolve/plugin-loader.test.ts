import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { rejectionText, projectDirectory } from '../load/project-directory.js';
import { resolve } from './resolve.js';

const HEAD = 'name: test\nmin-version: 2.0\nplugins:\n';

/** A plugin as users write it, its base class taken from where this test has it. */
const PLUGIN = `
const { BuildElement } = require(${JSON.stringify(join(__dirname, '../../src/plugin/build-element.ts'))});
class Pony extends BuildElement {}
const kind = (kind) => ({ kind, formatVersion: 2, create: (meta) => new Pony(meta) });
module.exports = { elements: [kind('pony'), kind('horse')] };
`;

describe('plugins of project.conf', () => {
  it('are modules of the project, identified by their content', async () => {
    const directory = projectDirectory({
      'project.conf': `${HEAD}- origin: local\n  path: plugins/pony.js\n`,
      'plugins/pony.js': PLUGIN,
      'app.bst': 'kind: pony\nconfig: {build-commands: [gallop]}\n',
    });
    const [app] = (await resolve(directory, ['app.bst'])).targets;
    expect(app?.identity).toEqual({
      kind: 'pony',
      formatVersion: 2,
      origin: { sha256: createHash('sha256').update(PLUGIN).digest('hex') },
    });
    expect(app?.generateScript()).toBe('(set -ex; gallop\n) || exit 1\n');
  });

  it('are packages, identified by name and version', async () => {
    const directory = projectDirectory({
      'project.conf': `${HEAD}- origin: npm\n  package: "@own/ponies"\n  elements: [pony]\n`,
      'node_modules/@own/ponies/package.json': '{"name": "@own/ponies", "version": "1.2.3", "main": "./lib/main.js"}',
      'node_modules/@own/ponies/lib/main.js': PLUGIN,
      'app.bst': 'kind: pony\n',
      'other.bst': 'kind: horse\n',
    });
    expect((await resolve(directory, ['app.bst'])).targets[0]?.identity.origin).toEqual({
      package: '@own/ponies',
      version: '1.2.3',
    });
    expect(await rejectionText(() => resolve(directory, ['other.bst']))).toBe(
      "other.bst [line 1 column 6]: No element plugin registered for kind 'horse'\n" +
        "hint: known kinds are `manual`, `script`, `import`, `stack`, `host`, `pony`; declare others in project.conf's `plugins`",
    );
  });

  it.each([
    [
      '- origin: local\n  path: plugins/empty.js\n',
      'project.conf [line 5 column 8]: Plugin `plugins/empty.js` exports neither a list `elements` nor a list `sources`\n' +
        'hint: a plugin is a JavaScript module that exports `elements` or `sources`',
    ],
    [
      '- origin: local\n  path: plugins/broken.js\n',
      'project.conf [line 5 column 8]: Plugin `plugins/broken.js` cannot be loaded: no ponies today\n' +
        'hint: a plugin is a JavaScript module that exports `elements` or `sources`',
    ],
    [
      '- origin: local\n  path: plugins\n',
      "project.conf [line 5 column 8]: Specified path 'plugins' is not a regular file",
    ],
    [
      '- origin: local\n  path: ../pony.js\n',
      "project.conf [line 5 column 8]: Specified path '../pony.js' first component must not be '..'",
    ],
    [
      '- origin: local\n  path: plugins/pony.js\n  elements: [unicorn]\n',
      'project.conf [line 6 column 13]: Plugin `plugins/pony.js` has no element kind `unicorn`',
    ],
    ['- origin: npm\n', "project.conf [line 4 column 2]: Dictionary did not contain expected key 'package'"],
  ])('are refused where they are %j', async (plugins, expected) => {
    const directory = projectDirectory({
      'project.conf': HEAD + plugins,
      'plugins/pony.js': PLUGIN,
      'plugins/empty.js': 'module.exports = {};',
      'plugins/broken.js': "throw new Error('no ponies today');",
      'app.bst': 'kind: stack\n',
    });
    expect(await rejectionText(() => resolve(directory, ['app.bst']))).toBe(expected);
  });

  it('that are not a package of the project are refused', async () => {
    const directory = projectDirectory({
      'project.conf': `${HEAD}- origin: npm\n  package: wheelhouse-has-no-such-package\n`,
      'app.bst': 'kind: stack\n',
    });
    expect(await rejectionText(() => resolve(directory, ['app.bst']))).toMatch(
      /^project\.conf \[line 5 column 11\]: Plugin `wheelhouse-has-no-such-package` cannot be loaded: Cannot find module /,
    );
  });
});
