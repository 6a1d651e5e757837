import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createToken,
  parseTokens,
  readTokens,
  revokeToken,
  TokenGuard,
  type TokenRequest,
} from '@wheelhouse/cache/internal';
import { type ElementError, type ElementErrors } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import { temporaryDirectories } from '../support/directories.js';

const directory = temporaryDirectories();
const DAY = 24 * 60 * 60 * 1000;
const NOW = new Date('2026-03-01T00:00:00.000Z');
const main: TokenRequest = { name: 'ci-main', tier: { kind: 'trusted' }, workspace: 'default' };

function errorText(error: unknown): string {
  return formatError(error as ElementError | ElementErrors);
}

function thrownBy(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return errorText(error);
  }
  throw new Error('nothing was thrown');
}

const rejection = (promise: Promise<unknown>): Promise<string> =>
  promise.then(() => Promise.reject(new Error('nothing was thrown')), errorText);

describe('a token', () => {
  it('is known by its text alone, which is nowhere on the disk', async () => {
    const file = join(directory(), 'tokens.yml');
    const text = await createToken(file, main, NOW);
    const guard = new TokenGuard(file, Date.now);

    expect(text).toMatch(/^whc_[0-9a-f]{16}_[\w-]{43}$/);
    expect(guard.identify(text)).toEqual({ name: 'ci-main', tier: { kind: 'trusted' }, workspace: 'default' });
    expect(readFileSync(file, 'utf8')).not.toContain(text.slice(21));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(file, '..')).sort()).toEqual(['tokens.yml', 'tokens.yml.lock']);
  });

  it.each<[string, (text: string) => string]>([
    ['another secret', (text) => text.slice(0, -4) + (text.endsWith('AAAA') ? 'BBBB' : 'AAAA')],
    ['another id', (text) => text.replace(/_[0-9a-f]{16}_/, '_0123456789abcdef_')],
    ['something more', (text) => `${text}A`],
    ['something less', (text) => text.slice(0, -1)],
    ['a trailing space', (text) => `${text} `],
    ['other case', (text) => text.toUpperCase()],
    ['its digest instead', () => '0'.repeat(64)],
    ['nothing at all', () => ''],
  ])('is not known with %s', async (_what, alter) => {
    const file = join(directory(), 'tokens.yml');
    const text = await createToken(file, main, NOW);
    expect(new TokenGuard(file, Date.now).identify(alter(text))).toBeUndefined();
  });

  it('is refused once it has expired', async () => {
    const file = join(directory(), 'tokens.yml');
    const text = await createToken(file, { ...main, expires: new Date(NOW.getTime() + DAY) }, NOW);
    let time = NOW.getTime() + DAY - 1;
    const guard = new TokenGuard(file, () => time);
    expect(guard.identify(text)?.name).toBe('ci-main');
    time += 1;
    expect(guard.identify(text)).toBeUndefined();
  });

  it('is refused by a running server as soon as it is revoked, also when that is at once', async () => {
    const file = join(directory(), 'tokens.yml');
    const guard = new TokenGuard(file, Date.now);
    for (let round = 0; round < 20; round++) {
      const text = await createToken(file, main, NOW);
      expect(guard.identify(text)?.name).toBe('ci-main');
      await revokeToken(file, 'ci-main', NOW);
      expect(guard.identify(text)).toBeUndefined();
    }
    expect(readTokens(file).filter(({ revoked }) => revoked === undefined)).toEqual([]);
  });

  it('is refused when the file was changed in place, at the same size and within one tick of the clock', async () => {
    const file = join(directory(), 'tokens.yml');
    const text = await createToken(file, main, NOW);
    const guard = new TokenGuard(file, Date.now);
    expect(guard.identify(text)).toBeDefined();
    const { atime, mtime } = statSync(file);
    const sha256 = readTokens(file)[0]!.sha256;
    writeFileSync(file, readFileSync(file, 'utf8').replace(sha256, '0'.repeat(64)));
    utimesSync(file, atime, mtime);
    expect(guard.identify(text)).toBeUndefined();
  });

  it('keeps all of twenty that are made at the same time', async () => {
    const file = join(directory(), 'tokens.yml');
    const numbers = Array.from({ length: 20 }, (_, index) => index + 1);
    const texts = await Promise.all(
      numbers.map((number) =>
        createToken(file, { name: `pr-${number}`, tier: { kind: 'pull-request', number }, workspace: 'shop' }, NOW),
      ),
    );
    const guard = new TokenGuard(file, Date.now);
    expect(texts.map((text) => guard.identify(text))).toEqual(
      numbers.map((number) => ({ name: `pr-${number}`, tier: { kind: 'pull-request', number }, workspace: 'shop' })),
    );
  });

  it('may have a name that means something else in YAML', async () => {
    const file = join(directory(), 'tokens.yml');
    const names = ['null', 'true', '1e3', '007'];
    for (const name of names) await createToken(file, { ...main, name }, NOW);
    expect(readTokens(file).map(({ name }) => name)).toEqual(names);
  });
});

