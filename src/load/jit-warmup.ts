import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { LoadPlan } from '../model/scenario.ts';
import type { Operation, Workload } from '../model/workload.ts';
import { openLoadSession } from './load-session.ts';
import type { Loop } from './pace/loop.ts';
import { resolveTarget } from './transport/target-address.ts';

const requestCount = 100;
const ratePerSec = 8_000;
const loadPlan: LoadPlan = {
  ...{ arrivals: 'constant', ratePerSec, steps: null, seed: 1, warmupCount: 0, warmupRatePerSec: ratePerSec },
  ...{ measureMs: 0, drainMs: 0, timeoutMs: 5_000, maxInFlightCount: 1_000, connectionCount: 8 },
};
const operation: Operation = {
  name: 'warm-up',
  request: { method: 'GET', path: '/', headers: {}, body: null },
  check: ({ status }) => (status === 200 ? null : `status ${status}`),
  abandon() {},
};
const workload: Workload = {
  ...{ id: 'warm-up', service: 'warm-up', version: 1, description: '', mix: {}, fixedRatePerSec: null },
  open: () => ({
    next: () => operation,
    streams: [],
    onEvent: () => null,
    acknowledged: () => ({ createdCount: 0, deletedCount: 0, uncertainCount: 0 }),
  }),
};
const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

/**
 * Drives a server of this very thread, so that the runtime has compiled what sends, reads and records before the first request
 * to the target is due: else the first hundreds of them show the runtime warming up.
 */
export async function warmUpCode(loop: Loop): Promise<void> {
  const server = createServer({ noDelay: true }, (socket) => socket.on('data', () => socket.write(answer)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const point = await resolveTarget({ host: '127.0.0.1', port, isSecure: false });
  const parts = { workload, point, loadPlan, share: null, niceness: 0, loop };
  const session = await openLoadSession({ ...parts, onProgress: () => undefined });
  await session.warmUp(requestCount, ratePerSec);
  session.close();
  server.close();
}
