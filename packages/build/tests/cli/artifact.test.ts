import { mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wheelhouse, type CommandResult } from '../support/command.js';
import { ELEMENTS } from '../support/element-project.js';
import { temporaryDirectories } from '../support/workspace.js';

const directory = temporaryDirectories();

describe('wheelhouse artifact checkout', () => {
  const project = directory({
    ...ELEMENTS,
    'texts/share/about': 'about\n',
    'texts/greeting': 'of the text\n',
    'text.bst': 'kind: import\nsources:\n- kind: local\n  path: texts\n',
    'app.bst': 'kind: stack\ndepends: [text.bst, hello.bst]\n',
  });
  const store = directory();
  const run = (...args: string[]): CommandResult =>
    wheelhouse(args, { cwd: project, environment: { WHEELHOUSE_CACHE_DIR: store } });
  const listing = (place: string): string[] => readdirSync(place, { recursive: true }).map(String).sort();

  it('refuses what is not built', () => {
    expect(run('artifact', 'checkout', 'text.bst', 'out')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'text.bst has not been built in its current state\nhint: run `wheelhouse build text.bst`\n',
    });
    expect(readdirSync(project)).not.toContain('out');
  });

  describe('of what is built', () => {
    beforeAll(() => {
      expect(run('build', 'app.bst').exitCode).toBe(0);
    });

    it('writes the artifact as it is, with its modes and links', () => {
      const out = join(directory(), 'new', 'out');
      expect(run('artifact', 'checkout', '--deps', 'none', 'hello.bst', out)).toEqual({
        exitCode: 0,
        stdout: '',
        stderr: '',
      });
      expect(listing(out)).toEqual(['empty', 'greeting', 'link', 'usr', 'usr/bin', 'usr/bin/hello']);
      expect(readFileSync(join(out, 'greeting'), 'utf8')).toBe('a b\n/buildstream/shop/hello.bst\n');
      expect(readlinkSync(join(out, 'link'))).toBe('/usr/bin/hello');
      expect(statSync(join(out, 'usr/bin/hello')).mode & 0o777).toBe(0o755);
    });

    it('includes its runtime dependencies, and reports which file replaces which', () => {
      const out = directory();
      expect(run('artifact', 'checkout', 'app.bst', out)).toEqual({
        exitCode: 0,
        stdout: 'warning  text.bst `/greeting` replaces that of hello.bst\n',
        stderr: '',
      });
      expect(listing(out)).toEqual([
        'empty',
        'greeting',
        'link',
        'share',
        'share/about',
        'usr',
        'usr/bin',
        'usr/bin/hello',
      ]);
      expect(readFileSync(join(out, 'greeting'), 'utf8')).toBe('of the text\n');
    });

    it('overwrites files only with --force, and then keeps the others', () => {
      const out = directory({ greeting: 'mine', 'share/more': 'mine', 'share/about': 'mine' });
      expect(run('artifact', 'checkout', 'text.bst', out)).toEqual({
        exitCode: 1,
        stdout: '',
        stderr: `\`${out}\` is not empty\nhint: choose another directory, or pass \`--force\` to overwrite its files\n`,
      });
      expect(readFileSync(join(out, 'greeting'), 'utf8')).toBe('mine');
      expect(run('artifact', 'checkout', '--force', 'text.bst', out).exitCode).toBe(0);
      expect(listing(out)).toEqual(['greeting', 'share', 'share/about', 'share/more']);
      expect(['greeting', 'share/about', 'share/more'].map((path) => readFileSync(join(out, path), 'utf8'))).toEqual([
        'of the text\n',
        'about\n',
        'mine',
      ]);
    });

    it('changes nothing where something is in the way', () => {
      const out = directory({ share: 'a file', greeting: 'mine' });
      expect(run('artifact', 'checkout', '--force', 'text.bst', out)).toEqual({
        exitCode: 1,
        stdout: '',
        stderr: `\`${join(out, 'share')}\` is not a directory, but must be\nhint: remove it, or choose another directory\n`,
      });
      expect(listing(out)).toEqual(['greeting', 'share']);
      expect(readFileSync(join(out, 'greeting'), 'utf8')).toBe('mine');
    });

    it('takes a directory by a link, and no file', () => {
      const out = directory({ file: '' });
      mkdirSync(join(out, 'there'));
      symlinkSync('there', join(out, 'link'));
      expect(run('artifact', 'checkout', 'text.bst', join(out, 'link')).exitCode).toBe(0);
      expect(listing(join(out, 'there'))).toEqual(['greeting', 'share', 'share/about']);
      expect(run('artifact', 'checkout', 'text.bst', join(out, 'file')).stderr).toBe(
        `\`${join(out, 'file')}\` is not a directory\nhint: remove it, or choose another directory\n`,
      );
    });

    it('does not write what was built before something changed', () => {
      writeFileSync(join(project, 'texts/share/about'), 'other\n');
      expect(run('artifact', 'checkout', 'app.bst', join(directory(), 'out')).stderr).toBe(
        'text.bst has not been built in its current state\nhint: run `wheelhouse build app.bst`\n',
      );
    });
  });

  it.each<[string, string[], string]>([
    ['no directory', ['checkout', 'text.bst'], 'expected `checkout ELEMENT DIR`'],
    ['another action', ['remove', 'text.bst', 'out'], 'expected `checkout ELEMENT DIR`'],
    [
      'other dependencies',
      ['checkout', '--deps', 'some', 'text.bst', 'out'],
      '--deps is one of run, none, build, all, not `some`',
    ],
  ])('says how it is used where it is given %s', (_what, args, message) => {
    expect(run('artifact', ...args)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `wheelhouse artifact: ${message}\nhint: \`wheelhouse artifact --help\` shows its usage\n`,
    });
  });
});
