import { EXIT, type Command } from '@wheelhouse/element/program';
import { formatSize } from '../../config/quantity.js';
import { SETTINGS_HELP, settingsOf } from '../settings-options.js';
import { openExistingStore } from '../stores.js';

/** `wheelhouse-cache stats` */
export const stats: Command = {
  summary: 'show what is stored, by workspace and tier',
  help: `wheelhouse-cache stats [OPTION]...

Shows the number and size of the entries in each tier of each workspace, and when they were last used. A server may be
running.

${SETTINGS_HELP}`,
  run: async (argv, context) => {
    const settings = settingsOf('wheelhouse-cache stats', argv, { context, required: [] });
    const store = await openExistingStore(settings);
    const rows = new Map<string, { entries: number; bytes: number; usedMs: number }>();
    for await (const { namespace, record, usedMs } of store.surveyEntries()) {
      const row = rows.get(namespace) ?? { entries: 0, bytes: 0, usedMs: 0 };
      rows.set(namespace, row);
      row.entries++;
      row.bytes += record?.digest.sizeBytes ?? 0;
      row.usedMs = Math.max(row.usedMs, usedMs);
    }
    for (const [namespace, { entries, bytes, usedMs }] of [...rows].sort()) {
      const used = new Date(usedMs).toISOString().slice(0, 16).replace('T', ' ');
      context.output.write(
        `${namespace.padEnd(24)} ${String(entries).padStart(8)} entries ${formatSize(bytes).padStart(9)}  last used ${used}\n`,
      );
    }
    let [bodies, bytes] = [0, 0];
    for await (const { sizeBytes } of store.surveyBodies()) {
      bodies++;
      bytes += sizeBytes;
    }
    context.output.write(`${bodies} bodies, ${formatSize(bytes)} of ${formatSize(settings.quota)}\n`);
    return EXIT.done;
  },
};
