import { ElementError } from '../../base/error.js';
import { ErrorCollector } from '../../base/error-collector.js';
import { MappingNode, ScalarNode, SequenceNode, unexpectedType, type Node } from '../node.js';
import { formatOrigin } from '../../base/origin.js';
import { assertSymbol } from './symbol.js';

/** The variables that only the loader sets. */
export const PROTECTED_VARIABLES: readonly string[] = ['project-name', 'element-name', 'max-jobs'];

/**
 * The greatest length of an expanded text, in UTF-16 units. Linux takes no single argument above 128 KiB, but lists of
 * commands are joined; what is longer comes from variables that double one another.
 */
const MAX_LENGTH = 16 * 1024 * 1024;

const REFERENCE = /%\{([a-zA-Z][a-zA-Z0-9_-]*)\}/;

/** A text cut at its references: literal, name, literal, name, ..., literal. */
type Parts = readonly string[];

/**
 * The variables of one element, each with its value, and the expansion of `%{name}` (BuildStream reference: variables).
 *
 * Values are expanded when they are first asked for, and once. Chains of references are followed without recursion,
 * so their length is not bounded by the stack.
 *
 * @public
 */
export class Variables {
  private readonly values = new Map<string, string>();

  /**
   * @param node names to texts, composed of all layers
   * @throws ElementError INVALID_SYMBOL_NAME @throws ElementError INVALID_DATA if a value is not a scalar
   */
  constructor(private readonly node: MappingNode) {
    const errors = new ErrorCollector();
    for (const [name, value] of node.entries) {
      errors.attempt(() => {
        assertSymbol(name, 'variable name', value.origin);
      });
      if (value.type !== 'scalar') errors.add(unexpectedType(value, name, 'scalar'));
    }
    errors.throwIfAny();
  }

  /**
   * The value, or `undefined` if the variable is not defined.
   *
   * @throws ElementError UNRESOLVED_VARIABLE, CIRCULAR_REFERENCE_VARIABLE
   * @throws ElementError INVALID_DATA if the value is too long
   */
  get(name: string): string | undefined {
    return this.values.get(name) ?? (this.node.has(name) ? this.resolve(name) : undefined);
  }

  /**
   * The node's text with every `%{name}` expanded.
   *
   * @throws ElementError UNRESOLVED_VARIABLE at the place of the text that has the reference
   * @throws ElementError CIRCULAR_REFERENCE_VARIABLE
   */
  expand(node: ScalarNode): string {
    const text = node.asString();
    if (!text.includes('%{')) return text;
    return this.join(split(text), node);
  }

  /** The node with every text in it expanded; keys are left unchanged. Collects the errors of a whole subtree. */
  expandNode<T extends Node>(node: T): T;
  expandNode(node: Node): Node {
    const errors = new ErrorCollector();
    const expanded = this.expandInto(node, errors);
    errors.throwIfAny();
    return expanded;
  }

  /** The errors in the variables themselves: every reference to an undefined variable, and every cycle. */
  check(): readonly ElementError[] {
    const errors = new ErrorCollector();
    const known = new Set<string>();
    for (const name of this.node.entries.keys()) {
      try {
        this.get(name);
      } catch (error) {
        if (!(error instanceof ElementError)) throw error;
        // Every reference to a bad variable gives the same error again, and a cycle begins where it is entered.
        const identity = error.detail?.split('\n').sort().join('\n') ?? error.message;
        if (known.has(identity)) continue;
        known.add(identity);
        errors.add(error);
      }
    }
    return errors.errors;
  }

