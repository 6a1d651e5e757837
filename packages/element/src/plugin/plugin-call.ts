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
 * Calls the code of a kind. What the code of a project's own plugin throws becomes an error that names kind,
 * element and method; what a kind of Wheelhouse throws is a bug, and is rethrown as it is.
 *
 * @param method what is called, as its author knows it
 * @throws ElementError PLUGIN, and every user's error that the code throws
 */
export function callPlugin<T>(caller: PluginCaller, method: string, call: () => T): T {
  let answer: T;
  try {
    answer = call();
  } catch (error) {
    throw pluginError(caller, method, error);
  }
  if (!isPromise(answer)) return answer;
  // Nobody would handle its rejection, which would end the process.
  void Promise.resolve(answer).catch(() => undefined);
  throw pluginFault(caller, method, 'returned a promise, which is not awaited: it must not be `async`');
}

/** {@link callPlugin} for a method without a result, which may return a promise by mistake. */
export function callMethod<M extends string, A>(
  caller: PluginCaller,
  target: { readonly [name in M]: (argument: A) => unknown },
  method: M,
  argument: A,
): void {
  callPlugin(caller, method, () => target[method](argument));
}

/** {@link callPlugin} for `create`. By its shape: a plugin may have a copy of the classes of its own. */
export function createPlugin<T extends object>(caller: PluginCaller, what: 'element' | 'source', create: () => T): T {
  const made: unknown = callPlugin<unknown>(caller, 'create', create);
  if (isConfigurable(made)) return made as T;
  throw pluginFault(
    caller,
    'create',
    `returned something that is not ${what === 'element' ? 'an element' : 'a source'}`,
  );
}

function isConfigurable(made: unknown): boolean {
  return typeof made === 'object' && made !== null && 'configure' in made && typeof made.configure === 'function';
}

/**
 * {@link callPlugin} for a method whose answer is waited for. A promise that nothing can settle any more, because the
 * process has nothing else to do, is an error of the kind as well.
 */
export async function awaitPlugin<T>(caller: PluginCaller, method: string, call: () => T | PromiseLike<T>): Promise<T> {
  try {
    const answer = call();
    if (caller.identity.origin === undefined || !isPromise(answer)) return await answer;
    return await settled(answer, () => pluginFault(caller, method, 'returned a promise that never settles'));
  } catch (error) {
    throw pluginError(caller, method, error);
  }
}

/** What is waited for, by what ends the waiting. One listener serves all of them. */
const waiting = new Set<() => void>();

function endWaiting(): void {
  for (const end of waiting) end();
}

async function settled<T>(answer: PromiseLike<T>, stuck: () => ElementError): Promise<T> {
  let end = (): void => undefined;
  const never = new Promise<never>((_resolve, reject) => {
    end = () => {
      reject(stuck());
    };
  });
  if (waiting.size === 0) process.on('beforeExit', endWaiting);
  waiting.add(end);
  try {
    return await Promise.race([answer, never]);
  } finally {
    waiting.delete(end);
    if (waiting.size === 0) process.off('beforeExit', endWaiting);
  }
}

/** By its shape: a plugin may be run in a realm with a `Promise` of its own. */
function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** The error of a plugin that returned something invalid. */
export function pluginFault({ identity, name, origin }: PluginCaller, method: string, what: string): ElementError {
  return new ElementError({
    code: 'PLUGIN',
    message: `${name}: \`${method}\` of kind \`${identity.kind}\` ${what}`,
    origin,
    hint: "this is a bug in the kind's plugin",
  });
}

function pluginError(caller: PluginCaller, method: string, error: unknown): unknown {
  if (error instanceof ElementError || error instanceof ElementErrors) return error;
  const { identity, name, origin } = caller;
  if (identity.origin === undefined) return error;
  const isError = types.isNativeError(error);
  // A full disk is not the plugin's fault, but where it happened is what helps, so it is reported in the same way.
  const what = systemFault(error) === undefined && isError ? `${error.name}: ${error.message}` : shown(error);
  return new ElementError({
    code: 'PLUGIN',
    message: `${name}: \`${method}\` of kind \`${identity.kind}\` threw ${what}`,
    origin,
    hint: "this is a bug in the kind's plugin",
    detail: isError ? stackOf(error) : undefined,
    cause: error,
  });
}

/** Anything can be thrown, even a value that cannot be converted to a string. */
function shown(error: unknown): string {
  try {
    return String(error);
  } catch {
    return 'a value that cannot be printed';
  }
}

/** Where it was thrown: the stack without the message, which is reported already. */
function stackOf({ stack = '' }: Error): string | undefined {
  const lines = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return lines.length === 0 ? undefined : lines.slice(0, 5).join('\n');
}
