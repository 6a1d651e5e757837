import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { archiveWith } from '../support/archive.js';
import { temporaryDirectories } from '../support/directories.js';
import { startFaultyUpstream } from '../support/faulty-upstream.js';
import { startProxy } from '../support/proxy.js';

const directory = temporaryDirectories();

describe('a shared cache that redirects to another host', () => {
  it('is followed both ways, without the token and the headers that are for the first one', async () => {
    const other = await startFaultyUpstream();
    const heads: IncomingHttpHeaders[] = [];
    const first = createServer((request, response) => {
      heads.push(request.headers);
      request.resume();
      response.writeHead(307, { location: `${other.url}${request.url ?? ''}` }).end();
    });
    await new Promise<void>((resolve) => first.listen(0, '127.0.0.1', resolve));
    const upstream = `http://127.0.0.1:${(first.address() as AddressInfo).port}`;
    const options = { upstream, headers: { 'x-key': 'for-the-first' }, quota: '0' };
    const subject = await startProxy({ directory: directory(), token: 'secret', options });
    try {
      const archive = await archiveWith('moved');
      expect(await subject.put('1', archive)).toBe(200);
      await subject.delivered();
      expect([other.entries.get('1'), other.lastHeaders.authorization, other.lastHeaders['x-key']]).toEqual([
        archive,
        undefined,
        undefined,
      ]);
      expect(await subject.bytes('1')).toEqual(archive);
      expect([other.lastHeaders.authorization, other.lastHeaders['x-key']]).toEqual([undefined, undefined]);
      expect(heads.map(({ authorization, 'x-key': key }) => [authorization, key])).toEqual([
        ['Bearer secret', 'for-the-first'],
        ['Bearer secret', 'for-the-first'],
      ]);
    } finally {
      await subject.proxy.stop('the test is over');
      first.closeAllConnections();
      first.close();
      await other.close();
    }
  });
});
