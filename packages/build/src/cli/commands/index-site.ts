import { resolve } from 'node:path';
import { listenForInterruption } from '@wheelhouse/element/internal';
import { EXIT, parseArguments, usage } from '@wheelhouse/element/program';
import type { Command } from '../command.js';

const help = `wheelhouse index [OPTION]... serve|build DIR

\`serve\` serves the static index in DIR over HTTP until it is interrupted. \`build\` rewrites the pages of the index in DIR
from the files in DIR/files/<name>/.

  --listen HOST:PORT  the address to listen on (default: 127.0.0.1:8080); port 0 takes any free port
  --directory DIR     act as if started in DIR
  --help              show this
`;

const DEFAULT_ADDRESS = '127.0.0.1:8080';

/** `wheelhouse index` */
export const indexSite: Command = {
  summary: 'serve a static index, or rewrite its pages',
  help,
  run: async (argv, context) => {
    const { values, positionals } = parseArguments('wheelhouse index', {
      args: [...argv],
      options: { listen: { type: 'string' }, directory: { type: 'string' } },
      allowPositionals: true,
    });
    const [action, path] = positionals;
    if ((action !== 'serve' && action !== 'build') || path === undefined || positionals.length !== 2) {
      throw usage('wheelhouse index', 'expected `serve DIR` or `build DIR`');
    }
    const address = parseAddress(values.listen ?? DEFAULT_ADDRESS);
    const directory = resolve(context.cwd, values.directory ?? '.', path);
    const { rebuildIndex, serveUntil } = await import('../../index-site.js');
    const interruptible = listenForInterruption(context.process);
    const say = (line: string): void => {
      context.output.write(`${line}\n`);
    };
    try {
      if (action === 'build') await rebuildIndex(directory, { signal: interruptible.signal, say });
      else await serveUntil(directory, { address, signal: interruptible.signal, say });
      return EXIT.done;
    } finally {
      interruptible.dispose();
    }
  },
};

function parseAddress(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host !== undefined && Number(port) <= 65_535) return { host, port: Number(port) };
  throw usage('wheelhouse index', `--listen is \`${text}\`; it must be an address such as \`${DEFAULT_ADDRESS}\``);
}
