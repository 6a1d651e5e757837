import { EXIT, type Command } from '@wheelhouse/element/program';
import { audit } from '../../store/audit.js';
import { SETTINGS_HELP, settingsOf } from '../settings-options.js';
import { openExistingStore, refuseReadOnly } from '../stores.js';

/** `wheelhouse-cache verify` */
export const verify: Command = {
  summary: 'read every byte and compare it with its digest',
  help: `wheelhouse-cache verify [--remove] [OPTION]...

Reads every entry and reports those that are not as they were written; exits with 2 if there are any. A server may be
running.

  --remove                  remove them, so that they are built again
${SETTINGS_HELP}`,
  run: async (argv, context) => {
    const remove = argv.includes('--remove');
    const rest = argv.filter((argument) => argument !== '--remove');
    const settings = settingsOf('wheelhouse-cache verify', rest, { context, required: [] });
    if (remove) refuseReadOnly(settings, 'verify --remove');
    const store = await openExistingStore(settings);
    const { entries, bodies, damaged, dangling } = await audit(store, { remove });
    for (const path of damaged) context.output.write(`damaged: ${path}\n`);
    for (const path of dangling) context.output.write(`missing body: ${path}\n`);
    const found = damaged.length + dangling.length;
    context.output.write(
      `${entries} entries, ${bodies} bodies: ${damaged.length} damaged, ${dangling.length} without a body` +
        `${remove && found > 0 ? ', removed' : ''}\n`,
    );
    return found === 0 ? EXIT.done : EXIT.failed;
  },
};
