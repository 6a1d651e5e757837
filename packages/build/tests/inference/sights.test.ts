import { mkdirSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Sights, type Sight } from '@wheelhouse/build/internal';
import { temporaryDirectories, writeFiles } from '../support/workspace.js';

const directory = temporaryDirectories();
const FILES = { 'a/one.txt': 'one', 'a/b/two.txt': 'two' };
/** Long enough after a file was written for its stat to be trusted, and not. */
const [LATER, SOON] = [10_000, 1000];

/** What is taken down of a file, of a directory and of a file that does not exist. */
function sightsOf(workspace: string, started = Date.now() + SOON): readonly Sight[] | undefined {
  const record = new Sights(workspace, {}, started).record();
  record.file(join(workspace, 'a/one.txt'));
  record.directory(join(workspace, 'a/b'));
  record.file(join(workspace, 'a/c/absent.txt'));
  return record.sights();
}

function holds(workspace: string, sights: readonly Sight[], environment: NodeJS.ProcessEnv = {}): boolean {
  return new Sights(workspace, environment, Date.now() + SOON).renew(sights) !== undefined;
}

describe('what an answer depends on', () => {
  it.each<[string, (workspace: string) => void, boolean]>([
    ['nothing changes', () => undefined, true],
    [
      'a file beside changes',
      (at) => {
        writeFileSync(join(at, 'a/b/two.txt'), 'changed');
      },
      true,
    ],
    [
      'the file changes at equal size',
      (at) => {
        writeFileSync(join(at, 'a/one.txt'), 'eno');
      },
      false,
    ],
    [
      'the file goes',
      (at) => {
        rmSync(join(at, 'a/one.txt'));
      },
      false,
    ],
    [
      'a name comes',
      (at) => {
        writeFileSync(join(at, 'a/b/three.txt'), '');
      },
      false,
    ],
    [
      'a name goes',
      (at) => {
        rmSync(join(at, 'a/b/two.txt'));
      },
      false,
    ],
    [
      'a name changes',
      (at) => {
        renameSync(join(at, 'a/b/two.txt'), join(at, 'a/b/2.txt'));
      },
      false,
    ],
    [
      'the directory goes',
      (at) => {
        rmSync(join(at, 'a/b'), { recursive: true });
      },
      false,
    ],
    [
      'what was absent comes',
      (at) => {
        mkdirSync(join(at, 'a/c'));
      },
      false,
    ],
  ])('is known again by stat and by content: %s', (_what, change, expected) => {
    const [workspace, old] = [directory(FILES), directory(FILES)];
    const [byContent, byStat] = [sightsOf(workspace), sightsOf(old, Date.now() + LATER)];
    expect(byContent?.map(([, , state]) => typeof state)).toEqual(['string', 'string', 'string']);
    expect(byStat?.map(([, , state]) => typeof state)).toEqual(['object', 'object', 'object']);
    for (const at of [workspace, old]) change(at);
    expect(holds(workspace, byContent ?? [])).toBe(expected);
    expect(holds(old, byStat ?? [])).toBe(expected);
  });

  it('is not known again by its time alone', () => {
    const workspace = directory(FILES);
    const file = join(workspace, 'a/one.txt');
    const sights = sightsOf(workspace, Date.now() + LATER) ?? [];
    const { atime, mtime } = statSync(file);
    writeFileSync(file, 'eno');
    utimesSync(file, atime, mtime);
    expect(holds(workspace, sights)).toBe(false);
  });

  it('is known by its stat once it is old enough, and by its content as long as it is not', () => {
    const workspace = directory(FILES);
    const sights = sightsOf(workspace) ?? [];
    expect(sights).toHaveLength(3);
    expect(new Sights(workspace, {}, Date.now() + SOON).renew(sights)).toBe(sights);
    const renewed = new Sights(workspace, {}, Date.now() + LATER).renew(sights) ?? [];
    expect(renewed).toEqual(sightsOf(workspace, Date.now() + LATER));
  });

  it('may not be remembered where something changed meanwhile, or a link leads nowhere', () => {
    const workspace = directory(FILES);
    const { mtimeMs } = statSync(join(workspace, 'a/one.txt'));
    expect(sightsOf(workspace, mtimeMs - 1)).toBeUndefined();
    symlinkSync('nowhere', join(workspace, 'link'));
    const record = new Sights(workspace, {}).record();
    record.file(join(workspace, 'link'));
    expect(record.sights()).toBeUndefined();
  });

  it('has the values of variables, without them', () => {
    const workspace = directory();
    const record = new Sights(workspace, { TOKEN: 'secret' }).record();
    record.variable('TOKEN');
    const sights = record.sights() ?? [];
    expect(JSON.stringify(sights)).not.toContain('secret');
    expect(holds(workspace, sights, { TOKEN: 'secret' })).toBe(true);
    expect(holds(workspace, sights, { TOKEN: 'other' })).toBe(false);
    expect(holds(workspace, sights)).toBe(false);
  });

  it('names files relative to the workspace', () => {
    const workspace = directory(FILES);
    writeFiles(workspace, { 'a/one.txt': 'one' });
    expect(sightsOf(workspace)?.map(([kind, path]) => `${kind} ${path}`)).toEqual([
      'file a/one.txt',
      'directory a/b',
      'directory a',
    ]);
  });
});
