import { EXIT, type Command } from '@wheelhouse/element/program';
import { formatSize } from '../../config/quantity.js';
import { SETTINGS_HELP, settingsOf } from '../settings-options.js';
import { openExistingStore, refuseReadOnly } from '../stores.js';

/** `wheelhouse-cache gc` */
export const gc: Command = {
  summary: 'remove what is too old or too much',
  help: `wheelhouse-cache gc [OPTION]...

Removes what \`serve\` would remove by itself, by the same settings: entries that nobody used for --max-age, then the least
recently used until --pull-request-quota and --quota are kept. A server may run.

${SETTINGS_HELP}`,
  run: async (argv, context) => {
    const settings = settingsOf('wheelhouse-cache gc', argv, { context, required: [] });
    refuseReadOnly(settings, 'gc');
    const { removed, freedBytes, entries, bytes } = await (await openExistingStore(settings)).collect();
    context.output.write(
      `removed ${removed.age} old, ${removed.quota} beyond a quota, ${removed.unreadable} unreadable: ` +
        `${formatSize(freedBytes)} freed; ${entries} entries are left, ${formatSize(bytes)}\n`,
    );
    return EXIT.done;
  },
};
