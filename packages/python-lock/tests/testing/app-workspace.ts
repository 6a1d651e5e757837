import type { LockSettings } from '@wheelhouse/python/internal';
import type { ProjectLocks } from '@wheelhouse/python/lockfile';
import type { LockInput, LockMember, LockOutcome } from '@wheelhouse/python-lock/internal';
import { LockWorkspace } from './lock-workspace.js';

/** What a lock run of `app` did. */
export type AppOutcome = Omit<LockOutcome, 'locks'> & { readonly locks: ProjectLocks };

/**
 * A workspace whose project `app` is locked alone; what it had locked before is what a test says, not what is there.
 */
export class AppWorkspace extends LockWorkspace {
  /** Variables beside those that every lock run has. */
  environment: NodeJS.ProcessEnv = {};

  async lockApp(
    { upgrade, ...member }: Pick<LockMember, 'previous' | 'foreign'> & Pick<LockInput, 'upgrade'> = {},
    settings: LockSettings = {},
  ): Promise<AppOutcome> {
    const { environment } = this;
    const input = await this.input(['app'], () => settings, environment);
    const members = input.members.map(({ project, requirements }) => ({ project, requirements, ...member }));
    const outcome = await this.run({ ...input, members, upgrade }, { environment });
    const locks = outcome.locks.get('app');
    if (locks === undefined) throw new Error('`app` has no locks');
    return { ...outcome, locks };
  }
}
