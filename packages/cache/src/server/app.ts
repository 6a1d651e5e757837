import { fastify, LogController, type FastifyInstance, type FastifyRequest } from 'fastify';
import { say } from './answers.js';
import { addCacheRoutes } from './cache-routes.js';
import type { Exchange } from './exchange.js';
import type { Overview } from '../overview/overview.js';
import { addOperationRoutes } from './operation-routes.js';
import { addOverviewRoutes } from './overview-routes.js';
import { addPageRoutes } from './page-routes.js';
import { addRunRoutes, describeInvalid } from './run-routes.js';
import type { ServerLimits, ServerOptions } from './server-options.js';

/** Milliseconds between looks at which connections are too slow with their heads and requests. */
const LOOK_EVERY_MS = 1000;

/** How many bytes of a body are read from a client that has not authenticated. */
const MAX_UNAUTHENTICATED_BYTES = 1024 * 1024;

/** The HTTP side of a server, which listens nowhere yet. */
export function createApp(options: ServerOptions, overview: Overview): FastifyInstance {
  let closing = false;
  const app = create(options);
  app.server.maxConnections = options.limits.maxConnections;
  // Bodies are left to the routes, as streams.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => {
    done(null);
  });
  app.decorateRequest('exchange', null as unknown as Exchange);
  app.addHook('onRequest', (request, _reply, done) => {
    request.exchange = { outcome: 'refused', startedMs: performance.now(), unwantedBytes: MAX_UNAUTHENTICATED_BYTES };
    done();
  });
  app.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  app.setNotFoundHandler((_request, reply) => say(reply, 404, 'Not found; entries are at /v1/cache/{hash}.'));
  app.setErrorHandler((error: Error & { readonly statusCode?: number }, request, reply) => {
    if (error.statusCode !== undefined && error.statusCode < 500) return say(reply, error.statusCode, error.message);
    request.log.error({ err: error }, 'a request failed');
    return say(reply, 500, 'The server failed.');
  });
  addCacheRoutes(app, options);
  addOperationRoutes(app, options, () => closing);
  addRunRoutes(app, options);
  addOverviewRoutes(app, options, overview);
  addPageRoutes(app, options, overview);
  return app;
}

function create({ limits, logLevel, log, tls }: ServerOptions): FastifyInstance {
  const common = {
    // Requests that come while the server shuts down are answered all the same: 503 would end a run of Nx.
    return503OnClosing: false,
    forceCloseConnections: 'idle' as const,
    connectionTimeout: limits.idleTimeoutMs,
    requestTimeout: limits.transferTimeoutMs,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 512 },
    // What is sent is taken for what it is.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    schemaErrorFormatter: describeInvalid,
    logController: new LogController({ disableRequestLogging: true }),
    logger: {
      level: logLevel,
      stream: log,
      base: null,
      formatters: { level: (level: string) => ({ level }) },
      // Of a request only what cannot hold a secret: neither its headers nor its address, in which a token might stand.
      serializers: { req: ({ method, ip }: FastifyRequest) => ({ method, ip }) },
    },
  };
  if (tls === undefined) return fastify({ ...common, http: timeouts(limits) });
  const https = { ...timeouts(limits), cert: tls.certificate, key: tls.key };
  return fastify({ ...common, https });
}

function timeouts(limits: ServerLimits): {
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  readonly keepAliveTimeout: number;
  readonly connectionsCheckingInterval: number;
} {
  return {
    headersTimeout: Math.min(limits.headTimeoutMs, limits.transferTimeoutMs),
    requestTimeout: limits.transferTimeoutMs,
    keepAliveTimeout: limits.idleTimeoutMs,
    connectionsCheckingInterval: LOOK_EVERY_MS,
  };
}
