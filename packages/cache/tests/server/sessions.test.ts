import { SESSION_LIMITS, Sessions } from '../../src/server/sessions.js';

const HOUR = 3_600_000;

function clocked(limits = SESSION_LIMITS) {
  const clock = { ms: 0 };
  return { clock, sessions: new Sessions(() => clock.ms, limits) };
}

describe('a session', () => {
  it('has the token that it began with, under an id that cannot be guessed', () => {
    const { sessions } = clocked();
    const ids = ['a', 'b'].map((token) => sessions.begin(token));
    expect(ids.map((id) => sessions.tokenOf(id))).toEqual(['a', 'b']);
    for (const id of ids) expect(id).toMatch(/^[\w-]{43}$/);
    for (const id of ['', 'x', ids[0]?.slice(1) ?? '', `${ids[0]}=`]) expect(sessions.tokenOf(id)).toBeUndefined();
  });

  it('ends an hour after its last use', () => {
    const { clock, sessions } = clocked();
    const [used, idle] = [sessions.begin('used'), sessions.begin('idle')];
    clock.ms += HOUR - 1;
    expect(sessions.tokenOf(used)).toBe('used');
    clock.ms += 1;
    expect(sessions.tokenOf(idle)).toBeUndefined();
    expect(sessions.tokenOf(used)).toBe('used');
    clock.ms += HOUR;
    expect(sessions.tokenOf(used)).toBeUndefined();
    // It does not come back with a clock that is set back.
    clock.ms -= HOUR;
    expect(sessions.tokenOf(used)).toBeUndefined();
  });

  it('ends after eight hours, however much it is used', () => {
    const { clock, sessions } = clocked();
    const id = sessions.begin('token');
    while (clock.ms < 7.5 * HOUR) {
      clock.ms += HOUR / 2;
      expect(sessions.tokenOf(id)).toBe('token');
    }
    clock.ms = 8 * HOUR;
    expect(sessions.tokenOf(id)).toBeUndefined();
  });

  it('ends on request, and no other one with it', () => {
    const { sessions } = clocked();
    const [one, other] = [sessions.begin('one'), sessions.begin('other')];
    sessions.end(one);
    sessions.end('unknown');
    expect([sessions.tokenOf(one), sessions.tokenOf(other)]).toEqual([undefined, 'other']);
  });

  it('makes room for a new one where there are too many: the one that was used longest ago', () => {
    const { sessions } = clocked({ ...SESSION_LIMITS, most: 3 });
    const [first, second, third] = ['1', '2', '3'].map((token) => sessions.begin(token)) as [string, string, string];
    sessions.tokenOf(first);
    const fourth = sessions.begin('4');
    expect([first, second, third, fourth].map((id) => sessions.tokenOf(id))).toEqual(['1', undefined, '3', '4']);
  });

  it('makes room where it is over before others have to go', () => {
    const { clock, sessions } = clocked({ lifeMs: 8 * HOUR, idleMs: HOUR, most: 2 });
    const old = sessions.begin('old');
    clock.ms += HOUR / 2;
    const kept = sessions.begin('kept');
    clock.ms += HOUR / 2;
    const fresh = sessions.begin('fresh');
    expect([old, kept, fresh].map((id) => sessions.tokenOf(id))).toEqual([undefined, 'kept', 'fresh']);
  });
});
