import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf } from '@wheelhouse/element';
import { formatSize } from '../../config/quantity.js';
import type { Settings } from '../../config/settings.js';
import { readTokens } from '../../tokens/token-file.js';
import { TokenGuard } from '../../tokens/token-guard.js';
import { ailmentsOf } from '../ailments.js';
import { EXIT, explainFailure, SETTINGS_HELP, settingsOf, type Command } from '../command.js';
import { openStore } from '../data-directory.js';

/** `wheelhouse-cache doctor` */
export const doctor: Command = {
  summary: 'try what serving needs of this machine',
  help: `wheelhouse-cache doctor [OPTION]...

Tries what \`serve\` needs with these settings, and says what is not as it should be; ends with 2 where there is anything.

${SETTINGS_HELP}`,
  run: async (argv, context) => {
    const settings = settingsOf('doctor', argv, { context, required: ['data', 'tokens'] });
    const findings = [...tokenFindings(settings), ...(await diskFindings(settings)), ...tlsFindings(settings)];
    for (const finding of findings) context.output.write(`wrong: ${finding}\n`);
    context.output.write(findings.length === 0 ? 'all is well\n' : `${findings.length} found\n`);
    return findings.length === 0 ? EXIT.done : EXIT.found;
  },
};

function tokenFindings({ tokens = '' }: Settings): string[] {
  try {
    const valid = readTokens(tokens).filter(
      ({ revoked, expires }) => revoked === undefined && !(expires && expires < new Date()),
    );
    const others = [tokens, dirname(tokens)].filter((path) => (statSync(path).mode & 0o002) !== 0);
    return [
      ...(valid.length === 0 ? [`there is no valid token in \`${tokens}\``] : []),
      ...others.map((path) => `anybody on this machine may write to \`${path}\``),
    ];
  } catch (error) {
    return [explainFailure(error).text];
  }
}

async function diskFindings(settings: Settings): Promise<string[]> {
  const store = openStore(settings);
  const found = await ailmentsOf(store, new TokenGuard(settings.tokens ?? '', Date.now), settings.maxEntry);
  try {
    const { blocks, bsize } = await statfs(settings.data ?? '');
    const size = blocks * bsize;
    if (size < settings.quota) {
      found.push(`the quota is ${formatSize(settings.quota)}, and the disk has ${formatSize(size)} in all`);
    }
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
  }
  // Said already, and better, by who reads them.
  return found.filter((finding) => finding !== 'the tokens cannot be read');
}

function tlsFindings({ tlsCertificate }: Settings): string[] {
  if (tlsCertificate === undefined) return [];
  try {
    const { validTo } = new X509Certificate(readFileSync(tlsCertificate));
    return new Date(validTo) < new Date()
      ? [`the certificate in \`${tlsCertificate}\` was valid until ${validTo}`]
      : [];
  } catch (error) {
    const reason = errnoOf(error) ?? (error instanceof Error ? error.message : String(error));
    return [`\`${tlsCertificate}\` holds no certificate: ${reason}`];
  }
}
