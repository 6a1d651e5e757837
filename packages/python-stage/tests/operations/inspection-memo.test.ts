import { join } from 'node:path';
import { temporaryDirectory } from '@wheelhouse/python/testing';
import { InspectionMemo } from '../../src/operations/inspection-memo.js';

test('memos of projects that are inspected at once keep what each of them found', async () => {
  const path = join(temporaryDirectory(), 'inspections.json');
  const memos = [new InspectionMemo(path), new InspectionMemo(path)];
  for (const [index, memo] of memos.entries()) await memo.findings([`wheel ${index}`], () => Promise.resolve([]));
  for (const memo of memos) memo.save();
  const inspected: string[] = [];
  const later = new InspectionMemo(path);
  for (const name of ['wheel 0', 'wheel 1', 'wheel 2']) {
    await later.findings([name], () => {
      inspected.push(name);
      return Promise.resolve([]);
    });
  }
  expect(inspected).toEqual(['wheel 2']);
});
