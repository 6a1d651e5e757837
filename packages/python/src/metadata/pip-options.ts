import { ElementError, type Origin } from '@wheelhouse/element';
import { pipWords, type PipLine } from './pip-lines.js';

/** An option of a requirements file, by pip's long name. */
export interface PipOption {
  readonly name: PipOptionName;
  /** `''` for an option that takes none. */
  readonly value: string;
  readonly origin: Origin;
}

/** The options of requirements files that mean something to a lock. */
export type PipOptionName = keyof typeof TAKES_VALUE;

const TAKES_VALUE = {
  '--requirement': true,
  '--constraint': true,
  '--editable': true,
  '--index-url': true,
  '--extra-index-url': true,
  '--find-links': true,
  '--trusted-host': true,
  '--hash': true,
  '--no-index': false,
  '--pre': false,
  '--require-hashes': false,
} as const;

const SPELLINGS: Readonly<Record<string, PipOptionName>> = {
  '-r': '--requirement',
  '-c': '--constraint',
  '-e': '--editable',
  '-i': '--index-url',
  '-f': '--find-links',
  '--pypi-url': '--index-url',
};

const NO_BINARY = ['--no-binary', '--only-binary', '--prefer-binary'];
const BUILD_OPTIONS = [
  '--no-binary',
  '--only-binary',
  '--prefer-binary',
  '--config-settings',
  '--global-option',
  '--build-option',
  '--install-option',
];

/**
 * The options of a line from `start` on.
 *
 * @throws ElementError METADATA for one that pip does not have, or that a lock has no use for
 */
export function pipOptions(line: PipLine, start = 0): PipOption[] {
  const options: PipOption[] = [];
  const words = pipWords(line.text, start);
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    if (word === undefined) break;
    const origin = line.place(word.offset);
    const [, long, attached] = /^(--[a-z-]+)(?:=(.*))?$/s.exec(word.text) ?? [];
    const short = long === undefined ? /^-[a-z]/i.exec(word.text)?.[0] : undefined;
    const written = long ?? short ?? word.text;
    const name = Object.hasOwn(TAKES_VALUE, written) ? (written as PipOptionName) : SPELLINGS[written];
    if (name === undefined) throw unknown(written, origin);
    if (!TAKES_VALUE[name]) {
      if (attached !== undefined) throw wrong(`\`${name}\` takes no value`, origin);
      options.push({ name, value: '', origin });
      continue;
    }
    const inWord = long === undefined ? word.text.slice(2) : attached;
    const given = inWord === undefined || inWord === '' ? words[(at += 1)] : { text: inWord, offset: word.offset };
    if (given === undefined || given.text === '') throw wrong(`\`${written}\` has no value`, origin);
    if (name === '--editable' && words[at + 1]?.text.startsWith(';') === true) {
      // A marker is no shell's: it keeps its quotes.
      options.push({ name, value: `${given.text} ${line.text.slice(words[at + 1]?.offset)}`, origin });
      break;
    }
    options.push({ name, value: given.text, origin });
  }
  return options;
}

function unknown(option: string, origin: Origin): ElementError {
  if (!option.startsWith('-')) return wrong(`\`${option}\` is not an option`, origin);
  if (BUILD_OPTIONS.includes(option)) {
    return wrong(
      `\`${option}\` is not supported: requirements files cannot configure here how distributions are built`,
      origin,
      NO_BINARY.includes(option)
        ? 'use the option `noBinary` to build distributions from source'
        : 'remove it: a wheel is used if there is one, and sdists are built in a sandbox without options',
    );
  }
  return wrong(
    `\`${option}\` is not an option of requirements files`,
    origin,
    `the options are \`${Object.keys(TAKES_VALUE).join('`, `')}\``,
  );
}

function wrong(message: string, origin: Origin, hint?: string): ElementError {
  return new ElementError({ code: 'METADATA', message, origin, hint });
}
