import type { FastifyInstance } from 'fastify';
import { watchPace, type Pace } from './slow-peer.js';

/** Breaks off requests for the routes of a scope whose bodies come too slowly. */
export function watchRequestPace(scope: FastifyInstance, pace: Pace): void {
  scope.addHook('onRequest', (request, reply, done) => {
    reply.raw.once('close', watchPace(request.raw.socket, pace));
    done();
  });
}
