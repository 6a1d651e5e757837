import { readFileSync } from 'node:fs';
import { originsIn } from '../../base/origin.js';
import { replaceMemo } from '../../base/replace-file.js';
import { digestOf } from '../../cas/digest.js';
import type { MappingNode } from '../node.js';
import { decodeNode, encodeNode, type CompiledMapping } from './compiled-node.js';
import { parseYaml } from './yaml.js';

/** Raised whenever the parser gives other nodes for some text, or a line means something else. */
const FORMAT = 'parsed-documents 1';
/** Documents remembered; those that were used longest ago are forgotten first. */
const CAPACITY = 20_000;

/**
 * What parsing gave for the texts of a project's documents, by the digests of the texts: a document is read each time,
 * and one whose text is known is not parsed. So nothing in here can be out of date (docs/adr/0114).
 *
 * All of it is one file, loaded at the first document. One that is absent, damaged, or replaced by another process costs
 * time and nothing else. Texts with errors are not remembered.
 */
export class ParsedDocuments {
  private loaded: Map<string, string> | undefined;
  private readonly learned = new Map<string, string>();
  private readonly used = new Set<string>();

  /**
   * @param file absolute path of the memo
   * @param version of this program: what another one has parsed counts as absent
   */
  constructor(
    private readonly file: string,
    private readonly version: string,
  ) {}

  /** As {@link parseYaml}, and it throws the same. */
  parse(text: string, file: string, junction?: string): MappingNode {
    const { hash } = digestOf(text);
    this.used.add(hash);
    const known = this.entries().get(hash);
    if (known !== undefined) return decodeNode(JSON.parse(known) as CompiledMapping, originsIn(file, junction));
    const node = parseYaml(text, file, junction);
    this.learned.set(hash, JSON.stringify(encodeNode(node)));
    return node;
  }

  /** Writes what was learned since the last time, beside what other processes have written; nothing, if nothing was. */
  save(): void {
    if (this.learned.size === 0) return;
    const entries = this.read();
    const used = [...this.used].flatMap((hash) => {
      const entry = this.learned.get(hash) ?? entries.get(hash);
      entries.delete(hash);
      return entry === undefined ? [] : [[hash, entry] as const];
    });
    const kept = [...entries, ...used].slice(-CAPACITY);
    const lines = kept.map(([hash, entry]) => `${hash} ${entry}\n`).join('');
    replaceMemo(this.file, `${this.headOf(lines)}${lines}`);
    this.learned.clear();
    this.loaded = new Map(kept);
  }

  private entries(): Map<string, string> {
    this.loaded ??= this.read();
    return this.loaded;
  }

  private read(): Map<string, string> {
    let text;
    try {
      text = readFileSync(this.file, 'utf8');
    } catch {
      // No memo yet, or none that can be read: documents are parsed instead.
      return new Map();
    }
    const lines = text.slice(text.indexOf('\n') + 1);
    if (!text.startsWith(this.headOf(lines))) return new Map();
    const entries = lines.split('\n').slice(0, -1);
    return new Map(entries.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]));
  }

  /** The first line: a digest of the others, because a disk that was full or lost power leaves a file of any content. */
  private headOf(lines: string): string {
    return `${FORMAT} ${this.version} ${digestOf(lines).hash}\n`;
  }
}
