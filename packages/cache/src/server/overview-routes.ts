import type { FastifyInstance } from 'fastify';
import type { Overview } from '../overview/overview.js';
import { parseView } from '../overview/view.js';
import { say } from './answers.js';
import { bearerToken } from './authentication.js';
import type { ServerOptions } from './server-options.js';

/**
 * `GET /v1/overview?days=7|30|90&workspace=NAME`: what the overview shows, as JSON, for scripts that have a token. A
 * session of a browser does not do.
 */
export function addOverviewRoutes(app: FastifyInstance, { identify }: ServerOptions, overview: Overview): void {
  app.get('/v1/overview', async (request, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    const token = bearerToken(request.raw);
    const principal = token === undefined ? undefined : await identify(token);
    if (principal === undefined) {
      return say(reply.header('www-authenticate', 'Bearer'), 401, 'The overview requires a token.');
    }
    if (principal.tier.kind === 'pull-request')
      return say(reply, 403, 'The overview is not available to pull requests.');
    const view = parseView(request.query as Record<string, unknown>);
    if (typeof view === 'string') return say(reply, 400, view);
    const workspaces = await overview.workspacesOf(principal);
    const { days, workspace = principal.workspace } = view;
    if (!workspaces.includes(workspace)) return say(reply, 404, 'No such workspace, or the token has no access to it.');
    return reply.send(await overview.report({ days, workspace }, workspaces));
  });
}