  /** Every variable with its value, sorted by name. @throws ElementError as {@link get} */
  toRecord(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.node
        .keys()
        .sort()
        .map((name) => [name, this.get(name) ?? '']),
    );
  }

  private expandInto(node: Node, errors: ErrorCollector): Node {
    switch (node.type) {
      case 'scalar': {
        if (node.value?.includes('%{') !== true) return node;
        return new ScalarNode(errors.attempt(() => this.expand(node)) ?? node.value, node.origin);
      }
      case 'sequence':
        return new SequenceNode(
          node.items.map((item) => this.expandInto(item, errors)),
          node.origin,
        );
      case 'mapping': {
        const entries = new Map<string, Node>();
        for (const [key, value] of node.entries) entries.set(key, this.expandInto(value, errors));
        return new MappingNode(entries, node.origin);
      }
      default: {
        const unknown: never = node;
        throw new Error(`no such node: ${String(unknown)}`);
      }
    }
  }

  private join(parts: Parts, node: ScalarNode): string {
    let text = '';
    for (let index = 0; index < parts.length; index += 1) {
      const part = parts[index] ?? '';
      if (index % 2 === 0) text += part;
      else {
        const value = this.get(part);
        if (value === undefined) throw undefinedVariable(part, node);
        text += value;
      }
      if (index > 0 && text.length > MAX_LENGTH) throw tooLong(node);
    }
    return text;
  }

  private scalar(name: string): ScalarNode | undefined {
    return this.node.scalar(name);
  }

  /** Depth first over what `start` refers to; a variable is joined when all that it refers to is known. */
  private resolve(start: string): string {
    const path: { readonly name: string; readonly node: ScalarNode; readonly parts: Parts; next: number }[] = [];
    const onPath = new Set<string>();
    const enter = (name: string, from: ScalarNode | undefined): void => {
      const node = this.scalar(name);
      if (node === undefined) {
        if (from === undefined) throw new Error(`no variable ${name}`);
        throw undefinedVariable(name, from);
      }
      if (onPath.has(name)) throw cycleError([...path.slice(path.findIndex((step) => step.name === name))]);
      onPath.add(name);
      path.push({ name, node, parts: split(node.asString()), next: 1 });
    };
    enter(start, undefined);
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const reference = step.parts[step.next];
      if (reference === undefined) {
        this.values.set(step.name, this.join(step.parts, step.node));
        path.pop();
        onPath.delete(step.name);
      } else {
        step.next += 2;
        if (!this.values.has(reference)) enter(reference, step.node);
      }
    }
    return this.values.get(start) ?? '';
  }
}

/** @throws ElementError PROTECTED_VARIABLE_REDEFINED if a layer that users write sets a protected variable */
export function refuseProtectedVariables(layer: MappingNode): void {
  for (const name of PROTECTED_VARIABLES) {
    const value = layer.get(name);
    if (value !== undefined) {
      throw new ElementError({
        code: 'PROTECTED_VARIABLE_REDEFINED',
        message: `invalid redefinition of protected variable '${name}'`,
        origin: value.origin,
      });
    }
  }
}

function split(text: string): Parts {
  return text.includes('%{') ? text.split(REFERENCE) : [text];
}

function undefinedVariable(name: string, node: ScalarNode): ElementError {
  return new ElementError({
    code: 'UNRESOLVED_VARIABLE',
    message: `Reference to undefined variable '${name}'`,
    origin: node.origin,
  });
}

function tooLong(node: ScalarNode): ElementError {
  return new ElementError({
    code: 'INVALID_DATA',
    message: `The text is longer than ${MAX_LENGTH / 1024 / 1024} MiB after its variables are expanded`,
    origin: node.origin,
    hint: 'look for variables that refer to one another more than once',
  });
}

function cycleError(steps: readonly { readonly name: string; readonly node: ScalarNode }[]): ElementError {
  const [first] = steps;
  if (first === undefined) throw new Error('an empty cycle');
  return new ElementError({
    code: 'CIRCULAR_REFERENCE_VARIABLE',
    message: `Circular dependency detected on variable '${first.name}'`,
    detail: steps
      .map(
        ({ name, node }, index) =>
          `${formatOrigin(node.origin)}: Variable '${name}' refers to variable '${steps[index + 1]?.name ?? first.name}'`,
      )
      .join('\n'),
  });
}
