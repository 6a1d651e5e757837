/** Where a server listens. */
export interface Address {
  readonly host: string;
  /** 0 for any port that is free. */
  readonly port: number;
}

/** Reads `127.0.0.1:3737`, `cache.example.org:80` or `[::1]:3737`. @returns `undefined` if it is not one of them */
export function parseAddress(text: string): Address | undefined {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-f:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  return host !== undefined && Number(port) <= 65_535 ? { host, port: Number(port) } : undefined;
}
