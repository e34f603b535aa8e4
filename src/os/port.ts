import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { HarnessError } from '../model/harness-error.ts';

/** Below it are the ports that servers are given by hand. */
export const lowestPort = 15_000;
const attemptCount = 50;

/**
 * A free port below the kernel's ephemeral range: one inside it could be taken by any outgoing connection between this check
 * and the target's bind.
 */
export async function pickFreePort(host: string): Promise<number> {
  const highestPort = (await lowestEphemeralPort()) - 1;
  for (let attempt = 0; attempt < attemptCount; attempt++) {
    const port = lowestPort + Math.floor(Math.random() * (highestPort - lowestPort + 1));
    if (await isFree(host, port)) return port;
  }
  const tried = `none of ${attemptCount} ports tried from ${lowestPort} to ${highestPort} is free on ${host}`;
  throw new HarnessError('port-taken', tried, 'stop what listens there');
}

/** The first port that the kernel may give to an outgoing connection. */
export async function lowestEphemeralPort(): Promise<number> {
  const range = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').catch(() => '');
  const low = Number(/^\d+/.exec(range)?.[0] ?? Number.NaN);
  return low > lowestPort ? low : 32_768;
}

/** Nothing listens there. */
export async function isFree(host: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once('error', () => resolve(false));
  server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  return promise;
}
