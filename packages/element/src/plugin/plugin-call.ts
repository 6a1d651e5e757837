import { types } from 'node:util';
import { ElementError, ElementErrors } from '../base/error.js';
import { systemFault } from '../base/system-error.js';
import type { Origin } from '../base/origin.js';
import type { KindIdentity } from './plugin.js';

/** Whose code is called: an element or source, or what it is about to be made of. */
export interface PluginCaller {
  readonly identity: KindIdentity;
  readonly name: string;
  readonly origin: Origin;
}

/**
 * Calls the code of a kind. What the code of a project's own plugin throws is that plugin's error, which names kind,
 * element and method; of the kinds that come with Wheelhouse it is a bug, and goes on as it is.
 *
 * @param method what is called, as its author knows it
 * @throws ElementError PLUGIN, and every user's error that the code throws
 */
export function callPlugin<T>(caller: PluginCaller, method: string, call: () => T): T {
  try {
    const answer = call();
    if (!isPromise(answer)) return answer;
    return answer.then(undefined, (error: unknown) => {
      throw pluginError(caller, method, error);
    }) as T;
  } catch (error) {
    throw pluginError(caller, method, error);
  }
}

/** By its shape: a plugin may be run in a realm with a `Promise` of its own. */
function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** The error of a plugin that answered what it may not. */
export function pluginFault({ identity, name, origin }: PluginCaller, method: string, what: string): ElementError {
  return new ElementError({
    code: 'PLUGIN',
    message: `${name}: \`${method}\` of kind \`${identity.kind}\` ${what}`,
    origin,
    hint: "this is an error of the kind's plugin",
  });
}

function pluginError(caller: PluginCaller, method: string, error: unknown): unknown {
  if (error instanceof ElementError || error instanceof ElementErrors) return error;
  const { identity, name, origin } = caller;
  if (identity.origin === undefined) return error;
  const isError = types.isNativeError(error);
  // A full disk is no fault of the plugin's, but it is told like one: where it happened is what helps.
  const what = systemFault(error) === undefined && isError ? `${error.name}: ${error.message}` : String(error);
  return new ElementError({
    code: 'PLUGIN',
    message: `${name}: \`${method}\` of kind \`${identity.kind}\` threw ${what}`,
    origin,
    hint: "this is an error of the kind's plugin",
    detail: isError ? stackOf(error) : undefined,
    cause: error,
  });
}

/** Where it was thrown: the stack without the message, which is said. */
function stackOf({ stack = '' }: Error): string | undefined {
  const lines = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return lines.length === 0 ? undefined : lines.slice(0, 5).join('\n');
}
