/*
 * The floor under `driver-cost`: the least Node program that sends as evenly. One futex sleep, one write and one read a
 * request, 50 connections in turn; nothing is checked or recorded, and it waits for each answer (so it is no load generator).
 * `npm run pace-floor -- [--rate 100,1000,5000] [--seconds 5]`; against the Go null target of test/peers.
 */

import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { startNullTarget } from '../peers/null-target.ts';

const { values: options } = parseArgs({
  options: {
    rate: { type: 'string', default: '100,1000,5000' },
    seconds: { type: 'string', default: '5' },
  },
});
const target = await startNullTarget(new AbortController().signal);
const { hostname, port } = new URL(target.url);
const connectionCount = 50;
const warmupCount = 2_000;
const request = Buffer.from(`GET /echo HTTP/1.1\r\nhost: ${hostname}:${port}\r\n\r\n`);
const buffer = Buffer.allocUnsafeSlow(65_536);
const cell = new Int32Array(new SharedArrayBuffer(4));

// As the driver does: no slack on sleeps.
writeFileSync('/proc/self/timerslack_ns', '1');
try {
  for (const ratePerSec of options.rate.split(',').map(Number)) {
    const micros = await measure(ratePerSec, ratePerSec * Number(options.seconds));
    console.log(`${String(ratePerSec).padStart(6)}/s  ${micros.toFixed(1)} µs of CPU a request`);
  }
} finally {
  await target.stop();
}

async function measure(ratePerSec: number, requestCount: number): Promise<number> {
  let onAnswer: () => void = () => undefined;
  const sockets = await Promise.all(Array.from({ length: connectionCount }, () => open(() => onAnswer())));
  const { promise, resolve } = Promise.withResolvers<number>();
  const gapNs = 1e9 / ratePerSec;
  let sentCount = 0;
  let dueNs = 0;
  let cpuAtStart = process.cpuUsage();
  onAnswer = () => {
    if (sentCount === warmupCount) {
      cpuAtStart = process.cpuUsage();
      dueNs = Number(process.hrtime.bigint());
    }
    if (sentCount === warmupCount + requestCount) {
      const { user, system } = process.cpuUsage(cpuAtStart);
      return resolve((user + system) / requestCount);
    }
    if (sentCount >= warmupCount) {
      dueNs += gapNs;
      const remainingMs = (dueNs - Number(process.hrtime.bigint())) / 1e6;
      if (remainingMs > 0) Atomics.wait(cell, 0, 0, remainingMs);
    }
    sockets[sentCount++ % connectionCount]?.write(request);
  };
  onAnswer();
  const micros = await promise;
  for (const socket of sockets) socket.destroy();
  return micros;
}

function open(onAnswer: () => void): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const callback = () => {
      onAnswer();
      return true;
    };
    const socket = connect({ host: hostname, port: Number(port), noDelay: true, onread: { buffer, callback } });
    socket.once('connect', () => resolve(socket)).once('error', reject);
  });
}
