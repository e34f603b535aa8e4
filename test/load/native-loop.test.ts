// test-lane: alone
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket as Peer, type Server } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLoadSession } from '../../src/load/load-session.ts';
import type { Loop, PacedSource } from '../../src/load/pace/loop.ts';
import { loadKernel } from '../../src/load/transport/kernel.ts';
import { createNativeLoop } from '../../src/load/transport/native-loop.ts';
import { resolveTarget } from '../../src/load/transport/target-address.ts';
import type { LoadPlan } from '../../src/model/scenario.ts';
import { createWorkload } from '../../src/run/request-workload.ts';
import { createNullTarget } from '../../src/target/null-target.ts';

const skip = loadKernel() ?? false;
const nsPerMs = 1e6;

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** Calls `onWake` at each due time, so many of them, `gapMs` apart. */
function pacedBy(loop: Loop, gapMs: number, count: number, onWake: (lateNs: number) => void): Promise<void> {
  return new Promise((resolve) => {
    let leftCount = count;
    const source: PacedSource & { nextDueNs: number } = {
      nextDueNs: loop.nowNs() + gapMs * nsPerMs,
      readsLate: false,
      isQuiet: () => true,
      wake: (nowNs) => {
        onWake(nowNs - source.nextDueNs);
        source.nextDueNs += gapMs * nsPerMs;
        if (--leftCount > 0) return;
        loop.rest();
        resolve();
      },
    };
    loop.pace(source);
  });
}

test('a server begun beside a new loop is served before the first due time, not after a stay', { skip }, async () => {
  // From here on this is called by an event, as the generator is by its parent's message: Node has no turn before the loop's.
  await readFile(import.meta.filename);
  const young = createNativeLoop();
  let acceptedCount = 0;
  const neighbour = createServer(() => acceptedCount++);
  neighbour.listen(0, '127.0.0.1');
  await once(neighbour, 'listening');
  const { port } = neighbour.address() as AddressInfo;
  const point = await resolveTarget({ host: '127.0.0.1', port, isSecure: false });
  const silent = { onOpen: () => undefined, onData: () => undefined, onEnd: () => undefined, onClose: () => undefined };
  const socket = young.connect(point, silent);
  let acceptedBeforeCount = -1;
  await pacedBy(young, 90, 1, () => {
    acceptedBeforeCount = acceptedCount;
  });
  socket.destroy();
  young.close();
  neighbour.close();
  assert.equal(acceptedBeforeCount, 1);
});

