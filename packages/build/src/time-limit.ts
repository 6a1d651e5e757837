import { ElementError } from '@wheelhouse/element';

/** The variable that limits how long the commands of an element may take. */
const VARIABLE = 'WHEELHOUSE_TIME_LIMIT';

/** What the kernel's timers, and so Node's, can wait for at most, in seconds: 24 days. */
const MAXIMUM = Math.floor((2 ** 31 - 1) / 1000);

/**
 * How long the commands of one element may take on this machine, in seconds: `WHEELHOUSE_TIME_LIMIT`. It is no part of
 * a key, since it does not change what is built. Without it, or if it is empty, there is no limit.
 *
 * @throws ElementError USAGE if it is not a whole number of seconds
 */
export function timeLimit(environment: NodeJS.ProcessEnv): number | undefined {
  const text = environment[VARIABLE] ?? '';
  if (text === '') return undefined;
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds >= 1 && seconds <= MAXIMUM) return seconds;
  throw new ElementError({
    code: 'USAGE',
    message: `${VARIABLE} is not a time limit: \`${text}\``,
    hint: `set it to a whole number of seconds from 1 to ${MAXIMUM}, or unset it`,
  });
}
