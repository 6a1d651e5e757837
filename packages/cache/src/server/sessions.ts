import { createHash, randomBytes } from 'node:crypto';

/** How long sessions last. */
export interface SessionLimits {
  /** Milliseconds after which one ends in any case. */
  readonly lifeMs: number;
  /** Milliseconds after its last use after which one ends. */
  readonly idleMs: number;
  /** How many there may be; the one that was used longest ago makes room. */
  readonly most: number;
}

export const SESSION_LIMITS: SessionLimits = { lifeMs: 8 * 3_600_000, idleMs: 3_600_000, most: 1000 };

interface Session {
  readonly token: string;
  readonly startedMs: number;
  usedMs: number;
}

/**
 * The sessions of people who look at pages, in memory. Each holds the token that it began with and nothing that follows
 * from it: the client is identified anew on each request, so that a session ends with its token.
 */
export class Sessions {
  /** By the SHA-256 of their ids, the one that was used longest ago first. */
  private readonly sessions = new Map<string, Session>();

  /** @param now the time in milliseconds since 1970, as `Date.now` */
  constructor(
    private readonly now: () => number,
    private readonly limits: SessionLimits = SESSION_LIMITS,
  ) {}

  /** @returns the id of a new session: 32 random bytes in base64url */
  begin(token: string): string {
    for (const [key, session] of this.sessions) if (this.isOver(session)) this.sessions.delete(key);
    for (const key of this.sessions.keys()) {
      if (this.sessions.size < this.limits.most) break;
      this.sessions.delete(key);
    }
    const id = randomBytes(32).toString('base64url');
    this.sessions.set(keyOf(id), { token, startedMs: this.now(), usedMs: this.now() });
    return id;
  }

  /** The token of a session. @returns `undefined` if there is no such session, or none any more */
  tokenOf(id: string): string | undefined {
    const key = keyOf(id);
    const session = this.sessions.get(key);
    if (session === undefined) return undefined;
    this.sessions.delete(key);
    if (this.isOver(session)) return undefined;
    session.usedMs = this.now();
    this.sessions.set(key, session);
    return session.token;
  }

  end(id: string): void {
    this.sessions.delete(keyOf(id));
  }

  private isOver({ startedMs, usedMs }: Session): boolean {
    const now = this.now();
    return now - startedMs >= this.limits.lifeMs || now - usedMs >= this.limits.idleMs;
  }
}

/** Ids are looked up by their digests, so that how long it takes tells nothing of any id. */
function keyOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}
