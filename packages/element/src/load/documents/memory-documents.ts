import { normalPath, type Documents, type FileKind } from './documents.js';
import { parseYaml } from './yaml.js';
import type { MappingNode } from '../node.js';

/** Documents by their paths: nodes, such as a template that is filled in, or the text of a file. */
export type DocumentsByPath = ReadonlyMap<string, MappingNode | string>;

/** A project that is in memory. @throws ElementError PROJ_PATH_INVALID */
export function memoryDocuments(documents: DocumentsByPath): Documents {
  return new MemoryDocuments(
    new Map([...documents].map(([path, document]) => [normalPath(path), document])),
    new Set([...documents.keys()].flatMap((path) => directoriesOf(normalPath(path)))),
  );
}

class MemoryDocuments implements Documents {
  constructor(
    private readonly documents: DocumentsByPath,
    private readonly directories: ReadonlySet<string>,
  ) {}

  read(path: string, label: string = path): Promise<MappingNode | undefined> {
    return new Promise((resolve) => {
      const document = this.documents.get(normalPath(path));
      resolve(typeof document === 'string' ? parseYaml(document, label) : document);
    });
  }

  kind(path: string): Promise<FileKind | undefined> {
    return new Promise((resolve) => {
      const normal = normalPath(path);
      resolve(this.documents.has(normal) ? 'file' : this.directories.has(normal) ? 'directory' : undefined);
    });
  }

  list(directory: string): Promise<readonly string[]> {
    return new Promise((resolve) => {
      const normal = normalPath(directory);
      const prefix = normal === '.' ? '' : `${normal}/`;
      resolve([...this.documents.keys()].filter((path) => path.startsWith(prefix)).sort());
    });
  }
}

/** The directories above a path, `.` among them. */
function directoriesOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return ['.', ...parts.map((_, index) => parts.slice(0, index + 1).join('/'))];
}
