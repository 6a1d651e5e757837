import { ElementError } from '@wheelhouse/element';

/** The options that an executor takes for itself, by their names in its schema. */
export interface OwnOptions {
  /** Those without a value. */
  readonly flags: readonly string[];
  /** Those whose value follows, as the next word or after a `=`. */
  readonly values: readonly string[];
}

/** The options that Nx passes to an executor whose schema accepts all arguments of the command line. */
export interface ForwardingOptions {
  /** The arguments of the command line that are not options of Nx. */
  readonly __unparsed__?: readonly string[];
}

/**
 * The arguments of a command line that an executor passes on: all but its own options, which Nx has read. Nx gives
 * both together: `nx test app --retryFailed -k name` as well as `nx test app -- -k name`.
 *
 * @throws ElementError TEST_OPTIONS if a configuration has an option that the executor does not have
 */
export function forwardedWords(options: ForwardingOptions, { flags, values }: OwnOptions): string[] {
  const { __unparsed__: words = [], ...named } = options;
  const known = [...flags, ...values];
  const unknown = words.length > 0 ? undefined : Object.keys(named).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new ElementError({
      code: 'TEST_OPTIONS',
      message: `unknown option \`${unknown}\``,
      hint: `the options are ${known.map((name) => `\`${name}\``).join(', ')}`,
    });
  }
  const forwarded: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const name = optionName(word);
    if (name !== undefined && flags.includes(name)) {
      if (/^(true|false)$/.test(words[index + 1] ?? '')) index += 1;
    } else if (name !== undefined && values.includes(name)) {
      if (!word.includes('=')) index += 1;
    } else forwarded.push(word);
  }
  return forwarded;
}

/** `--retry-failed=true` is `retryFailed`, and so is `--no-retryFailed`. */
function optionName(word: string): string | undefined {
  const match = /^--(?:no-)?([A-Za-z][\w-]*)(?:=|$)/.exec(word);
  return match?.[1]?.replaceAll(/-([a-z])/g, (_all, letter: string) => letter.toUpperCase());
}
