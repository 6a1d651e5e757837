import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf } from '@wheelhouse/element/internal';
import { EXIT, explainFailure, type Command } from '@wheelhouse/element/program';
import { formatSize } from '../../config/quantity.js';
import type { Settings } from '../../config/settings.js';
import { keepsFirstWrites } from '../../store/s3/probe.js';
import { readTokens } from '../../tokens/token-file.js';
import { serverProblems } from '../problems.js';
import { SETTINGS_HELP, settingsOf } from '../settings-options.js';
import { openVerifier } from '../identity.js';
import { openStores, reasonOf, type OpenedStores } from '../stores.js';

/** `wheelhouse-cache doctor` */
export const doctor: Command = {
  summary: 'check that this machine can serve the cache',
  help: `wheelhouse-cache doctor [OPTION]...

Checks what \`serve\` needs with these settings and reports every problem; exits with 2 if there is one.

${SETTINGS_HELP}`,
  run: async (argv, context) => {
    const settings = settingsOf('wheelhouse-cache doctor', argv, { context, required: ['data', 'tokens'] });
    const stores = await openStores(settings);
    const findings = [
      ...tokenFindings(settings),
      ...(await diskFindings(settings, stores)),
      ...(await bucketFindings(settings, stores)),
      ...(await issuerFindings(settings)),
      ...tlsFindings(settings),
    ];
    for (const finding of findings) context.output.write(`wrong: ${finding}\n`);
    context.output.write(findings.length === 0 ? 'no problems found\n' : `${findings.length} found\n`);
    return findings.length === 0 ? EXIT.done : EXIT.failed;
  },
};

function tokenFindings({ tokens }: Settings): string[] {
  if (tokens === undefined) return [];
  try {
    const valid = readTokens(tokens).filter(
      ({ revoked, expires }) => revoked === undefined && !(expires && expires < new Date()),
    );
    const others = [tokens, dirname(tokens)].filter((path) => (statSync(path).mode & 0o002) !== 0);
    return [
      ...(valid.length === 0 ? [`there is no valid token in \`${tokens}\``] : []),
      ...others.map((path) => `anyone on this machine can write to \`${path}\``),
    ];
  } catch (error) {
    return [explainFailure(error).text];
  }
}

async function diskFindings(settings: Settings, { disk }: OpenedStores): Promise<string[]> {
  const found = await serverProblems(disk, undefined, settings.maxEntry);
  try {
    const { blocks, bsize } = await statfs(settings.data ?? '');
    const size = blocks * bsize;
    if (size < settings.diskQuota) {
      const name = settings.store === 'disk' ? 'quota' : 'disk-quota';
      found.push(
        `the ${name} is ${formatSize(settings.diskQuota)}, but the disk has only ${formatSize(size)} in total`,
      );
    }
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
  }
  return found;
}

async function bucketFindings({ readOnly }: Settings, { bucket }: OpenedStores): Promise<string[]> {
  if (bucket === undefined) return [];
  const name = `\`${bucket.options.bucket}\``;
  try {
    await bucket.check();
    if (readOnly || (await keepsFirstWrites(bucket))) return [];
    return [
      `the service of the bucket ${name} does not honor \`If-None-Match\`: when two clients write the same entry at once, the later one may win`,
    ];
  } catch (error) {
    return [`the bucket ${name} cannot be used: ${reasonOf(error)}`];
  }
}

async function issuerFindings(settings: Settings): Promise<string[]> {
  const verifier = await openVerifier(settings, () => undefined);
  const found = await Promise.all(
    [...(verifier?.keysByIssuer ?? [])].map(async ([issuer, keys]) => {
      try {
        const usable = (await keys.fetch()).keys.filter(({ kty }) => kty !== 'oct');
        return usable.length > 0 ? [] : [`the issuer \`${issuer}\` has no key that could verify a token`];
      } catch (error) {
        return [reasonOf(error)];
      }
    }),
  );
  return found.flat();
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
    return [`\`${tlsCertificate}\` does not contain a certificate: ${reason}`];
  }
}
