import {
  Composer,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  Parser,
  type Document,
  type Pair,
  type ParsedNode,
  type Scalar,
  type YAMLMap,
  type YAMLParseError,
  type YAMLSeq,
} from 'yaml';
import { ElementError } from '../../base/error.js';
import { ErrorCollector } from '../../base/error-collector.js';
import { MappingNode, ScalarNode, SequenceNode, type Node } from '../node.js';
import type { Origin, OriginOf } from '../../base/origin.js';

/** What {@link parseYaml} does, apart from it so that a program that parses nothing does not load a parser. */
export function readYaml(text: string, originOf: OriginOf): MappingNode {
  return new YamlReader(text, originOf).read();
}

const NO_NUL = 'program arguments, environment variables and file names cannot contain one';

class YamlReader {
  private readonly lines = new LineCounter();
  private readonly errors = new ErrorCollector();
  /** Columns count code points, offsets count UTF-16 units: they differ in a text with surrogates. */
  private readonly hasSurrogates: boolean;

  constructor(
    private readonly text: string,
    private readonly originOf: OriginOf,
  ) {
    this.hasSurrogates = /[\ud800-\udbff]/.test(text);
  }

  read(): MappingNode {
    const parser = new Parser(this.lines.addNewLine);
    const composer = new Composer({ schema: 'failsafe', keepSourceTokens: true, uniqueKeys: false });
    const documents = [...composer.compose(parser.parse(this.text), true, this.text.length)] as Document.Parsed[];
    const [document, second] = documents;
    if (document === undefined) throw new Error(`${this.originOf(1, 0).file}: no document was composed`);
    for (const { errors, warnings } of documents) for (const error of [...errors, ...warnings]) this.syntax(error);
    if (second !== undefined) {
      this.refuse('More than one document in a file', second.range[0], 'an element file is one YAML document');
    }
    const root = this.errors.errors.length === 0 ? this.root(document) : undefined;
    this.errors.throwIfAny();
    if (root === undefined) throw new Error(`${this.originOf(1, 0).file}: neither a node nor an error`);
    return root;
  }

  private root(document: Document.Parsed): MappingNode | undefined {
    const { contents } = document;
    if (contents === null || (isScalar(contents) && contents.source === '' && contents.type === 'PLAIN')) {
      return MappingNode.empty(this.originOf(1, 0));
    }
    const node = this.node(contents, contents.range[0]);
    if (node?.type === 'mapping') return node;
    if (node !== undefined) {
      const type = node.type === 'scalar' ? 'str' : 'list';
      this.refuse(`YAML file has content of type '${type}' instead of expected type 'dict'`, contents.range[0]);
    }
    return undefined;
  }

  /** @param emptyAt the offset that stands for the node if it has no text */
  private node(node: ParsedNode, emptyAt: number): Node | undefined {
    if (isScalar(node) || isMap(node) || isSeq(node)) {
      if (node.anchor !== undefined) this.refuse('Anchors are disallowed', node.range[0]);
      if (node.tag !== undefined) this.refuse(`Tags are disallowed: \`${node.tag}\``, node.range[0]);
      if (isScalar(node)) return this.scalar(node, emptyAt);
      return isMap(node) ? this.mapping(node) : this.sequence(node);
    }
    this.refuse('Aliases are disallowed', node.range[0]);
    return undefined;
  }

  private scalar(node: Scalar.Parsed, emptyAt: number): ScalarNode {
    const value = String(node.value);
    if (value.includes('\0')) this.refuse('The text contains a NUL character', node.range[0], NO_NUL);
    const isEmpty = node.type === 'PLAIN' && value === '';
    return new ScalarNode(isEmpty ? null : value.trim(), this.origin(isEmpty ? emptyAt : node.range[0]));
  }

  private sequence(node: YAMLSeq.Parsed): SequenceNode {
    const items: Node[] = [];
    const tokens = node.srcToken?.items ?? [];
    let start: number | undefined;
    node.items.forEach((item, index) => {
      const dash = tokens[index]?.start.find((token) => token.type === 'seq-item-ind');
      start ??= dash?.offset;
      const converted = this.node(item, dash === undefined ? item.range[0] : dash.offset + 1);
      if (converted !== undefined) items.push(converted);
    });
    return new SequenceNode(items, this.origin(node.flow === true ? node.range[0] : (start ?? node.range[0])));
  }

  private mapping(node: YAMLMap.Parsed): MappingNode {
    const entries = new Map<string, Node>();
    let start: number | undefined;
    for (const pair of node.items) {
      start ??= pair.key.range[0];
      this.pair(pair, entries);
    }
    return new MappingNode(entries, this.origin(node.flow === true ? node.range[0] : (start ?? node.range[0])));
  }

  private pair({ key, value, srcToken }: Pair<ParsedNode, ParsedNode | null>, entries: Map<string, Node>): void {
    const at = key.range[0];
    if (!isScalar(key)) {
      this.refuse('A key must be a string', at);
      return;
    }
    const name = this.node(key, at);
    if (name?.type !== 'scalar') return;
    if (name.value === null) {
      this.refuse('A key must be a string', at);
      return;
    }
    if (entries.has(name.value)) {
      this.refuse(`Key \`${name.value}\` appears twice in one dictionary`, at);
      return;
    }
    const colon = srcToken?.sep?.find((token) => token.type === 'map-value-ind');
    const emptyAt = colon === undefined ? key.range[1] : colon.offset + 1;
    const converted = value === null ? new ScalarNode(null, this.origin(emptyAt)) : this.node(value, emptyAt);
    if (converted !== undefined) entries.set(name.value, converted);
  }

  private syntax(error: {
    readonly code: YAMLParseError['code'];
    readonly message: string;
    readonly pos: [number, number];
  }): void {
    switch (error.code) {
      // Any tag is refused where it stands.
      case 'TAG_RESOLVE_FAILED':
        break;
      case 'RESOURCE_EXHAUSTION':
        this.refuse('The YAML is nested too deeply', error.pos[0]);
        break;
      default:
        this.refuse(`Severely malformed YAML: ${error.message}`, error.pos[0]);
    }
  }

  private refuse(message: string, offset: number, hint?: string): void {
    this.errors.add(new ElementError({ code: 'INVALID_YAML', message, origin: this.origin(offset), hint }));
  }

  private origin(offset: number): Origin {
    const { line, col } = this.lines.linePos(offset);
    let column = Math.max(0, col - 1);
    if (this.hasSurrogates) column = Array.from(this.text.slice(offset - column, offset)).length;
    return this.originOf(Math.max(1, line), column);
  }
}
