import { connect, createServer, type Socket } from 'node:net';
import { type Link, maxWaiting } from '../_node/raft/host/links.ts';
import type { Parcel } from '../_node/raft/host/remote-node.ts';

/** A line of JSON for each parcel: JSON has no line ends of its own. */
export function openSocketLink(name: string, broken: () => void): Link<Parcel> {
  const socket = connect(name);
  socket.once('error', broken);
  socket.once('close', broken);
  let waitingCount = 0;
  const written = (): void => {
    waitingCount -= 1;
  };
  return {
    // What a broken or overfull link loses the network may lose: a leader sends again.
    send(parcel) {
      if (waitingCount >= maxWaiting) return;
      waitingCount += 1;
      socket.write(`${JSON.stringify(parcel)}\n`, written);
    },
    close: () => void socket.destroy(),
  };
}

/** Hands over whatever comes in through any number of links. */
export function listenForParcels(name: string, arrive: (parcel: Parcel) => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const server = createServer((socket) => readLines(socket, (line) => arrive(JSON.parse(line))));
  server.once('error', reject);
  server.listen(name, resolve);
  return promise;
}

function readLines(socket: Socket, take: (line: string) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('error', () => {});
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  });
}
