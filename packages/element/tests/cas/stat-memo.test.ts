import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
  type BigIntStats,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Digest } from '@wheelhouse/element';
import { captureTree, digestOf, MemoryBlobStore, StatMemo, walkTree } from '@wheelhouse/element/internal';
import { directoriesInMemory } from '../../src/cas/digest-only-blobs.js';
import { startChild } from '../support/child.js';
import { temporaryPaths } from '../support/temporary.js';

const fresh = temporaryPaths();
/** Later than the files of a test are written, by more than the coarsest time of a file system. */
const later = (): number => Date.now() + 5000;
const untrue = digestOf('other');

function stat(path: string): BigIntStats {
  return lstatSync(path, { bigint: true });
}

/** A file and the path of a memo. */
function setUp(content: string): { readonly file: string; readonly memo: string } {
  const directory = fresh();
  mkdirSync(directory);
  writeFileSync(join(directory, 'file'), content);
  return { file: join(directory, 'file'), memo: join(directory, 'memo/files.json') };
}

/** Remembers a digest for the file as it is, which is asked for and not computed. */
function remember(path: string, file: string, digest: Digest, clock = later): void {
  const memo = new StatMemo(path, clock);
  memo.look(stat(file)).learn(stat(file), digest);
  memo.save();
}

function known(path: string, file: string): Digest | undefined {
  return new StatMemo(path).look(stat(file)).digest;
}

describe('a memo of digests by stat', () => {
  test('knows what another process has learned, and is not written again by one that learns nothing', () => {
    const { file, memo } = setUp('x');
    expect(known(memo, file)).toBeUndefined();
    expect(existsSync(dirname(memo))).toBe(false);
    remember(memo, file, digestOf('x'));
    expect(known(memo, file)).toEqual(digestOf('x'));
    const { ino, mtimeNs } = stat(memo);
    const again = new StatMemo(memo, later);
    expect(again.look(stat(file)).digest).toEqual(digestOf('x'));
    again.save();
    expect(stat(memo)).toMatchObject({ ino, mtimeNs });
    expect(readdirSync(dirname(memo))).toEqual(['files.json']);
  });

  test.each<[string, (file: string) => void]>([
    [
      'content of the same size, with mtime put back',
      (file) => {
        const { atime, mtime } = statSync(file);
        writeFileSync(file, 'y');
        utimesSync(file, atime, mtime);
        expect(statSync(file).mtimeMs).toBe(mtime.getTime());
      },
    ],
    [
      'another size',
      (file) => {
        appendFileSync(file, 'y');
      },
    ],
    [
      'mode',
      (file) => {
        chmodSync(file, 0o755);
      },
    ],
    [
      'another file in its place',
      (file) => {
        writeFileSync(`${file}.new`, 'x');
        const { atime, mtime } = statSync(file);
        utimesSync(`${file}.new`, atime, mtime);
        renameSync(`${file}.new`, file);
      },
    ],
  ])('does not know a file that was changed: %s', async (_what, change) => {
    const { file, memo } = setUp('x');
    utimesSync(file, 1, 1);
    // The clock of a file system ticks every few milliseconds.
    await setTimeout(20);
    remember(memo, file, digestOf('x'));
    expect(known(memo, file)).toEqual(digestOf('x'));
    change(file);
    expect(known(memo, file)).toBeUndefined();
  });

  test('does not remember a file that was written less than two seconds before it was read, or is of the future', () => {
    const { file, memo } = setUp('x');
    const written = Number(stat(file).ctimeNs / 1_000_000n);
    for (const clock of [written - 60_000, written, written + 1999]) {
      remember(memo, file, digestOf('x'), () => clock);
      expect(existsSync(memo)).toBe(false);
    }
    // An old mtime alone says nothing.
    utimesSync(file, 1, 1);
    remember(memo, file, digestOf('x'), () => written + 1999);
    expect(existsSync(memo)).toBe(false);
    const changed = Number(stat(file).ctimeNs / 1_000_000n);
    remember(memo, file, digestOf('x'), () => changed + 2002);
    expect(known(memo, file)).toEqual(digestOf('x'));
  });

  test('does not remember a file that was changed while it was read, or was read to another length', () => {
    const { file, memo: path } = setUp('x');
    const memo = new StatMemo(path, later);
    const sight = memo.look(stat(file));
    sight.learn(stat(file), digestOf('xy'));
    writeFileSync(file, 'xyz');
    sight.learn(stat(file), digestOf('xyz'));
    memo.save();
    expect(existsSync(path)).toBe(false);
  });

  test.each<[string, (text: string) => string]>([
    ['empty', () => ''],
    ['cut short', (text) => text.slice(0, -10)],
    ['without its last line', (text) => text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1)],
    ['with another digest in a line', (text) => text.replace(digestOf('x').hash, untrue.hash)],
    ['zeros', (text) => '\0'.repeat(text.length)],
    ['of another format', (text) => text.replace('file-digests 1', 'file-digests 0')],
  ])('that is damaged counts as absent and is written anew: %s', (_what, damage) => {
    const { file, memo } = setUp('x');
    const other = join(dirname(file), 'other');
    writeFileSync(other, 'other');
    remember(memo, file, digestOf('x'));
    remember(memo, other, digestOf('other'));
    const text = readFileSync(memo, 'utf8');
    expect(damage(text)).not.toBe(text);
    writeFileSync(memo, damage(text));
    expect(known(memo, file)).toBeUndefined();
    remember(memo, file, digestOf('x'));
    expect(known(memo, file)).toEqual(digestOf('x'));
  });

  test('that cannot be read or written costs nothing but time', () => {
    const { file, memo } = setUp('x');
    mkdirSync(memo, { recursive: true });
    remember(memo, file, digestOf('x'));
    expect(known(memo, file)).toBeUndefined();
  });

  test('forgets for every process', () => {
    const { file, memo } = setUp('x');
    remember(memo, file, digestOf('x'));
    const wrong = new StatMemo(memo, later);
    expect(wrong.look(stat(file)).digest).toEqual(digestOf('x'));
    wrong.forget();
    expect(wrong.look(stat(file)).digest).toBeUndefined();
    expect(known(memo, file)).toBeUndefined();
  });

  test('keeps what others have learned meanwhile', () => {
    const { file, memo } = setUp('x');
    const other = join(dirname(file), 'other');
    writeFileSync(other, 'other');
    const first = new StatMemo(memo, later);
    first.look(stat(file)).learn(stat(file), digestOf('x'));
    remember(memo, other, digestOf('other'));
    first.save();
    expect([known(memo, file), known(memo, other)]).toEqual([digestOf('x'), digestOf('other')]);
  });

  test('is whole at any time while several processes write it', async () => {
    const { file, memo } = setUp('x');
    remember(memo, file, digestOf('x'));
    const children = [1, 2, 3].map((number) => startChild('memo-child.ts', [memo, `${file}-${number}-`]));
    const ended = Promise.all(children.map((child) => child.ended));
    const over = ended.then(() => true);
    do {
      expect(known(memo, file)).toEqual(digestOf('x'));
    } while (!(await Promise.race([over, setTimeout(1, false)])));
    expect(await ended).toEqual([0, 0, 0]);
    // Who writes last may not have seen what another one wrote at the same time.
    const names = [1, 2, 3].map((number) => `${file}-${number}-39`);
    expect(names.map((name) => known(memo, name)?.hash)).toContain(digestOf('y').hash);
    expect(readdirSync(dirname(memo))).toEqual(['files.json']);
  });
});

