import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { RequestPacing } from '../../src/server/request-pacing.js';

test('requests waiting for connections continue once those that arrived together are accepted', async () => {
  const server = createServer();
  const pacing = new RequestPacing(server);
  const whenReleased: number[] = [];
  let accepted = 0;
  server.on('connection', () => {
    accepted += 1;
    void pacing.connectionsAccepted().then(() => whenReleased.push(accepted));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const clients = Array.from({ length: 10 }, () => connect(port, '127.0.0.1'));
  await Promise.all(clients.map((client) => once(client, 'connect')));
  while (whenReleased.length < 10) await new Promise(setImmediate);
  expect(whenReleased).toEqual(Array.from({ length: 10 }, () => 10));
  for (const client of clients) client.destroy();
  server.close();
});

test('a stream of new connections delays no client for long', async () => {
  const server = createServer();
  const pacing = new RequestPacing(server);
  let isReleased = false;
  const comeAgain = (): void => {
    server.emit('connection');
    if (!isReleased) setImmediate(comeAgain);
  };
  comeAgain();
  await pacing.connectionsAccepted();
  isReleased = true;
});

test('without new connections nothing waits for them, and all wait for the end of the same round', async () => {
  const pacing = new RequestPacing(createServer());
  await pacing.connectionsAccepted();
  let isOver = false;
  setImmediate(() => (isOver = true));
  const waiting = [pacing.iterationEnd(), pacing.iterationEnd()].map(async (over) => {
    await over;
    return isOver;
  });
  expect(await Promise.all(waiting)).toEqual([true, true]);
});
