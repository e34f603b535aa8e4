// test-lane: alone
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openLoadSession } from '../../src/load/load-session.ts';
import { loadKernel } from '../../src/load/transport/kernel.ts';
import { createNativeLoop } from '../../src/load/transport/native-loop.ts';
import { resolveTarget } from '../../src/load/transport/target-address.ts';
import type { LoadResult } from '../../src/model/load-result.ts';
import type { LoadPlan } from '../../src/model/scenario.ts';
import type { Workload } from '../../src/model/workload.ts';
import { createWorkload } from '../../src/run/request-workload.ts';

const gapMs = 25;

describe('answers that are read late', { skip: loadKernel() ?? false }, () => {
  let server: ChildProcess;
  let port: number;
  before(async () => {
    server = fork(join(import.meta.dirname, 'fixtures', 'small-and-large.ts'));
    [port] = (await once(server, 'message')) as [number];
  });
  after(() => server.kill('SIGKILL'));

  const drive = async (path: string, change: Partial<Workload> = {}, maxInFlightCount = 100): Promise<LoadResult> => {
    const loadPlan: LoadPlan = {
      ...{
        arrivals: 'constant',
        ratePerSec: 1_000 / gapMs,
        steps: null,
        seed: 1,
        warmupCount: 0,
        warmupRatePerSec: 40,
      },
      ...{ measureMs: 1_500, drainMs: 2_000, timeoutMs: 5_000, maxInFlightCount, connectionCount: 10 },
    };
    const workload = createWorkload({ method: 'GET', path, headers: {}, bodyBase64: null, expectedStatus: 200 });
    const point = await resolveTarget({ host: '127.0.0.1', port, isSecure: false });
    const loop = createNativeLoop();
    const parts = { workload: { ...workload, ...change }, point, loadPlan, share: null, niceness: 0, loop };
    const session = await openLoadSession({ ...parts, onProgress: () => undefined });
    await session.warmUp(10, 100);
    const { result } = await session.measure(loop.nowNs() + 10e6, () => undefined);
    session.close();
    loop.close();
    assert.equal(result.counts.okCount, result.counts.scheduledCount);
    return result;
  };
  const wakeupsPerRequest = ({ generator, counts }: LoadResult) => Number(generator.wakeupCount) / counts.sentCount;

  test('cost one wake-up less, and have the time at which they came', async () => {
    const late = await drive('/');
    const atOnce = await drive('/', { clusterFault: 'none' });
    assert.ok(
      wakeupsPerRequest(late) < wakeupsPerRequest(atOnce) - 0.5,
      `${wakeupsPerRequest(late)} and ${wakeupsPerRequest(atOnce)}`,
    );
    // They are read when the next request is due.
    assert.ok(Number(late.serviceTime.p50Ms) < gapMs / 2, `${late.serviceTime.p50Ms} ms`);
  });

  test('are read before a request is unsent because too many are in flight', async () => {
    const { counts } = await drive('/', {}, 1);
    assert.equal(counts.unsentCount, 0);
  });

  test('are read as they come where the kernel cannot hold them', async () => {
    const { serviceTime } = await drive('/large');
    assert.ok(Number(serviceTime.p50Ms) < gapMs, `${serviceTime.p50Ms} ms`);
  });
});
