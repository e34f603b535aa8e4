import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { LoadPlan } from '../model/scenario.ts';
import { openLoadSession } from './load-session.ts';
import { createNullTarget } from './null-target.ts';
import type { Loop } from './pace/loop.ts';
import { createWorkload } from './request-workload.ts';
import { resolveTarget } from './transport/target-address.ts';

const requestCount = 100;
const ratePerSec = 8_000;
const loadPlan: LoadPlan = {
  ...{ arrivals: 'constant', ratePerSec, steps: null, seed: 1, warmupCount: 0, warmupRatePerSec: ratePerSec },
  ...{ measureMs: 0, drainMs: 0, timeoutMs: 5_000, maxInFlightCount: 1_000, connectionCount: 8 },
};
const workload = createWorkload({ method: 'GET', path: '/', headers: {}, bodyBase64: null, expectedStatus: 200 });

/**
 * Drives a server of this very thread, so that the runtime has compiled what sends, reads and records before the first request
 * to the target is due: else the first hundreds of them show the runtime warming up.
 */
export async function warmUpCode(loop: Loop): Promise<void> {
  const server = createNullTarget().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const point = await resolveTarget({ host: '127.0.0.1', port, isSecure: false });
  const parts = { workload, point, loadPlan, share: null, niceness: 0, loop };
  const session = await openLoadSession({ ...parts, onProgress: () => undefined });
  await session.warmUp(requestCount, ratePerSec);
  session.close();
  server.close();
}
