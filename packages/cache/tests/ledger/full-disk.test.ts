import { temporaryDirectories } from '../support/directories.js';
import { runOnSmallDisk } from '../support/small-disk.js';

const directory = temporaryDirectories();

it('loses nothing by a disk that is full for a while, and says so once each time', () => {
  expect(runOnSmallDisk('full-ledger.ts', directory(), '256k')).toEqual({
    before: 4080,
    // The first line that found no room is there in part.
    full: { faults: ['ENOSPC'], cutBytes: 16 },
    missing: [],
    hits: 2,
    faults: ['ENOSPC', 'ENOSPC'],
    left: [],
  });
}, 60_000);
