import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PAGE_POLICY } from '../overview/frame.js';
import type { Overview } from '../overview/overview.js';
import { overviewPage } from '../overview/overview-page.js';
import { signInPage } from '../overview/sign-in-page.js';
import { parseView } from '../overview/view.js';
import type { Principal } from '../tiers/principal.js';
import { say } from './answers.js';
import { watchRequestPace } from './body-scope.js';
import type { ServerOptions } from './server-options.js';
import { Sessions } from './sessions.js';

/** Bytes of a form: a token of an OIDC issuer has a few thousand. */
const FORM_LIMIT = 16 * 1024;

const WRONG_TOKEN = 'This token is not valid: it is wrong, revoked or expired.';
const NOT_FOR_PULL_REQUESTS = 'The overview is not available to pull requests.';
const FAULT = 'Tokens cannot be checked at the moment. Try again soon.';

/**
 * The overview for users: `GET /`, which asks for a token if there is no session; `POST /sign-in` and `POST /sign-out`.
 * See docs/adr/0059-the-overview-has-no-script.md.
 */
export function addPageRoutes(app: FastifyInstance, options: ServerOptions, overview: Overview): void {
  const sessions = new Sessions(Date.now);
  const isSecure = options.tls !== undefined;
  // Browsers accept a cookie of this name only from this very origin, and only over HTTPS.
  const cookieName = isSecure ? '__Host-wheelhouse-cache' : 'wheelhouse-cache';
  const sessionId = (request: FastifyRequest): string => parseCookie(request.headers.cookie ?? '')[cookieName] ?? '';
  const setCookie = (reply: FastifyReply, value: string, maxAge?: number): FastifyReply =>
    reply.header(
      'set-cookie',
      stringifySetCookie({
        name: cookieName,
        value,
        path: '/',
        httpOnly: true,
        sameSite: 'strict',
        secure: isSecure,
        ...(maxAge === undefined ? {} : { maxAge }),
      }),
    );

  app.get('/', async (request, reply) => {
    const id = sessionId(request);
    const token = sessions.tokenOf(id);
    if (token === undefined) return page(reply, 200, signInPage());
    const reader = await whoReads(request, options, token);
    if (typeof reader === 'string') {
      if (reader !== FAULT) sessions.end(id);
      return page(reply, statusOf(reader), signInPage(reader));
    }
    const view = parseView(request.query as Record<string, unknown>);
    if (typeof view === 'string') return secure(say(reply, 400, view));
    const workspaces = await overview.workspacesOf(reader);
    const workspace = view.workspace ?? reader.workspace;
    if (!workspaces.includes(workspace))
      return secure(say(reply, 404, 'No such workspace, or the token has no access to it.'));
    const report = await overview.report({ days: view.days, workspace }, workspaces);
    return page(
      reply,
      200,
      overviewPage({ report, view: { ...view, workspace: shown(workspace, reader) }, reader: reader.name }),
    );
  });

  void app.register((scope, _options, done) => {
    watchRequestPace(scope, options.limits.pace);
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: FORM_LIMIT },
      (_request, body, parsed) => {
        parsed(null, new URLSearchParams(String(body)));
      },
    );
    scope.addHook('onRequest', (request, reply, next) => {
      if (isFromHere(request)) next();
      else secure(say(reply, 403, 'Forms are accepted only from the pages of this server.'));
    });

    scope.post('/sign-in', async (request, reply) => {
      const token = (request.body as URLSearchParams | null)?.get('token')?.trim() ?? '';
      const reader = await whoReads(request, options, token);
      if (typeof reader === 'string') {
        request.log.info({ ip: request.ip }, 'a sign-in was refused');
        return page(reply, statusOf(reader), signInPage(reader));
      }
      sessions.end(sessionId(request));
      request.log.info({ principal: reader.name, ip: request.ip }, 'signed in');
      return secure(setCookie(reply, sessions.begin(token)).redirect('/', 303));
    });

    scope.post('/sign-out', (request, reply) => {
      sessions.end(sessionId(request));
      return secure(setCookie(reply, '', 0).redirect('/', 303));
    });
    done();
  });
}

/** The reader, or a message for clients that may not read. */
async function whoReads(
  request: FastifyRequest,
  { identify }: ServerOptions,
  token: string,
): Promise<Principal | string> {
  try {
    const principal = await identify(token);
    if (principal === undefined) return WRONG_TOKEN;
    return principal.tier.kind === 'pull-request' ? NOT_FOR_PULL_REQUESTS : principal;
  } catch (error) {
    request.log.error({ err: error }, 'the client cannot be identified');
    return FAULT;
  }
}

function statusOf(words: string): number {
  if (words === FAULT) return 503;
  return words === NOT_FOR_PULL_REQUESTS ? 403 : 401;
}

/** The own workspace is not said in addresses. */
function shown(workspace: string, reader: Principal): string | undefined {
  return workspace === reader.workspace ? undefined : workspace;
}

/**
 * Whether a form was sent from a page of this server, so that no other page signs a user in or out. Browsers say where
 * a form comes from, in one header or the other; a client that sends neither has no cookies that could be misused.
 */
function isFromHere({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  if (headers.origin === undefined) return true;
  return URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host?.toLowerCase();
}

function page(reply: FastifyReply, status: number, text: string): FastifyReply {
  return secure(reply).code(status).header('content-type', 'text/html; charset=utf-8').send(text);
}

function secure(reply: FastifyReply): FastifyReply {
  if (reply.sent) return reply;
  return reply.headers({
    'content-security-policy': PAGE_POLICY,
    'cache-control': 'no-store',
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  });
}