describe('a capture with a memo', () => {
  test('does not read files that are known, and answers what one without a memo does', async () => {
    const { file, memo: path } = setUp('x');
    const directory = join(dirname(file), 'tree');
    mkdirSync(join(directory, 'below'), { recursive: true });
    writeFileSync(join(directory, 'below/run'), 'run', { mode: 0o755 });
    writeFileSync(join(directory, 'large'), Buffer.alloc(300 * 1024, 'l'));
    const tree = await captureTree(directoriesInMemory(), directory, { label: 'here' });
    const memo = new StatMemo(path, later);
    expect(await captureTree(directoriesInMemory(), directory, { label: 'here', memo })).toEqual(tree);
    memo.save();
    expect(known(path, join(directory, 'large'))).toEqual(digestOf(Buffer.alloc(300 * 1024, 'l')));
    const again = new StatMemo(path, later);
    expect(await captureTree(directoriesInMemory(), directory, { label: 'here', memo: again })).toEqual(tree);
    // What the memo says is taken: nothing was read.
    remember(path, join(directory, 'below/run'), { hash: untrue.hash, sizeBytes: 3 });
    const trusting = new StatMemo(path, later);
    expect(await captureTree(directoriesInMemory(), directory, { label: 'here', memo: trusting })).not.toEqual(tree);
  });

  test('reads a known file whose blob the store does not have', async () => {
    const { file, memo: path } = setUp('x');
    const directory = join(dirname(file), 'tree');
    mkdirSync(directory);
    writeFileSync(join(directory, 'a'), 'a');
    remember(path, join(directory, 'a'), digestOf('a'));
    const blobs = new MemoryBlobStore();
    const tree = await captureTree(blobs, directory, { label: 'here', memo: new StatMemo(path, later) });
    for await (const entry of walkTree(blobs, tree)) {
      if (entry.type === 'file') expect(await blobs.findMissing([entry.digest])).toEqual([]);
    }
    expect(await blobs.findMissing([digestOf('a')])).toEqual([]);
  });
});
