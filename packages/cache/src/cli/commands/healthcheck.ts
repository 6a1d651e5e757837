import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { get as getSecurely } from 'node:https';
import { EXIT, type Command } from '@wheelhouse/element/program';
import type { Settings } from '../../config/settings.js';
import { SETTINGS_HELP, settingsOf } from '../settings-options.js';

const PATIENCE_MS = 5000;

const help = `wheelhouse-cache healthcheck [OPTION]...

Asks the server running with the same settings on this machine whether it is alive, as the health check of a container
does. Exits with 0 if it is, and with 2 if it is not.

${SETTINGS_HELP}`;

/** `wheelhouse-cache healthcheck` */
export const healthcheck: Command = {
  summary: 'check that the server on this machine is alive',
  help,
  run: async (argv, context) => {
    const settings = settingsOf('wheelhouse-cache healthcheck', argv, { context, required: [] });
    const answer = await ask(settings);
    context.output.write(`${answer}\n`);
    return answer === 'ok' ? EXIT.done : EXIT.failed;
  },
};

/** @returns `ok`, or what is wrong */
async function ask({ listen: { host, port }, tlsCertificate }: Settings): Promise<string> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const options = { host: HERE[host] ?? host, port, path: '/healthz', signal, agent: false };
  // The certificate is for the name that others call the server by. Nothing confidential is sent.
  const request = tlsCertificate === undefined ? get(options) : getSecurely({ ...options, rejectUnauthorized: false });
  try {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode === 200 ? 'ok' : `it responded with status ${String(response.statusCode)}`;
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (typeof code !== 'string') throw error;
    const why = signal.aborted ? `no response within ${PATIENCE_MS / 1000} s` : code;
    return `it does not respond at ${host}:${port}: ${why}`;
  }
}

/** Where this machine is found that listens at all of its addresses. */
const HERE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
