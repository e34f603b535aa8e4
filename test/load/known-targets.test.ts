// test-lane: waits
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGenerator } from '../../src/load/generator.ts';
import type { LoadPlan } from '../../src/model/scenario.ts';
import { pickFreePort } from '../../src/os/port.ts';

/* The fixtures whose faults are known to the request, over real sockets: counts are asserted, their times are figures. */

const echoPath = join(import.meta.dirname, '..', '..', 'bench', 'echo', 'workloads', 'echo.ts');
const fixtures = join(import.meta.dirname, '..', 'fixtures', 'impls');
const requestCount = 200;

const loadPlan: LoadPlan = {
  ...{ arrivals: 'constant', ratePerSec: 400, steps: null, warmupCount: 0, warmupRatePerSec: 1, measureMs: 500 },
  ...{ drainMs: 5_000, timeoutMs: 20_000, maxInFlightCount: 1_000, connectionCount: 64, seed: 1 },
};

async function drive(context: TestContext, fixture: string, env: NodeJS.ProcessEnv) {
  const port = await pickFreePort('127.0.0.1');
  const settings = { ...process.env, HOST: '127.0.0.1', PORT: String(port), LATER_AFTER: '0', ...env };
  const child = spawn(process.execPath, [join(fixtures, fixture, 'main.ts')], { env: settings, stdio: 'ignore' });
  context.after(() => child.kill('SIGKILL'));
  await listening(port);
  const generator = await startGenerator({
    ...{ workloadPath: echoPath, targetUrl: `http://127.0.0.1:${port}`, loadPlan, joinPaths: [], niceness: 0 },
    ...{ signal: new AbortController().signal, onProgress: () => undefined },
  });
  context.after(() => generator.stop());
  const result = await generator.measure(Number(process.hrtime.bigint()) + 100e6, () => undefined);
  assert.equal(result.counts.scheduledCount, requestCount);
  return result;
}

async function listening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isOpen) return;
    await sleep(20);
  }
}

describe('a target of a known fault', { concurrency: 2 }, () => {
  test('one that drips its answer byte by byte is read whole', async (context) => {
    const { counts } = await drive(context, 'drip', { DRIP_MS: '1' });
    assert.equal(counts.okCount, requestCount);
  });

  test('one that freezes wholly is sent everything all the same', async (context) => {
    const { counts } = await drive(context, 'freeze', { FREEZE_MS: '1000' });
    assert.equal(counts.okCount, requestCount);
  });

  test('one that resets each 20th connection fails just those', async (context) => {
    const { counts, errors } = await drive(context, 'reset-later', {});
    assert.deepEqual([counts.failedCount, counts.okCount], [10, 190]);
    assert.deepEqual(errors, [{ reason: 'echo: ECONNRESET', count: 10 }]);
  });

  test('one that answers 503 in bursts is wrong just then', async (context) => {
    const { counts, responseTime } = await drive(context, 'burst-later', {});
    assert.deepEqual([counts.wrongCount, counts.okCount], [40, 160]);
    assert.equal(responseTime.count, 160);
  });

  test('one that closes connections at random loses nothing that was sent on another', async (context) => {
    const { counts, generator, errors } = await drive(context, 'close-later', {});
    // A request may cross the close on its way: that one, and only that one, has no answer.
    assert.equal(counts.okCount + counts.failedCount, requestCount);
    assert.ok(errors.every(({ reason }) => /closed|ECONNRESET|EPIPE/.test(reason)));
    assert.ok(generator.connectionsOpenedCount > 10);
  });
});
