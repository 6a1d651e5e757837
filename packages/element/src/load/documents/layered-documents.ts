import type { Documents, FileKind } from './documents.js';
import type { MappingNode } from '../node.js';

/** The documents of `lower`, hidden by those of `upper` that have the same paths. */
export function layeredDocuments(lower: Documents, upper: Documents): Documents {
  return new LayeredDocuments(lower, upper);
}

class LayeredDocuments implements Documents {
  constructor(
    private readonly lower: Documents,
    private readonly upper: Documents,
  ) {}

  get junction(): string | undefined {
    return this.lower.junction;
  }

  async read(path: string, label?: string): Promise<MappingNode | undefined> {
    return (await this.upper.read(path, label)) ?? (await this.lower.read(path, label));
  }

  async kind(path: string): Promise<FileKind | undefined> {
    return (await this.upper.kind(path)) ?? (await this.lower.kind(path));
  }

  async list(directory: string): Promise<readonly string[]> {
    const listed = async (documents: Documents): Promise<readonly string[]> =>
      (await documents.kind(directory)) === 'directory' ? await documents.list(directory) : [];
    return [...new Set([...(await listed(this.lower)), ...(await listed(this.upper))])].sort();
  }
}
