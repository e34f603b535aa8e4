import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { LoadPlan } from '../model/scenario.ts';
import type { Clock } from './clock.ts';
import { openLoadSession } from './load-session.ts';
import { createNullTarget } from './null-target.ts';
import { createPacer } from './pacer.ts';
import { createWorkload } from './request-workload.ts';
import type { TargetAddress } from './socket.ts';

/**
 * Several sessions, the last of them the longest: code compiled while there has only ever been one session is bound to that
 * one, and thrown away when the next begins.
 */
const requestCounts = [250, 250, 250, 3_000];
const ratePerSec = 8_000;
const profile: LoadPlan = {
  ...{ arrivals: 'constant', ratePerSec, steps: null, seed: 1, warmupCount: 0, warmupRatePerSec: ratePerSec },
  ...{ measureMs: 0, drainMs: 0, timeoutMs: 5_000, maxInFlightCount: 1_000, connectionCount: 8 },
};
const workload = createWorkload({ method: 'GET', path: '/', headers: {}, bodyBase64: null, expectedStatus: 200 });

/**
 * Drives a server of this very process, so that the runtime has compiled what sends, reads and records before the first request
 * to the target is due: else the first hundreds of them show the runtime warming up. What it brings is in decision 0007.
 */
export async function rehearse(clock: Clock): Promise<void> {
  const server = createNullTarget().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const address = { host: '127.0.0.1', port, isSecure: false };
  for (const requestCount of requestCounts) await runSession(clock, address, requestCount);
  server.close();
}

async function runSession(clock: Clock, address: TargetAddress, requestCount: number): Promise<void> {
  const pacer = createPacer('timer', clock);
  const parts = { workload, address, profile, share: null, niceness: 0, clock, pacer };
  const session = await openLoadSession({ ...parts, onProgress: () => undefined });
  await session.warmUp(requestCount, ratePerSec);
  session.close();
}