describe('what is refused', () => {
  it('a name that is taken, one that cannot be one, and one that is not there', async () => {
    const file = join(directory(), 'tokens.yml');
    await createToken(file, main, NOW);
    expect(await rejection(createToken(file, main, NOW))).toBe(
      `the token \`ci-main\` already exists in \`${file}\`\n` +
        'hint: choose another name, or revoke it first: `wheelhouse-cache token revoke --name ci-main`',
    );
    expect(await rejection(createToken(file, { ...main, name: 'a\nb' }, NOW))).toContain(
      'is not a valid name for a token',
    );
    expect(await rejection(createToken(file, { ...main, workspace: '../x' }, NOW))).toContain(
      'is not a valid name for a workspace',
    );
    expect(await rejection(revokeToken(file, 'ci', NOW))).toBe(
      `\`${file}\` has no active token \`ci\`\nhint: it has \`ci-main\``,
    );
  });

  it('every entry that is not as it must be, each with its place', () => {
    const text = [
      'tokens:',
      '- name: a b',
      '  tier: owner',
      '  id: 12',
      `  sha256: ${'0'.repeat(64)}`,
      '  created: yesterday',
      '  expired: 2026-01-01T00:00:00Z',
      '- tier: read',
      '',
    ].join('\n');
    expect(thrownBy(() => parseTokens(text, 'tokens.yml'))).toBe(
      [
        'tokens.yml [line 7 column 11]: Unexpected key: expired',
        'hint: known keys are `name`, `tier`, `workspace`, `id`, `sha256`, `created`, `expires`, `revoked`',
        'tokens.yml [line 2 column 8]: `name` is `a b`',
        'hint: it must be a name of letters, digits and `._@/-`',
        'tokens.yml [line 3 column 8]: `tier` is `owner`',
        'hint: it must be `trusted`, `pr:<number>`, `read` or `admin`',
        'tokens.yml [line 4 column 6]: `id` is `12`',
        'hint: it must be 16 hexadecimal digits',
        'tokens.yml [line 6 column 11]: `created` is `yesterday`',
        'hint: it must be a time such as `2026-01-31T12:00:00.000Z`',
        "tokens.yml [line 8 column 2]: Dictionary did not contain expected key 'name'",
        "tokens.yml [line 8 column 2]: Dictionary did not contain expected key 'id'",
        "tokens.yml [line 8 column 2]: Dictionary did not contain expected key 'sha256'",
        "tokens.yml [line 8 column 2]: Dictionary did not contain expected key 'created'",
      ].join('\n'),
    );
  });

  it('two valid tokens of one name, and two of one id', () => {
    const entry = (name: string, id: string): string =>
      `- {name: ${name}, tier: read, id: ${id.repeat(16)}, sha256: ${'0'.repeat(64)}, created: 2026-01-01T00:00:00Z}\n`;
    expect(thrownBy(() => parseTokens(`tokens:\n${entry('a', '1')}${entry('a', '2')}${entry('b', '1')}`, 't'))).toBe(
      't [line 3 column 9]: two tokens have the name `a`\nhint: revoke one of them, or remove it\n' +
        't [line 4 column 28]: two tokens have the id `1111111111111111`\nhint: revoke one of them, or remove it',
    );
  });

  it('everybody, while the file is away or cannot be read', async () => {
    const file = join(directory(), 'tokens.yml');
    const token = await createToken(file, main, NOW);
    const guard = new TokenGuard(file, Date.now);
    expect(guard.identify(token)).toBeDefined();
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, `${text}- oops`);
    expect(thrownBy(() => guard.identify(token))).toContain("Value of '[1]' is not of the expected type 'dict'");
    expect(thrownBy(() => guard.identify(token))).toContain("Value of '[1]' is not of the expected type 'dict'");
    rmSync(file);
    expect(thrownBy(() => guard.identify(token))).toBe(
      `cannot read the tokens in \`${file}\`: ENOENT\n` +
        'hint: `wheelhouse-cache token create --tokens FILE --name NAME --tier TIER` makes the file',
    );
    writeFileSync(file, text);
    expect(guard.identify(token)).toBeDefined();
  });
});
