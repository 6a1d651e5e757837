import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@lezer/python';
import { childrenOf, stringOf } from './syntax.js';

/** A function or class that is called: `Flask(...)`, `flask.Flask(...)`. */
export interface BoundCall {
  /** The name that its result is bound to at the top of the module. */
  readonly name: string;
  /** What is called, as written, without its arguments. */
  readonly callee: string;
}

/**
 * A Python module by its syntax. No code runs, and what is wrong with a text is not said: CPython's own parser judges
 * that, where metadata is read.
 */
export class PythonModule {
  private readonly tree: Tree;

  constructor(private readonly source: string) {
    this.tree = parser.parse(source);
  }

  /** The first line of the module's docstring (PEP 257); `undefined` if it has none. */
  get summary(): string | undefined {
    const first = this.tree.topNode.firstChild;
    const text = first?.name === 'ExpressionStatement' ? stringOf(first.firstChild, this.source) : undefined;
    return text?.trim().split('\n')[0]?.trim();
  }

  /** The text that a name is bound to at the top of the module; `undefined` if it is bound to something else. */
  textOf(name: string): string | undefined {
    const bound = this.assignments().findLast((each) => each.name === name);
    return bound === undefined ? undefined : stringOf(bound.value, this.source);
  }

  /** The calls whose results are bound to a name at the top of the module, in their order. */
  calls(): BoundCall[] {
    return this.assignments().flatMap(({ name, value }) => {
      const callee = value.name === 'CallExpression' ? value.firstChild : null;
      return callee === null ? [] : [{ name, callee: this.text(callee) }];
    });
  }

  /** The names of functions that are defined at the top of the module. */
  functions(): string[] {
    return this.statements().flatMap((statement) => {
      const definition = statement.name === 'DecoratedStatement' ? statement.lastChild : statement;
      const name = definition?.name === 'FunctionDefinition' ? definition.getChild('VariableName') : null;
      return name === null ? [] : [this.text(name)];
    });
  }

  /** The texts that stand at a place in a call anywhere: `os.environ.setdefault("A", "b")` has the second text `b`. */
  argumentsOf(method: string): (readonly string[])[] {
    const found: string[][] = [];
    this.tree.iterate({
      enter: ({ name, node }) => {
        const [callee, list] = [node.firstChild, node.getChild('ArgList')];
        if (name !== 'CallExpression' || callee === null || list === null) return;
        if (callee.name !== 'MemberExpression' || !this.text(callee).endsWith(`.${method}`)) return;
        found.push(childrenOf(list).flatMap((each) => stringOf(each, this.source) ?? []));
      },
    });
    return found;
  }

  private assignments(): { readonly name: string; readonly value: SyntaxNode }[] {
    return this.statements().flatMap((statement) => {
      if (statement.name !== 'AssignStatement') return [];
      const [target, value] = [statement.firstChild, statement.lastChild];
      if (target?.name !== 'VariableName' || value === null) return [];
      return [{ name: this.text(target), value }];
    });
  }

  private statements(): SyntaxNode[] {
    return childrenOf(this.tree.topNode);
  }

  private text(node: SyntaxNode): string {
    return this.source.slice(node.from, node.to);
  }
}
