import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer of {@link FaultyIndex}. */
export interface Answer {
  readonly status?: number;
  readonly type?: string;
  readonly location?: string;
  readonly body?: string;
  /** How long the answer claims to be, in bytes, where that is not its length. */
  readonly claims?: number;
}

/** An index that answers everything in one way: `/<answer>/<name>/`, the answer one of a table. */
export class FaultyIndex {
  private constructor(
    private readonly server: Server,
    private readonly answers: Readonly<Record<string, Answer>>,
  ) {}

  static async start(answers: Readonly<Record<string, Answer>>): Promise<FaultyIndex> {
    const server = createServer((request, response) => {
      const [, kind = ''] = (request.url ?? '').split('/');
      const { status = 200, type = 'text/html', location, body = '', claims } = answers[kind] ?? { status: 404 };
      response.writeHead(status, {
        ...(type === '' ? {} : { 'content-type': type }),
        ...(location === undefined ? {} : { location: location === '' ? request.url : location }),
        'content-length': claims ?? Buffer.byteLength(body),
      });
      if (claims === undefined) response.end(body);
      else response.write(body, () => response.destroy());
    });
    const index = new FaultyIndex(server, answers);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return index;
  }

  /** The address of the index that answers so. */
  url(answer: string): string {
    if (answer !== '' && this.answers[answer] === undefined) throw new Error(`no answer ${answer}`);
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/${answer}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
