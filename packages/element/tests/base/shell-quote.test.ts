import { spawnSync } from 'node:child_process';
import { shellQuote } from '../../src/base/shell-quote.js';

describe('shellQuote', () => {
  it.each(['', 'plain', "it's", '$HOME `x` "y" \\ !', 'a\nb', '-n'])('keeps %j as it is', (text) => {
    const { stdout } = spawnSync('sh', ['-c', `printf %s ${shellQuote(text)}`], {
      encoding: 'utf8',
    });
    expect(stdout).toBe(text);
  });
});
