import { applyEdits, modify, parse, printParseErrorCode, type JSONPath, type ParseError } from 'jsonc-parser';
import type { InitGeneratorSchema } from './schema.js';
import { readProxyOptions } from '../../proxy/proxy-options.js';

/** What this generator needs of the tree of files that Nx hands it; `@nx/devkit` is not loaded on servers for it. */
interface FileTree {
  read(path: string, encoding: 'utf8'): string | null;
  write(path: string, content: string): void;
}

const PLUGIN = '@wheelhouse/cache';
const NX_JSON = 'nx.json';

/**
 * Registers the plugin in `nx.json`: what `nx add @wheelhouse/cache` runs. An entry that is there keeps its options, and
 * comments stay.
 *
 * @throws Error if `nx.json` is not valid, or `upstream` is not an address
 */
export default function init(tree: FileTree, { upstream }: InitGeneratorSchema): void {
  const options = upstream === undefined ? {} : { upstream };
  const read = readProxyOptions(options);
  if ('problems' in read) throw new Error(`${PLUGIN}: ${read.problems.join('; ')}`);
  const text = tree.read(NX_JSON, 'utf8') ?? '{}\n';
  const plugins = pluginsOf(text);
  const index = plugins.findIndex((entry) => nameOf(entry) === PLUGIN);
  if (index < 0) tree.write(NX_JSON, edited(text, ['plugins', plugins.length], { plugin: PLUGIN, options }));
  else if (upstream !== undefined) tree.write(NX_JSON, withUpstream(text, index, plugins[index], upstream));
}

/** @throws Error if the text is not a JSON object, or its `plugins` are not a list */
function pluginsOf(text: string): readonly unknown[] {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first !== undefined) {
    const before = text.slice(0, first.offset);
    const line = before.split('\n').length;
    throw new Error(
      `${NX_JSON} [line ${line} column ${before.length - before.lastIndexOf('\n') - 1}]: not valid JSON: ${printParseErrorCode(first.error)}`,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${NX_JSON}: not a JSON object`);
  }
  const { plugins = [] } = value as { readonly plugins?: unknown };
  if (!Array.isArray(plugins)) throw new Error(`${NX_JSON}: \`plugins\` is not a list`);
  return plugins;
}

function nameOf(entry: unknown): unknown {
  return typeof entry === 'object' && entry !== null ? (entry as { readonly plugin?: unknown }).plugin : entry;
}

function withUpstream(text: string, index: number, entry: unknown, upstream: string): string {
  if (typeof entry === 'object') return edited(text, ['plugins', index, 'options', 'upstream'], upstream);
  return edited(text, ['plugins', index], { plugin: PLUGIN, options: { upstream } });
}

function edited(text: string, path: JSONPath, value: unknown): string {
  const formattingOptions = { insertSpaces: true, tabSize: 2, keepLines: true };
  return applyEdits(text, modify(text, path, value, { formattingOptions }));
}
