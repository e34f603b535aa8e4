/*
 * The floor under paceline's driver: the least Node program that sends as evenly. One futex sleep, one write and one read a
 * request; nothing is checked or recorded, and it waits for each answer, so it is no load generator: `bench:peers` has it
 * beside the others to show what Node itself costs. node-baseline.ts URL RATE SECONDS CONNECTIONS
 */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createNullTarget } from '../../src/load/null-target.ts';

const [url = '', ratePerSec = '', seconds = '', connectionCount = ''] = process.argv.slice(2);
const jitWarmupCount = 4_000;
const sleepSlot = new Int32Array(new SharedArrayBuffer(4));
const buffer = Buffer.allocUnsafeSlow(65_536);

// As the driver does: no slack on sleeps, and code that is compiled before the first request is due.
writeFileSync('/proc/self/timerslack_ns', '1');
await warmUpJit();
await drive(
  new URL(url),
  Number(connectionCount),
  Math.round(Number(ratePerSec) * Number(seconds)),
  1e9 / Number(ratePerSec),
);

async function warmUpJit(): Promise<void> {
  const server = createNullTarget().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await drive(new URL(`http://127.0.0.1:${port}/`), 8, jitWarmupCount, 0);
  server.close();
}

/** Sends `count` requests, one each `gapNs`, over the connections in turn. */
async function drive(target: URL, connectionCount: number, count: number, gapNs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const request = Buffer.from(`GET ${target.pathname} HTTP/1.1\r\nhost: ${target.host}\r\n\r\n`);
  let sentCount = 0;
  let dueNs = Number(process.hrtime.bigint());
  const next = () => {
    if (sentCount === count) return resolve();
    const remainingMs = (dueNs - Number(process.hrtime.bigint())) / 1e6;
    if (remainingMs > 0) Atomics.wait(sleepSlot, 0, 0, remainingMs);
    dueNs += gapNs;
    sockets[sentCount++ % connectionCount]?.write(request);
  };
  const sockets = await Promise.all(Array.from({ length: connectionCount }, () => open(target, next)));
  dueNs = Number(process.hrtime.bigint());
  next();
  await promise;
  for (const socket of sockets) socket.destroy();
}

async function open({ hostname, port }: URL, onAnswer: () => void): Promise<Socket> {
  const callback = () => {
    onAnswer();
    return true;
  };
  const socket = connect({ host: hostname, port: Number(port), noDelay: true, onread: { buffer, callback } });
  await once(socket, 'connect');
  return socket;
}
