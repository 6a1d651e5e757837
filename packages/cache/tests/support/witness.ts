import { createHash } from 'node:crypto';

/** A key and everything that clients know of it. */
interface Account {
  /** The SHA-256 of each body that was sent, whatever became of it. */
  readonly sent: Set<string>;
  /** That of the body which won: it was answered 200, or was read. */
  winner: string | undefined;
  /** Whether it was said that there is an entry, so that from then on there must be one. */
  isPromised: boolean;
}

/**
 * Remembers what was sent to a cache and what it answered, and tells where an answer cannot be right: other bytes than
 * any that were sent for the key, one body after another was read, or nothing if an entry was said to be.
 */
export class Witness {
  /** What was seen that must not be. */
  readonly violations: string[] = [];
  readonly seen = { stored: 0, present: 0, hits: 0, misses: 0, brokenUploads: 0, brokenReads: 0 };
  private readonly accounts = new Map<string, Account>();

  constructor(
    private readonly url: () => string,
    private readonly token: string,
  ) {}

  /** How many requests were answered to their end. */
  get answers(): number {
    const { stored, present, hits, misses } = this.seen;
    return stored + present + hits + misses;
  }

  get keys(): string[] {
    return [...this.accounts.keys()];
  }

  /** Sends a body. A connection that breaks is not a violation: it is not known then whether there is an entry. */
  async put(key: string, body: Buffer): Promise<void> {
    const account = this.accountOf(key);
    const digest = sha256(body);
    account.sent.add(digest);
    let status: number;
    try {
      const answer = await this.ask(key, { method: 'PUT', body });
      ({ status } = answer);
      await answer.text();
    } catch {
      this.seen.brokenUploads++;
      return;
    }
    if (status === 200) {
      this.seen.stored++;
      account.isPromised = true;
      this.settle(key, digest, 'was stored');
    } else if (status === 409) {
      this.seen.present++;
      account.isPromised = true;
    } else this.violations.push(`PUT ${key} was answered ${status}`);
  }

  /** Reads an entry. @returns whether it was answered to its end */
  async get(key: string): Promise<boolean> {
    const { isPromised } = this.accountOf(key);
    let status: number;
    let body: Buffer;
    try {
      const answer = await this.ask(key, {});
      ({ status } = answer);
      body = Buffer.from(await answer.arrayBuffer());
    } catch {
      this.seen.brokenReads++;
      return false;
    }
    if (status === 200) {
      this.seen.hits++;
      this.settle(key, sha256(body), `was read, ${body.byteLength} bytes`);
    } else if (status === 404 && !isPromised) this.seen.misses++;
    else this.violations.push(`GET ${key} was answered ${status}${isPromised ? ' though it was stored' : ''}`);
    return true;
  }

  private settle(key: string, digest: string, how: string): void {
    const account = this.accountOf(key);
    if (!account.sent.has(digest)) this.violations.push(`${key}: what ${how} was never sent`);
    account.winner ??= digest;
    if (account.winner !== digest) this.violations.push(`${key}: another body than before ${how}`);
  }

  private accountOf(key: string): Account {
    let account = this.accounts.get(key);
    if (account === undefined) {
      this.accounts.set(key, (account = { sent: new Set(), winner: undefined, isPromised: false }));
    }
    return account;
  }

  private async ask(key: string, init: RequestInit): Promise<Response> {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/octet-stream' };
    return await fetch(`${this.url()}/v1/cache/${key}`, { ...init, headers });
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
