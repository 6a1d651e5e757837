import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { ArchiveFault, checkArchive } from '@wheelhouse/cache/internal';
import { someBytes } from '@wheelhouse/element/testing';
import { archiveOf, archiveWith, CODE, tarOf, TERMINAL_OUTPUT, type ArchiveEntry } from '../support/archive.js';

const LIMITS = { maxUnpackedBytes: 10_000_000, maxEntries: 100 };

/** What is wrong with an archive; `undefined` where nothing is. */
async function faultOf(bytes: Uint8Array, limits = LIMITS): Promise<string | undefined> {
  try {
    await checkArchive(
      Readable.from([bytes.subarray(0, bytes.length >> 1), bytes.subarray(bytes.length >> 1)]),
      limits,
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof ArchiveFault)) throw error;
    return error.message;
  }
}

const symlink = (name: string, linkname: string): ArchiveEntry => ({ name, type: 'symlink', linkname });

describe('an archive for Nx', () => {
  it('may have files, directories, long names, and links that stay inside', async () => {
    const archive = await archiveOf(
      { name: 'app', type: 'directory' },
      { name: 'app/out/data', data: someBytes(300_000, 1) },
      { name: `app/${'long/'.repeat(60)}name`, data: 'x' },
      symlink('app/out/link', 'data'),
      symlink('app/out/up', '../../lib/./out/file'),
      symlink('app/root', '..'),
      { name: 'app/hard', type: 'link', linkname: 'app/out/data' },
    );
    expect(await faultOf(archive)).toBeUndefined();
  });

  it.each<[string, ArchiveEntry[], string]>([
    ['a name with `..`', [{ name: 'app/../../x' }], 'contains `app/../../x`, which is outside the archive'],
    ['a name of `..` alone', [{ name: '..', type: 'directory' }], 'contains `..`, which is outside the archive'],
    ['an absolute name', [{ name: '/etc/cron.d/x' }], 'contains `/etc/cron.d/x`, which is outside the archive'],
    ['a name of Windows', [{ name: 'C:\\x' }], 'contains `C:\\x`, which is outside the archive'],
    ['an absolute link', [symlink('a', '/etc')], 'contains the link `a` to `/etc`, which points outside the archive'],
    [
      'a link that leads out',
      [symlink('app/a', '../../b')],
      'contains the link `app/a` to `../../b`, which points outside the archive',
    ],
    [
      'a link that leads out by way of another one',
      [symlink('p/q/y', '../..'), symlink('p/q/z', 'y/../x')],
      'contains the link `p/q/z` to `y/../x`, which points outside the archive',
    ],
    ['a link to nothing', [symlink('a', '')], 'contains the link `a` to ``, which points outside the archive'],
    ['a file beyond a link', [symlink('a', 'b'), { name: 'a/x' }], 'contains `a/x`, which is behind a link'],
    [
      'a hard link out',
      [{ name: 'a', type: 'link', linkname: '../../etc/passwd' }],
      'contains `../../etc/passwd`, which is outside the archive',
    ],
    [
      'a device',
      [{ name: 'a', type: 'character-device', devmajor: 1, devminor: 3 }],
      'contains `a`, which is a character-device',
    ],
    ['a fifo', [{ name: 'a', type: 'fifo' }], 'contains `a`, which is a fifo'],
    ['control characters', [{ name: '/\u001b[2J' }], 'contains `/?[2J`, which is outside the archive'],
  ])('may not have %s', async (_what, entries, fault) => {
    expect(await faultOf(await archiveOf(...entries))).toBe(fault);
  });

  it('must have what Nx cannot do without, once and well-formed', async () => {
    const archive = async (...entries: ArchiveEntry[]) => await faultOf(gzipSync(await tarOf(entries)));
    expect(await archive(TERMINAL_OUTPUT)).toBe('has no `code`');
    expect(await archive(CODE)).toBe('has no `terminalOutput`');
    expect(await archive(TERMINAL_OUTPUT, { name: 'code', data: '0' })).toBe('has an exit code of 1 bytes');
    expect(await archive(TERMINAL_OUTPUT, CODE, { ...CODE, name: './code' })).toBe('contains `code` twice');
    expect(await archive(symlink('code', 'x'), TERMINAL_OUTPUT)).toBe('has an exit code of 0 bytes');
    expect(await archive(TERMINAL_OUTPUT, CODE)).toBeUndefined();
  });

  it('must be whole: gzip with its check sum, tar to its end', async () => {
    const archive = await archiveWith(someBytes(50_000, 2));
    for (const length of [0, 1, 10, archive.length >> 1, archive.length - 1]) {
      expect(await faultOf(archive.subarray(0, length))).toMatch(/^is not a complete gzip file: /);
    }
    const damaged = Buffer.from(archive);
    damaged[damaged.length - 6]! ^= 1;
    expect(await faultOf(damaged)).toMatch(/^is not a complete gzip file: incorrect data check/);
    expect(await faultOf(Buffer.from('no archive at all'))).toMatch(/^is not a complete gzip file: /);
    const tar = await tarOf([TERMINAL_OUTPUT, CODE, { name: 'x', data: someBytes(5000, 1) }]);
    expect(await faultOf(gzipSync(tar.subarray(0, 3000)))).toMatch(/^is not a complete tar archive: /);
  });

  it('may not be larger, once unpacked, than what is allowed: a bomb costs no memory', async () => {
    const bomb = gzipSync(Buffer.alloc(200_000_000));
    expect(bomb.length).toBeLessThan(300_000);
    global.gc?.();
    const before = process.memoryUsage().rss;
    expect(await faultOf(await archiveWith(Buffer.alloc(20_000_000)))).toBe('holds more than 10000000 bytes');
    expect(await faultOf(bomb)).toBeDefined();
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
    const many = Array.from({ length: 200 }, (_, index) => ({ name: `f${index}` }));
    expect(await faultOf(await archiveOf(...many))).toBe('has more than 100 entries');
  });

  it('may not have a header without end', async () => {
    const tar = await tarOf([{ name: 'x', data: 'x' }]);
    tar.write('x', 156);
    // The length in the header of a pax header: eight gigabytes.
    tar.write('77777777777\0', 124);
    tar.write('        ', 148);
    const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    expect(await faultOf(gzipSync(tar))).toBe('is not a complete tar archive: Header exceeds max size');
  });
});
