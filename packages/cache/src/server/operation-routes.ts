import type { FastifyInstance } from 'fastify';
import { say } from './answers.js';
import { bearerToken } from './authentication.js';
import type { ServerOptions } from './server-options.js';

/**
 * What those who run a server ask it: `/healthz`, whether it runs; `/readyz`, whether it can do its work, with what is
 * wrong; `/metrics`, its figures, for every tier but that of pull requests.
 */
export function addOperationRoutes(app: FastifyInstance, options: ServerOptions, isClosing: () => boolean): void {
  app.get('/healthz', (_request, reply) => say(reply, 200, 'ok'));

  app.get('/readyz', async (_request, reply) => {
    const problems = isClosing() ? ['the server is shutting down'] : await options.problems();
    return say(reply, problems.length === 0 ? 200 : 503, problems.length === 0 ? 'ready' : problems.join('\n'));
  });

  app.get('/metrics', async (request, reply) => {
    const token = bearerToken(request.raw);
    const principal = token === undefined ? undefined : await options.identify(token);
    if (principal === undefined) {
      return say(reply.header('www-authenticate', 'Bearer'), 401, 'The metrics require a token.');
    }
    if (principal.tier.kind === 'pull-request')
      return say(reply, 403, 'The metrics are not available to pull requests.');
    const { text, contentType } = await options.metrics.print();
    return reply.header('content-type', contentType).send(text);
  });
}
