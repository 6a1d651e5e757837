import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import { executorOptions, type ExecutorSchema } from '../../src/workspace/executor-options.js';

function schemaOf(executor: string): ExecutorSchema & { readonly additionalProperties: boolean } {
  const file = join(__dirname, '..', '..', 'src', 'executors', executor, 'schema.json');
  return JSON.parse(readFileSync(file, 'utf8')) as ExecutorSchema & { readonly additionalProperties: boolean };
}

function errorOf(executor: string, options: object): string {
  try {
    executorOptions(schemaOf(executor), options);
  } catch (error) {
    return formatError(error as ElementError);
  }
  throw new Error('nothing is wrong');
}

describe('the options of an executor', () => {
  it.each<[string, string, object, string[], object]>([
    ['a version', 'release-image', { tag: 1.1 }, ['--tag', '1.10'], { tag: '1.10' }],
    ['the last of several', 'release-image', { tag: 2 }, ['--tag=1.10', '--tag=02'], { tag: '02' }],
    ['what is a number to computers alone', 'release-image', { tag: 100000 }, ['--tag=1e5'], { tag: '1e5' }],
    [
      'ports',
      'release-image',
      { expose: [8000, 9000] },
      ['--expose', '8000', '--expose=9000'],
      { expose: ['8000', '9000'] },
    ],
    [
      'variables and labels',
      'release-image',
      { env: { A_B: 1.1, C: 'd' }, labels: { 'x.y': 7 } },
      ['--env.A_B', '1.10', '--env.C=d', '--labels.x.y=007'],
      { env: { A_B: '1.10', C: 'd' }, labels: { 'x.y': '007' } },
    ],
    ['arguments of tests', 'test', { args: 5, runner: 'pytest' }, ['--args=5'], { args: '5', runner: 'pytest' }],
    ['names to upgrade', 'lock', { upgrade: 'six,idna' }, [], { upgrade: 'six,idna' }],
    ['everything to upgrade', 'lock', { upgrade: true, adopt: false }, [], { upgrade: true, adopt: false }],
    ['an ABI', 'snapshot', { abi: 313 }, ['--abi', '313'], { abi: '313' }],
    ['whole numbers of a file', 'release-image', { expose: [8000], user: 1000 }, [], { expose: ['8000'], user: 1000 }],
    [
      'a name',
      'publish',
      { record: 12, checkUrl: 1 },
      ['--check-url=1', '--record', '12'],
      { record: '12', checkUrl: '1' },
    ],
  ])('are texts as they were written: %s', (_what, executor, given, words, expected) => {
    expect(executorOptions(schemaOf(executor), { ...given, __unparsed__: words })).toEqual(expected);
  });

  it('are refused where a number of a file may have been another text', () => {
    expect(errorOf('release-image', { tag: 1.1, env: { A: 2.5 } })).toBe(
      'the option `tag` is the number `1.1`, which may have been written differently, as `1.10` is `1.1`\n' +
        'hint: write it as a string: `"1.1"`\n' +
        'the option `env.A` is the number `2.5`, which may have been written differently, as `1.10` is `1.1`\n' +
        'hint: write it as a string: `"2.5"`',
    );
  });

  it('of a batch are checked here, all that are wrong together: Nx would end with an unhandled rejection', () => {
    expect(errorOf('build-wheel', { formats: ['zip', 'wheel'], strict: 'no', verfy: true })).toBe(
      'the option `formats[0]` is `"zip"`\nhint: it must be one of `wheel`, `sdist`\n' +
        'the option `strict` is `"no"`\nhint: it must be `true` or `false`\n' +
        'unknown option `verfy`\n' +
        'hint: the options are `formats`, `verify`, `vary`, `strict`, `verbose`, `retryFailed`, `verifyToolchain`',
    );
    expect(errorOf('snapshot', { platform: [] })).toBe(
      'the option `platform` is `[]`\nhint: it must be a list; each item is a string',
    );
    for (const executor of ['build-wheel', 'snapshot']) {
      const { properties, additionalProperties } = schemaOf(executor);
      const own = Object.entries(properties).filter(([name]) => name !== '__unparsed__');
      expect(additionalProperties).toBe(true);
      for (const [, schema] of own) {
        expect(schema).toMatchObject({
          anyOf: [{ type: ['string', 'number', 'boolean'] }, { type: 'array' }, { type: 'object' }],
        });
      }
    }
  });
});
