import { resolve } from 'node:path';
import { EXIT, parseArguments, usage, type Command, type CommandContext } from '@wheelhouse/element/program';
import { parseDuration } from '../../config/quantity.js';
import { readSettingsFile, missingSetting, findSetting, pathIn } from '../../config/setting-sources.js';
import { DEFAULT_WORKSPACE } from '../../tiers/principal.js';
import { formatTier, parseTier, TIER_FORMS } from '../../tiers/tier.js';
import { createToken, revokeToken } from '../../tokens/issue.js';
import type { TokenEntry } from '../../tokens/token-entry.js';
import { readTokens } from '../../tokens/token-file.js';

const help = `wheelhouse-cache token create --name NAME --tier TIER [OPTION]...
wheelhouse-cache token list [OPTION]...
wheelhouse-cache token revoke --name NAME [OPTION]...

\`create\` prints the token and nothing else; it is not stored and cannot be shown again. A running server accepts a new
token and refuses a revoked one at once.

  --tokens FILE     the token file; or WHEELHOUSE_CACHE_TOKENS, or \`tokens\` in wheelhouse-cache.yml
  --config FILE     the settings file; default: wheelhouse-cache.yml, if it exists
  --name NAME       the name of the token; entries record it as their writer
  --tier TIER       trusted: for a protected branch; writes what everyone reads
                    pr:NUMBER: for a pull request; reads that, and writes what only it reads
                    read: reads what trusted builds wrote
                    admin: reads the same, and the metrics
  --workspace NAME  the workspace, if one server serves several; default: \`${DEFAULT_WORKSPACE}\`
  --expires-in TIME how long the token is valid, such as 90d; default: without end
`;

/** `wheelhouse-cache token` */
export const token: Command = {
  summary: 'create, list and revoke tokens',
  help,
  run: async (argv, context) => {
    const { values, positionals } = parseArguments('wheelhouse-cache token', {
      args: [...argv],
      options: {
        tokens: { type: 'string' },
        config: { type: 'string' },
        name: { type: 'string' },
        tier: { type: 'string' },
        workspace: { type: 'string' },
        'expires-in': { type: 'string' },
      },
      allowPositionals: true,
    });
    const [action, ...others] = positionals;
    if (others.length > 0) throw usage('wheelhouse-cache token', `unexpected argument \`${others.join(' ')}\``);
    const foreign = Object.keys(values).filter(
      (name) => !['tokens', 'config', ...(OPTIONS[action ?? ''] ?? [])].includes(name),
    );
    if (action !== undefined && action in OPTIONS && foreign.length > 0) {
      throw usage('wheelhouse-cache token', `\`${action}\` has no option --${foreign.join(', --')}`);
    }
    const file = tokenFile(values, context);
    switch (action) {
      case 'create': {
        const tier = parseTier(required('create', 'tier', values.tier));
        if (tier === undefined)
          throw usage('wheelhouse-cache token', `unknown tier \`${values.tier ?? ''}\`; it must be ${TIER_FORMS}`);
        const span = values['expires-in'] === undefined ? undefined : parseDuration(values['expires-in']);
        if (values['expires-in'] !== undefined && span === undefined) {
          throw usage(
            'wheelhouse-cache token',
            `--expires-in is \`${values['expires-in']}\`; it must be a duration such as \`90d\``,
          );
        }
        const now = new Date();
        const request = {
          name: required('create', 'name', values.name),
          tier,
          workspace: values.workspace ?? DEFAULT_WORKSPACE,
          ...(span === undefined ? {} : { expires: new Date(now.getTime() + span) }),
        };
        context.output.write(`${await createToken(file, request, now)}\n`);
        return EXIT.done;
      }
      case 'revoke':
        await revokeToken(file, required('revoke', 'name', values.name), new Date());
        return EXIT.done;
      case 'list':
        context.output.write(table(readTokens(file), new Date()));
        return EXIT.done;
      default:
        throw usage('wheelhouse-cache token', 'expected `create`, `list` or `revoke`');
    }
  },
};

const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  create: ['name', 'tier', 'workspace', 'expires-in'],
  list: [],
  revoke: ['name'],
};

function required(action: string, name: string, value: string | undefined): string {
  if (value === undefined) throw usage('wheelhouse-cache token', `\`${action}\` requires --${name}`);
  return value;
}

function tokenFile(
  { tokens, config }: { readonly tokens?: string | undefined; readonly config?: string | undefined },
  { cwd, environment }: CommandContext,
): string {
  if (tokens !== undefined) return resolve(cwd, tokens);
  const found = findSetting('tokens', { options: {}, environment, cwd, ...readSettingsFile(config, cwd) });
  if (found === undefined) throw missingSetting('tokens', 'FILE');
  return pathIn(found);
}

function table(entries: readonly TokenEntry[], now: Date): string {
  const rows = entries.map((entry) => [
    entry.name,
    formatTier(entry.tier),
    entry.workspace,
    entry.created.toISOString().slice(0, 10),
    stateOf(entry, now),
  ]);
  const all = [['NAME', 'TIER', 'WORKSPACE', 'CREATED', 'STATE'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`).join('');
}

function stateOf({ revoked, expires }: TokenEntry, now: Date): string {
  if (revoked !== undefined) return `revoked ${revoked.toISOString().slice(0, 10)}`;
  if (expires === undefined) return 'valid';
  return `${expires <= now ? 'expired' : 'valid until'} ${expires.toISOString().slice(0, 10)}`;
}
