import { ElementError, type Origin } from '@wheelhouse/element';
import { publicAddress } from './address.js';
import { formatMarker, type Marker, type MarkerOperand, type MarkerOperator } from './marker.js';
import { markerVariable } from './marker-environment.js';
import { isValidName, normalizeName } from './name.js';
import { canonicalSpecifier, isSpecifier } from './specifier.js';

/** A dependency specifier (PEP 508) as plain data. */
export interface Requirement {
  /** As written; empty if a requirements file names a path or an address alone. */
  readonly name: string;
  readonly normalizedName: string;
  /** Normalised and sorted. */
  readonly extras: readonly string[];
  /** A specifier set in one spelling; `''` is any version. */
  readonly specifier: string;
  /** Where a direct reference leads. May hold credentials: written by {@link formatRequirement} alone. */
  readonly url?: string;
  /** The files that may answer it, where a requirements file says so: `sha256:<hex>`. */
  readonly hashes?: readonly string[];
  readonly marker?: Marker;
  /** Where it was declared. */
  readonly origin?: Origin;
}

/** A requirement in one spelling: `name[a,b]<2,>=1 ; marker`, the name normalised. Addresses are without credentials. */
export function formatRequirement(requirement: Requirement): string {
  const { normalizedName, url } = requirement;
  const extras = requirement.extras.length === 0 ? '' : `[${requirement.extras.join(',')}]`;
  const marker = requirement.marker === undefined ? '' : ` ; ${formatMarker(requirement.marker)}`;
  if (url === undefined) return `${normalizedName}${extras}${requirement.specifier}${marker}`;
  const address = publicAddress(url);
  return normalizedName === '' ? `${address}${extras}${marker}` : `${normalizedName}${extras} @ ${address}${marker}`;
}

/**
 * Reads a dependency specifier (PEP 508).
 *
 * @param origin where `text` begins
 * @throws ElementError METADATA, saying at which character of `text` it went wrong
 */
export function parseRequirement(text: string, origin?: Origin): Requirement {
  return new Parser(text, origin).requirement();
}

/** Reads an environment marker alone. @throws ElementError METADATA */
export function parseMarker(text: string, origin?: Origin): Marker {
  return new Parser(text, origin).onlyMarker();
}

const OPERATOR = /<=|>=|===|==|!=|~=|<|>|not\s+in\b|in\b/y;

class Parser {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly origin: Origin | undefined,
  ) {}

  requirement(): Requirement {
    this.space();
    const name = this.take(/[A-Za-z0-9][A-Za-z0-9._-]*/y);
    if (name === undefined || !isValidName(name)) this.fail('expected a distribution name', 0);
    this.space();
    const extras = this.extras();
    this.space();
    const url = this.url();
    const specifier = url === undefined ? this.specifier() : '';
    this.space();
    let marker: Marker | undefined;
    if (this.take(/;/y) !== undefined) marker = this.marker();
    this.end();
    return {
      name,
      normalizedName: normalizeName(name),
      extras,
      specifier,
      ...(url === undefined ? {} : { url }),
      ...(marker === undefined ? {} : { marker }),
      ...(this.origin === undefined ? {} : { origin: this.origin }),
    };
  }

  onlyMarker(): Marker {
    const marker = this.marker();
    this.end();
    return marker;
  }

  private extras(): string[] {
    if (this.take(/\[/y) === undefined) return [];
    const extras = new Set<string>();
    this.space();
    while (this.take(/\]/y) === undefined) {
      if (extras.size > 0) {
        if (this.take(/,/y) === undefined) this.fail('expected `,` or `]`');
        this.space();
      }
      const extra = this.take(/[A-Za-z0-9][A-Za-z0-9._-]*/y);
      if (extra === undefined) this.fail('expected the name of an extra');
      extras.add(normalizeName(extra));
      this.space();
    }
    return [...extras].sort();
  }

  private url(): string | undefined {
    if (this.take(/@/y) === undefined) return undefined;
    this.space();
    const url = this.take(/\S+/y);
    if (url === undefined) this.fail('expected a URL');
    return url;
  }

  private specifier(): string {
    const start = this.at;
    const bracketed = this.take(/\(/y) !== undefined;
    const text = this.take(bracketed ? /[^);]*/y : /[^;]*/y) ?? '';
    if (bracketed && this.take(/\)/y) === undefined) this.fail('expected `)`');
    const set = text.trim();
    if (set !== '' && (!/^[<>=!~]/.test(set) || !isSpecifier(set.replace(/,\s*$/, '')))) {
      this.fail(`\`${set}\` is not a version specifier`, start);
    }
    return canonicalSpecifier(set);
  }

  private marker(): Marker {
    return this.joined('or', () => this.joined('and', () => this.markerTerm()));
  }

  private joined(type: 'and' | 'or', operand: () => Marker): Marker {
    const operands = [operand()];
    this.space();
    while (this.take(type === 'or' ? /or\b/y : /and\b/y) !== undefined) {
      operands.push(operand());
      this.space();
    }
    const [only] = operands;
    return operands.length === 1 && only !== undefined ? only : { type, operands };
  }

  private markerTerm(): Marker {
    this.space();
    if (this.take(/\(/y) !== undefined) {
      const inner = this.marker();
      this.space();
      if (this.take(/\)/y) === undefined) this.fail('expected `)`');
      return inner;
    }
    const left = this.operand();
    this.space();
    const operator = this.take(OPERATOR)?.replace(/\s+/, ' ');
    if (operator === undefined) this.fail('expected a comparison');
    const right = this.operand();
    if ('value' in left && 'value' in right) this.fail('a comparison needs an environment marker variable');
    return { type: 'compare', left, operator: operator as MarkerOperator, right };
  }

  private operand(): MarkerOperand {
    this.space();
    const quoted = this.take(/"[^"]*"|'[^']*'/y);
    if (quoted !== undefined) return { value: quoted.slice(1, -1) };
    const start = this.at;
    const word = this.take(/[A-Za-z_.]+/y);
    if (word === undefined) this.fail('expected an environment marker variable or a quoted string');
    const variable = markerVariable(word);
    if (variable === undefined) this.fail(`\`${word}\` is not an environment marker variable`, start);
    return { variable };
  }

  private space(): void {
    this.take(/\s+/y);
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text)?.[0];
    if (match === undefined || match === '') return match === '' ? '' : undefined;
    this.at += match.length;
    return match;
  }

  private end(): void {
    this.space();
    if (this.at < this.text.length) this.fail('expected the end');
  }

  private fail(expected: string, at: number = this.at): never {
    throw new ElementError({
      code: 'METADATA',
      message: `\`${this.text}\` is not a valid requirement: ${expected} at character ${at + 1}`,
      origin: this.origin,
      hint: 'requirements must follow PEP 508: `name[extra]>=1.0 ; python_version < "3.12"`',
    });
  }
}
