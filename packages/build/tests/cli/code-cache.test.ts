import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectories } from '../support/workspace.js';

const directory = temporaryDirectories();
const CODE_CACHE = join(__dirname, '../../bin/code-cache.js');
const OWN = `wheelhouse-code-${String(process.getuid?.() ?? 'user')}`;

/** A bundle that prints, and a program that loads it with compiled code kept. */
function program(says: string): { readonly place: string; readonly write: (text: string) => void } {
  const place = directory({
    'modules.cjs': `exports.name = require('./name.json'); exports.say = () => ${JSON.stringify(says)};\n`,
    'name.json': '"a bundle"\n',
    'main.cjs': [
      `require(${JSON.stringify(CODE_CACHE)}).keepCompiledCode();`,
      `const { name, say } = require('./modules.cjs');`,
      `process.stdout.write(name + ' says ' + say() + ' from ' + module.children.length);`,
    ].join('\n'),
  });
  return {
    place,
    write: (text) => {
      writeFileSync(join(place, 'modules.cjs'), text);
    },
  };
}

function run(place: string, environment: NodeJS.ProcessEnv): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [join(place, 'main.cjs')], {
    encoding: 'utf8',
    env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: undefined, ...environment },
  });
}

describe('keepCompiledCode', () => {
  it('runs the code of a bundle, from the second time on as it was compiled', () => {
    const { place } = program('hello');
    const cache = directory();
    const first = run(place, { NODE_COMPILE_CACHE: cache });
    const kept = readdirSync(join(cache, OWN));
    expect({ stdout: first.stdout, stderr: first.stderr, kept: kept.length }).toEqual({
      stdout: 'a bundle says hello from 2',
      stderr: '',
      kept: 1,
    });
    expect(run(place, { NODE_COMPILE_CACHE: cache }).stdout).toBe('a bundle says hello from 2');
    expect(readdirSync(join(cache, OWN))).toEqual(kept);
  });

  it('compiles a bundle that was replaced by one of the same length', () => {
    const { place, write } = program('hello');
    const cache = directory();
    run(place, { NODE_COMPILE_CACHE: cache });
    write(`exports.name = require('./name.json'); exports.say = () => "there";\n`);
    expect(run(place, { NODE_COMPILE_CACHE: cache }).stdout).toBe('a bundle says there from 2');
    expect(readdirSync(join(cache, OWN))).toHaveLength(2);
  });

  it('compiles again what does not fit, and replaces it', () => {
    const { place } = program('hello');
    const cache = directory();
    run(place, { NODE_COMPILE_CACHE: cache });
    const [file = ''] = readdirSync(join(cache, OWN));
    writeFileSync(join(cache, OWN, file), 'nothing that V8 knows');
    expect(run(place, { NODE_COMPILE_CACHE: cache }).stdout).toBe('a bundle says hello from 2');
    expect(readdirSync(join(cache, OWN))).toEqual([file]);
  });

  it('uses no directory that others can write to', () => {
    const { place } = program('hello');
    const cache = directory();
    mkdirSync(join(cache, OWN));
    chmodSync(join(cache, OWN), 0o777);
    expect(run(place, { NODE_COMPILE_CACHE: cache }).stdout).toBe('a bundle says hello from 2');
    expect(readdirSync(join(cache, OWN))).toEqual([]);
  });

  it('keeps nothing if NODE_DISABLE_COMPILE_CACHE is 1', () => {
    const { place } = program('hello');
    const cache = directory();
    const environment = { NODE_COMPILE_CACHE: cache, NODE_DISABLE_COMPILE_CACHE: '1' };
    expect(run(place, environment).stdout).toBe('a bundle says hello from 2');
    expect(readdirSync(cache)).toEqual([]);
  });

  it('forgets those kept longest ago', () => {
    const { place } = program('hello');
    const cache = directory();
    mkdirSync(join(cache, OWN), { mode: 0o700 });
    for (let index = 0; index < 70; index += 1) writeFileSync(join(cache, OWN, `old-${String(index)}`), '');
    run(place, { NODE_COMPILE_CACHE: cache });
    expect(readdirSync(join(cache, OWN))).toHaveLength(64);
  });
});
