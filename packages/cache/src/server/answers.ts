import type { FastifyReply } from 'fastify';
import { drain } from './slow-peer.js';

/**
 * A response with a message that Nx shows to its user. The type is exactly `text/plain`, without parameters: Nx takes a
 * 401 of any other type for that of something that is no cache. A body that is still on its way is read: a client that
 * is sending would see a broken connection instead of the answer.
 */
export function say(reply: FastifyReply, status: number, words: string): FastifyReply {
  const { raw, exchange } = reply.request;
  // Before the response: after it Node reads the rest of the request, without any limit.
  if (!raw.readableEnded) drain(raw, exchange.unwantedBytes);
  // Of a string fastify would say the character set.
  return reply
    .code(status)
    .header('content-type', 'text/plain')
    .send(Buffer.from(`${words}\n`));
}

/** Which part of the server could not do its work. */
export type FaultyPart = 'identity' | 'store';

/**
 * The answer where the server is at fault: as if there were no such entry, or as if it might not be written. These are
 * the responses of Nx's OpenAPI document with which the run continues; any other ends it. Clients can tell by the
 * header. See docs/adr/0052-server-errors-and-builds.md.
 */
export function admitFault(reply: FastifyReply, part: FaultyPart): FastifyReply {
  reply.request.exchange.outcome = 'fault';
  const isRead = reply.request.method === 'GET';
  reply.header('wheelhouse-fault', part);
  return say(reply, isRead ? 404 : 403, `The cache is unavailable at the moment (${part}).`);
}
