/** A server in a process of its own, until its input ends. Says where it is and a token of a trusted build. */
import { startServer } from './server.js';

void startServer({ directory: process.argv[2] ?? '' }).then(({ server, url, tokens }) => {
  process.stdout.write(`${JSON.stringify({ url, token: tokens.main })}\n`);
  process.stdin.resume().once('end', () => void server.stop(100));
});
