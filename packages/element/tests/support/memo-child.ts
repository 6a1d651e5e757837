import { lstatSync, writeFileSync } from 'node:fs';
import { digestOf, StatMemo } from '@wheelhouse/element/internal';

/** Learns files one by one, each with a memo that is loaded anew. Arguments: the memo, what the files' paths begin with. */
const [memoFile = '', prefix = ''] = process.argv.slice(2);
for (let turn = 0; turn < 40; turn += 1) {
  const path = `${prefix}${turn}`;
  writeFileSync(path, 'y');
  const memo = new StatMemo(memoFile, () => Date.now() + 5000);
  const stat = lstatSync(path, { bigint: true });
  memo.look(stat).learn(stat, digestOf('y'));
  memo.save();
}