describe('the native loop', { skip }, () => {
  let loop: Loop;
  let server: Server;
  const peers = new Set<Peer>();
  let serve: (socket: Peer) => void = () => undefined;
  before(async () => {
    loop = createNativeLoop();
    server = createServer((socket) => {
      peers.add(socket.on('error', () => undefined));
      serve(socket);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  after(() => {
    loop.close();
    for (const peer of peers) peer.destroy();
    server.close();
  });
  const pointAt = async (port: number, host = '127.0.0.1') => resolveTarget({ host, port, isSecure: false });
  const ownPoint = () => pointAt((server.address() as AddressInfo).port);

  test('wakes at each due time, never before, once each', async () => {
    const lateNs: number[] = [];
    await pacedBy(loop, 2, 50, (late) => lateNs.push(late));
    assert.equal(lateNs.length, 50);
    assert.ok(lateNs.every((late) => late >= 0));
    assert.ok(medianOf(lateNs) < nsPerMs, `${medianOf(lateNs)} ns late`);
  });

  test('alarms ring in the order of their times, and not when they are cancelled', async () => {
    const rung: string[] = [];
    const nowNs = loop.nowNs();
    loop.at(nowNs + 4 * nsPerMs, () => rung.push('second'));
    loop.at(nowNs + 2 * nsPerMs, () => rung.push('first'));
    const cancelled = loop.at(nowNs + 3 * nsPerMs, () => rung.push('never'));
    cancelled.cancel();
    await new Promise<void>((resolve) => loop.at(nowNs + 6 * nsPerMs, resolve));
    assert.deepEqual(rung, ['first', 'second']);
  });

  test("Node's own timers go on while a source is paced", async () => {
    let ringCount = 0;
    const timer = setInterval(() => ringCount++, 20);
    await pacedBy(loop, 5, 200, () => undefined);
    clearInterval(timer);
    assert.ok(ringCount >= 5, `${ringCount} rings in a second`);
  });

  test('what the kernel does not take at once is sent when it does, in order', async () => {
    const received: Buffer[] = [];
    serve = (socket) => {
      socket.pause();
      setTimeout(() => socket.on('data', (bytes) => received.push(bytes as Buffer)).resume(), 50);
    };
    const bytes = Buffer.from(Array.from({ length: 8 * 2 ** 20 }, (_, index) => (index * 31) & 0xff));
    const point = await ownPoint();
    await new Promise<void>((resolve) => {
      const socket = loop.connect(point, {
        onOpen: () => {
          assert.equal(socket.write(bytes, bytes.length), true);
          assert.equal(socket.hasUnsentBytes, true);
          resolve();
        },
        ...{ onData: () => undefined, onEnd: () => undefined, onClose: () => undefined },
      });
    });
    while (received.reduce((sum, { length }) => sum + length, 0) < bytes.length) await sleep(20);
    assert.ok(Buffer.concat(received).equals(bytes));
  });

  test('a descriptor that the kernel hands out again never hears of its former connection', async () => {
    serve = (socket) => socket.write('x');
    const point = await ownPoint();
    for (let round = 0; round < 50; round++) {
      const told: string[] = [];
      await new Promise<void>((resolve) => {
        const first = loop.connect(point, {
          onOpen: () => undefined,
          onData: () => {
            first.destroy();
            loop.connect(point, {
              ...{ onOpen: () => told.push('open'), onEnd: () => undefined, onClose: () => undefined },
              onData: () => {
                told.push('data');
                resolve();
              },
            });
          },
          ...{ onEnd: () => told.push('end'), onClose: () => told.push('close') },
        });
      });
      assert.deepEqual(told, ['open', 'data']);
    }
  });

  test('a name that nobody knows and a port that is refused are told as such', async () => {
    const reasonOf = async (port: number, host?: string) => {
      const point = await pointAt(port, host);
      return new Promise<string>((resolve) => {
        const nothing = () => undefined;
        loop.connect(point, { onOpen: nothing, onData: nothing, onEnd: nothing, onClose: resolve });
      });
    };
    assert.equal(await reasonOf(1), 'ECONNREFUSED');
    assert.match(await reasonOf(80, 'nobody.invalid'), /ENOTFOUND|EAI_AGAIN/);
  });

  test('a thousand sessions leave no descriptor behind', async () => {
    const loadPlan: LoadPlan = {
      ...{ arrivals: 'constant', ratePerSec: 1e6, steps: null, seed: 1, warmupCount: 0, warmupRatePerSec: 1e6 },
      ...{ measureMs: 1, drainMs: 100, timeoutMs: 5_000, maxInFlightCount: 10, connectionCount: 2 },
    };
    const workload = createWorkload({ method: 'GET', path: '/', headers: {}, bodyBase64: null, expectedStatus: 200 });
    const target = createNullTarget().listen(0, '127.0.0.1');
    await once(target, 'listening');
    const point = await pointAt((target.address() as AddressInfo).port);
    const openCount = () => readdirSync('/proc/self/fd').length;
    const beforeCount = openCount();
    for (let round = 0; round < 1_000; round++) {
      const parts = { workload, point, loadPlan, share: null, niceness: 0, loop, onProgress: () => undefined };
      const session = await openLoadSession(parts);
      assert.equal((await session.warmUp(2, 1e6)).okCount, 2);
      session.close();
      createNativeLoop().close();
    }
    target.close();
    await once(target, 'close');
    assert.ok(openCount() <= beforeCount, `${openCount()} open, ${beforeCount} before`);
  });
});

test('a parent is answered within milliseconds while nothing is due, and nothing spins', { skip }, async () => {
  const child = fork(join(import.meta.dirname, 'fixtures', 'native-rest.ts'), { serialization: 'json' });
  await once(child, 'message');
  const ask = async (): Promise<readonly [tookMs: number, cpuMs: number]> => {
    const askedMs = performance.now();
    child.send('?');
    const [cpuMs] = (await once(child, 'message')) as [number];
    return [performance.now() - askedMs, cpuMs];
  };
  await sleep(300);
  const tookMs: number[] = [];
  for (let round = 0; round < 15; round++) {
    tookMs.push((await ask())[0]);
    await sleep(7);
  }
  const [, beforeMs] = await ask();
  const sleptBefore = await sleepCount(child.pid);
  const startMs = performance.now();
  await sleep(5_000);
  const sleptAfter = await sleepCount(child.pid);
  const [, afterMs] = await ask();
  const coreRatio = (afterMs - beforeMs) / (performance.now() - startMs);
  child.kill('SIGKILL');
  // A stay at rest is 500 ms long: an answer that waited for its end would take 250 ms at the median.
  assert.ok(medianOf(tookMs) < 50, `answered in ${medianOf(tookMs)} ms`);
  // Ten stays in five seconds, and what else wakes Node. The CPU is the loop's thread alone: V8 works on others when it likes.
  assert.ok(sleptAfter - sleptBefore < 60, `slept ${sleptAfter - sleptBefore} times`);
  assert.ok(
    coreRatio < 0.1,
    `${(100 * coreRatio).toFixed(2)} % of a core at rest, where a loop that spins takes all of it`,
  );
});

/** How often the main thread of a process went to sleep by itself (proc(5), voluntary_ctxt_switches). */
async function sleepCount(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/task/${pid}/status`, 'utf8');
  return Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(status)?.[1]);
}
