import type { FastifyInstance } from 'fastify';
import { MAX_DURATION_MS, MAX_NAME_LENGTH } from '../ledger/task-fact.js';
import { ENTRY_HASH } from '../store/entry.js';
import { accessOf } from '../tiers/access.js';
import { formatTier } from '../tiers/tier.js';
import { admitFault, say } from './answers.js';
import { bearerToken } from './authentication.js';
import { watchRequestPace } from './body-scope.js';
import type { ServerOptions } from './server-options.js';

/** Bytes of a report of a run. */
const REPORT_LIMIT = 1024 * 1024;

interface RunReport {
  readonly tasks: readonly {
    readonly hash: string;
    readonly project: string;
    readonly target: string;
    readonly durationMs: number;
  }[];
}

/** Names for users: no control characters, and something to see. */
const NAME = { type: 'string', minLength: 1, maxLength: MAX_NAME_LENGTH, pattern: '^[^\\p{Cc}\\p{Zl}\\p{Zp}]+$' };

const REPORT = {
  type: 'object',
  required: ['tasks'],
  properties: {
    tasks: {
      type: 'array',
      maxItems: 1000,
      items: {
        type: 'object',
        required: ['hash', 'project', 'target', 'durationMs'],
        properties: {
          hash: { type: 'string', pattern: ENTRY_HASH },
          project: NAME,
          target: NAME,
          durationMs: { type: 'number', minimum: 0, maximum: MAX_DURATION_MS },
        },
      },
    },
  },
};

/**
 * `POST /v1/runs`: the tasks of a run and their durations, reported by the client that wrote their entries, as JSON:
 * `{"tasks": [{"hash", "project", "target", "durationMs"}]}`, up to 1000 tasks. Said of entries of the writer's own
 * namespace only, and the first report of each wins. 204; 400 names the error; 401; 403 for read-only clients; 413
 * for more than 1 MiB; 415 if it is not JSON.
 */
export function addRunRoutes(app: FastifyInstance, { identify, ledger, limits }: ServerOptions): void {
  void app.register((scope, _options, done) => {
    watchRequestPace(scope, limits.pace);
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'string', bodyLimit: REPORT_LIMIT },
      scope.getDefaultJsonParser('error', 'error'),
    );
    // Before anything of the body is read.
    scope.addHook('onRequest', async (request, reply) => {
      const token = bearerToken(request.raw);
      try {
        const principal = token === undefined ? undefined : await identify(token);
        if (principal === undefined) {
          return await say(reply.header('www-authenticate', 'Bearer'), 401, 'Reports require a token.');
        }
        request.exchange.principal = principal;
      } catch (error) {
        request.log.error({ err: error }, 'the client cannot be identified');
        return admitFault(reply, 'identity');
      }
      const { tier } = request.exchange.principal;
      if (accessOf(request.exchange.principal).writes !== undefined) return;
      return say(reply, 403, `The token is of the tier \`${formatTier(tier)}\`, which may not write.`);
    });
    scope.post<{ Body: RunReport }>('/v1/runs', { schema: { body: REPORT } }, (request, reply) => {
      const { principal } = request.exchange;
      const namespace = principal === undefined ? undefined : accessOf(principal).writes;
      if (principal === undefined || namespace === undefined) throw new Error('a report without a client was accepted');
      const { tasks } = request.body;
      ledger.tell(
        namespace,
        tasks.map(({ hash, project, target, durationMs }) => ({
          hash,
          project,
          target,
          durationMs: Math.round(durationMs),
        })),
      );
      const who = { principal: principal.name, tier: formatTier(principal.tier) };
      request.log.info({ ...who, tasks: tasks.length, ip: request.ip }, 'a run was reported');
      return reply.code(204).send();
    });
    done();
  });
}

/** What is wrong with a body, by the errors of its schema. */
export function describeInvalid(
  errors: readonly {
    readonly instancePath: string;
    readonly params: Record<string, unknown>;
    readonly message?: string;
  }[],
): Error {
  const [error] = errors;
  const missing = error?.params.missingProperty;
  const steps = [...(error?.instancePath ?? '').split('/').slice(1), ...(typeof missing === 'string' ? [missing] : [])];
  const place = steps
    .map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
  const words = typeof missing === 'string' ? 'is missing' : (error?.message ?? 'is not valid');
  return new Error(`${place === '' ? 'The report' : `\`${place}\``} ${words}.`);
}
