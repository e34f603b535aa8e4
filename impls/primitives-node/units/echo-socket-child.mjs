import { createServer } from 'node:net';
import { ready, serve } from './child.mjs';

const server = createServer({ noDelay: true }, (socket) => {
  let rest = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = bytes.length - (bytes.length % 4);
    const answer = Buffer.allocUnsafe(whole);
    for (let at = 0; at < whole; at += 4) answer.writeInt32LE(bytes.readInt32LE(at) + 1, at);
    socket.write(answer);
    rest = bytes.subarray(whole);
  });
});
serve(() => {});
server.listen(0, '127.0.0.1', () => ready({ port: server.address().port }));
