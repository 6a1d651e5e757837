import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { decodeText } from '@wheelhouse/element/internal';
import { errorText, rejectionText, projectDirectory } from '../load/project-directory.js';
import { resolve } from '../resolve/resolve.js';

const CONF = 'name: test\nmin-version: 2.0\n';
const IMPORT = 'kind: import\nsources:\n- kind: local\n  path: files\n';

describe('decodeText', () => {
  it.each<[string, Buffer, string]>([
    [
      'a byte that begins nothing',
      Buffer.from('ab\xff', 'latin1'),
      'f [line 1 column 2]: The byte `0xff` is not UTF-8',
    ],
    ['Latin-1', Buffer.from('a\nb: caf\xe9\n', 'latin1'), 'f [line 2 column 6]: The byte `0xe9` is not UTF-8'],
    [
      'a sequence that is cut short',
      Buffer.from('\xe2\x82', 'latin1'),
      'f [line 1 column 0]: The byte `0xe2` is not UTF-8',
    ],
    ['a surrogate', Buffer.from('\xed\xa0\x80', 'latin1'), 'f [line 1 column 0]: The byte `0xed` is not UTF-8'],
    ['an overlong form', Buffer.from('x\xc0\xaf', 'latin1'), 'f [line 1 column 1]: The byte `0xc0` is not UTF-8'],
    ['UTF-16', Buffer.from('\xff\xfea\0', 'latin1'), 'f [line 1 column 0]: The byte `0xff` is not UTF-8'],
    [
      'a wrong byte behind replacement characters of the file itself',
      Buffer.concat([Buffer.from('\ufffd😀\ufffd\n\ufffd'), Buffer.from([0x80])]),
      'f [line 2 column 1]: The byte `0x80` is not UTF-8',
    ],
  ])('refuses %s, with its place', (_what, bytes, message) => {
    expect(errorText(() => decodeText(bytes, 'f'))).toBe(`${message}\nhint: save the file as UTF-8`);
  });

  it('takes every text that is UTF-8, also one with replacement characters', () => {
    for (const text of ['', 'a', '\ufffd', 'é😀\u0000', '\ufeffx'])
      expect(decodeText(Buffer.from(text), 'f')).toBe(text);
  });
});

describe('a project', () => {
  it.each(['project.conf', 'app.bst'])('whose %s is not UTF-8 is refused where the byte is', async (file) => {
    const directory = projectDirectory({ 'project.conf': CONF, 'app.bst': IMPORT, 'files/a': '' });
    const text = file === 'app.bst' ? IMPORT : CONF;
    writeFileSync(join(directory, file), Buffer.concat([Buffer.from(`${text}# `), Buffer.from([0xe9])]));
    expect(await rejectionText(() => resolve(directory, ['app.bst']))).toBe(
      `${file} [line ${text.split('\n').length} column 2]: The byte \`0xe9\` is not UTF-8\nhint: save the file as UTF-8`,
    );
  });

  it.each<[string, (path: string) => void | Promise<void>, string]>([
    [
      'a fifo',
      (path) => {
        execFileSync('mkfifo', [path]);
      },
      '`app.bst` is a fifo, not a regular file\nhint: replace it with a file, or remove it',
    ],
    [
      'a link to a device',
      (path) => {
        symlinkSync('/dev/zero', path);
      },
      '`app.bst` is a device, not a regular file\nhint: replace it with a file, or remove it',
    ],
    [
      'a socket',
      async (path) => {
        const server = createServer();
        await new Promise<void>((listening) => server.listen(path, listening));
        server.unref();
      },
      '`app.bst` is a socket, not a regular file\nhint: replace it with a file, or remove it',
    ],
    [
      'a directory',
      (path) => {
        mkdirSync(path);
      },
      '@PROJECT@/app.bst is a directory',
    ],
    [
      'a link to itself',
      (path) => {
        symlinkSync('app.bst', path);
      },
      'cannot look at `@PROJECT@/app.bst`: too many levels of symbolic links (ELOOP)',
    ],
  ])('says so where an element file is %s', async (_what, make, message) => {
    const directory = projectDirectory({ 'project.conf': CONF, 'top.bst': 'kind: stack\ndepends: [app.bst]\n' });
    await make(join(directory, 'app.bst'));
    expect(await rejectionText(() => resolve(directory, ['app.bst']), directory)).toBe(message);
    expect(await rejectionText(() => resolve(directory, ['top.bst']), directory)).toBe(
      `top.bst [line 2 column 10]: ${message}`,
    );
  });

  it('says so where project.conf is a fifo', async () => {
    const directory = projectDirectory({ 'app.bst': IMPORT });
    execFileSync('mkfifo', [join(directory, 'project.conf')]);
    expect(await rejectionText(() => resolve(directory, ['app.bst']))).toBe(
      '`project.conf` is a fifo, not a regular file\nhint: replace it with a file, or remove it',
    );
  });

  const NO_NUL = 'hint: program arguments, environment variables and file names cannot contain one';
  const LONG = 'x'.repeat(300);
  it.each<[string, Readonly<Record<string, string>>, string]>([
    [
      'the path of a source has a NUL character',
      { 'app.bst': 'kind: import\nsources:\n- kind: local\n  path: "a\\0b"\n' },
      `app.bst [line 4 column 8]: The text contains a NUL character\n${NO_NUL}`,
    ],
    [
      'the path of a source is too long',
      { 'app.bst': `kind: import\nsources:\n- kind: local\n  path: ${LONG}\n` },
      `app.bst [line 4 column 8]: cannot look at \`@PROJECT@/${LONG}\`: file name too long (ENAMETOOLONG)`,
    ],
    [
      'a dependency has a name that is too long',
      { 'app.bst': `kind: stack\ndepends:\n- ${LONG}.bst\n` },
      `app.bst [line 3 column 2]: cannot look at \`@PROJECT@/${LONG}.bst\`: file name too long (ENAMETOOLONG)`,
    ],
    [
      'the element path has a NUL character',
      { 'project.conf': `${CONF}element-path: "e\\0"\n`, 'app.bst': IMPORT },
      `project.conf [line 3 column 14]: The text contains a NUL character\n${NO_NUL}`,
    ],
    [
      'the element path is too long',
      { 'project.conf': `${CONF}element-path: ${LONG}\n`, 'app.bst': IMPORT },
      `project.conf [line 3 column 14]: cannot look at \`@PROJECT@/${LONG}\`: file name too long (ENAMETOOLONG)`,
    ],
  ])('reports the position: %s', async (_what, files, message) => {
    const directory = projectDirectory({ 'project.conf': CONF, ...files });
    expect(await rejectionText(() => resolve(directory, ['app.bst']), directory)).toBe(message);
  });
});
