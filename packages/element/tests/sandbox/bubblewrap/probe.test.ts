import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { explainRefusal } from '../../../src/sandbox/bubblewrap/probe.js';

describe('explainRefusal', () => {
  let proc: string;

  beforeEach(() => {
    proc = mkdtempSync(join(tmpdir(), 'wheelhouse-proc-'));
  });

  afterEach(() => {
    rmSync(proc, { recursive: true });
  });

  it.each([
    [
      'sys/user/max_user_namespaces',
      '0\n',
      /^user namespaces are disabled: `sysctl -w user\.max_user_namespaces=15000`/,
    ],
    ['sys/kernel/unprivileged_userns_clone', '0\n', /`sysctl -w kernel\.unprivileged_userns_clone=1` as root$/],
    [
      'sys/kernel/apparmor_restrict_unprivileged_userns',
      '1\n',
      /^AppArmor denies user namespaces to programs without a profile/,
    ],
    ['self/status', 'Name:\tnode\nSeccomp:\t2\nSeccomp_filters:\t1\n', /^a system call filter is active/],
    ['sys/user/max_user_namespaces', '1000\n', /^run `wheelhouse doctor` outside of any container/],
  ])('names what %s says', (path, content, hint) => {
    mkdirSync(dirname(join(proc, path)), { recursive: true });
    writeFileSync(join(proc, path), content);
    expect(explainRefusal('bwrap: No permissions', proc)).toEqual({
      message: 'bubblewrap cannot create a sandbox on this machine: bwrap: No permissions',
      hint: expect.stringMatching(hint) as string,
    });
  });
});
