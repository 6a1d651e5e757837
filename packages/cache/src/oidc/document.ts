/** No discovery document or key set is as large as this. */
const MOST_BYTES = 1024 * 1024;

/**
 * Fetches a document of an issuer. Redirections are not followed: the issuer's own address is what is trusted.
 *
 * @throws TypeError if it cannot be reached, an error of the signal's where it takes too long
 */
export async function fetchDocument(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...init, redirect: 'manual' });
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += piece.byteLength;
    if (bytes > MOST_BYTES) throw new TypeError(`the response of ${url} has more than ${MOST_BYTES} bytes`);
    pieces.push(piece);
  }
  return new Response(Buffer.concat(pieces), { status: response.status === 200 ? 200 : 502 });
}

/** Whether keys from there can be trusted: HTTPS, or this machine itself. */
export function isTrustworthy(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname));
}
