import { once } from 'node:events';
import { serveIndex, StaticIndex, type ListenAddress } from '@wheelhouse/python-stage/publish';

interface RunContext {
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Writes the pages of a static index anew. @param directory absolute path */
export async function rebuildIndex(directory: string, { signal, say }: RunContext): Promise<void> {
  const { projects, files } = await new StaticIndex(directory, signal).rebuild();
  say(`index of ${files} files in ${projects} projects`);
}

/** Serves a static index until the signal, and lets downloads end then. @param directory absolute path */
export async function serveUntil(
  directory: string,
  { address, signal, say }: RunContext & { readonly address: ListenAddress },
): Promise<void> {
  const server = await serveIndex(directory, address);
  try {
    say(`index: ${server.url}`);
    if (!signal.aborted) await once(signal, 'abort');
  } finally {
    await server.close();
  }
}
