import { EXIT, type Command } from '@wheelhouse/element/program';
import { formatSize } from '../../config/quantity.js';
import { SETTINGS_HELP, settingsOf } from '../settings-options.js';
import { openExistingStore, refuseReadOnly } from '../stores.js';

/** `wheelhouse-cache gc` */
export const gc: Command = {
  summary: 'remove old entries and those over a quota',
  help: `wheelhouse-cache gc [OPTION]...

Removes what \`serve\` would remove by itself with the same settings: entries not used for --max-age, then the least
recently used until the store is within --pull-request-quota and --quota. A server may be running.

${SETTINGS_HELP}`,
  run: async (argv, context) => {
    const settings = settingsOf('wheelhouse-cache gc', argv, { context, required: [] });
    refuseReadOnly(settings, 'gc');
    const { removed, freedBytes, entries, bytes } = await (await openExistingStore(settings)).collect();
    context.output.write(
      `removed ${removed.age} old, ${removed.quota} over quota, ${removed.unreadable} unreadable: ` +
        `${formatSize(freedBytes)} freed; ${entries} entries left, ${formatSize(bytes)}\n`,
    );
    return EXIT.done;
  },
};
