/** A ledger on a file system that gets full, and then has room again; says what became of it. */
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ledger } from '@wheelhouse/cache/internal';

const NOW = Date.parse('2026-01-01T12:00:00Z');
/** The file of facts has a page but for some bytes, so that the next line is cut short when there is no further page. */
const LINE_BYTES = 255;
const LINES = 16;
const NAMESPACE = 'default/trusted';

async function main(): Promise<void> {
  const mounted = process.argv[2] ?? '';
  const directory = join(mounted, 'ledger');
  const filler = join(mounted, 'filler');
  const faults: string[] = [];
  const open = (): Promise<Ledger> =>
    Ledger.open({
      directory,
      now: () => NOW,
      onFault: (error) => faults.push((error as NodeJS.ErrnoException).code ?? ''),
    });
  const hash = (index: number): string => String(100 + index);
  const plain = JSON.stringify({
    namespace: NAMESPACE,
    hash: hash(0),
    project: '',
    target: 't',
    durationMs: 1,
    toldMs: NOW,
  });
  const project = 'x'.repeat(LINE_BYTES - plain.length - 1);
  const tell = (ledger: Ledger, from: number, to: number): void => {
    const tasks = Array.from({ length: to - from }, (_, index) => ({ hash: hash(from + index) }));
    ledger.tell(
      NAMESPACE,
      tasks.map((task) => ({ ...task, project, target: 't', durationMs: 1 })),
    );
    ledger.count({ outcome: 'hit', workspace: 'default', tier: 'trusted', sizeBytes: 1 });
  };
  const sizeOfFacts = (): number => {
    const [file = ''] = readdirSync(join(directory, 'facts'));
    return statSync(join(directory, 'facts', file)).size;
  };

  const ledger = await open();
  tell(ledger, 0, LINES);
  await ledger.flush();
  const before = sizeOfFacts();
  fill(filler);
  tell(ledger, LINES, LINES + 3);
  await ledger.flush();
  await ledger.flush();
  const full = { faults: [...faults], cutBytes: sizeOfFacts() - before };
  rmSync(filler);
  await ledger.flush();
  const later = await open();
  const missing = Array.from({ length: LINES + 3 }, (_, index) => hash(index)).filter(
    (each) => later.factOf({ namespace: NAMESPACE, hash: each }) === undefined,
  );
  const hits = later.rows('2026-01-01').reduce((sum, row) => sum + row.hits, 0);
  fill(filler);
  tell(ledger, LINES + 3, LINES + 30);
  await ledger.flush();
  process.stdout.write(JSON.stringify({ before, full, missing, hits, faults, left: temporaryFiles(directory) }));
}

/** Takes all the room there is. */
function fill(path: string): void {
  try {
    for (;;) writeFileSync(path, new Uint8Array(4096), { flag: 'a' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

function temporaryFiles(directory: string): string[] {
  return (readdirSync(directory, { recursive: true }) as string[]).filter((name) => name.endsWith('.tmp'));
}

void main();
