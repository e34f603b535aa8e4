// test-lane: waits
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGenerator } from '../../src/load/generator.ts';
import type { LoadResult } from '../../src/model/load-result.ts';
import type { LoadPlan } from '../../src/model/scenario.ts';
import { requestWorkloadPath } from '../../src/run/request-workload.ts';
import { loopMakers } from './loops.ts';

/* Targets that do what no target should: each costs the requests it spoils, in time, with a reason, and no more CPU than others. */

const loadPlan: LoadPlan = {
  ...{ arrivals: 'constant', ratePerSec: 50, steps: null, warmupCount: 0, warmupRatePerSec: 1, measureMs: 1_000 },
  // Longer than a busy machine may hold up the targets here, which share one thread: what answers must not time out.
  ...{ drainMs: 4_000, timeoutMs: 4_000, maxInFlightCount: 1_000, connectionCount: 16, seed: 1 },
};
/** Where no answer comes there is none to miss. */
const shortWait = { drainMs: 500, timeoutMs: 400 };
const requestCount = 50;
const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

/** The address of a listener that takes no more connections than the few that wait in its queue, which is full. */
async function deafListener(context: TestContext): Promise<string> {
  const program = `const net = require('node:net');
    const server = net.createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      process.stdout.write(String(server.address().port) + '\\n', () => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      });
    });`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(() => child.kill('SIGKILL'));
  const [line] = await once(child.stdout, 'data');
  const port = Number(String(line));
  const fillers = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  context.after(() => {
    for (const filler of fillers) filler.destroy();
  });
  await sleep(200);
  return `http://127.0.0.1:${port}`;
}

async function serverOf(context: TestContext, serve: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
    socket.on('data', () => serve(socket));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Gives the reason where it cannot be had. */
function prlimit(...args: readonly string[]): string | null {
  try {
    execFileSync('prlimit', args.length === 0 ? ['--version'] : args);
    return null;
  } catch (error) {
    return `prlimit: ${(error as Error).message}`;
  }
}

for (const [transport] of loopMakers) {
  const drive = async (
    context: TestContext,
    targetUrl: string,
    part: Partial<LoadPlan> = {},
    onReady: (pid: number) => void = () => undefined,
  ): Promise<LoadResult> => {
    const workloadArgument = { method: 'GET', path: '/', headers: {}, bodyBase64: null, expectedStatus: 200 };
    const generator = await startGenerator({
      ...{ workloadPath: requestWorkloadPath, workloadArgument, targetUrl, transport, joinPaths: [], niceness: 0 },
      ...{ loadPlan: { ...loadPlan, ...part }, signal: new AbortController().signal, onProgress: () => undefined },
    });
    context.after(() => generator.stop());
    onReady(generator.pid);
    const startedMs = performance.now();
    const result = await generator.measure(Number(process.hrtime.bigint()) + 100e6, () => undefined);
    assert.equal(result.counts.scheduledCount, requestCount);
    assert.ok(performance.now() - startedMs < 6_000, 'it ends in time');
    const { cpuUserMs, cpuSystemMs } = result.generator;
    assert.ok(cpuUserMs + cpuSystemMs < 700, `nothing spins: ${cpuUserMs + cpuSystemMs} ms`);
    return result;
  };
  const failsFor = (serve: (socket: Socket) => void, reason: RegExp) => async (context: TestContext) => {
    const { counts, errors } = await drive(context, await serverOf(context, serve));
    assert.equal(counts.failedCount, requestCount, JSON.stringify(counts));
    assert.ok(
      errors.every((error) => reason.test(error.reason)),
      JSON.stringify(errors),
    );
  };
  const answersTo = (serve: (socket: Socket) => void) => async (context: TestContext) => {
    const { counts } = await drive(context, await serverOf(context, serve));
    assert.equal(counts.okCount, requestCount, JSON.stringify(counts));
  };
  const never = (serve: (socket: Socket) => void) => async (context: TestContext) => {
    const { counts } = await drive(context, await serverOf(context, serve), shortWait);
    assert.equal(counts.okCount + counts.failedCount, 0, JSON.stringify(counts));
    assert.equal(counts.timedOutCount + counts.inFlightCount, requestCount);
  };

  describe(`over the ${transport} loop`, { concurrency: 4 }, () => {
    test('one that closes after each answer, which a request may cross on its way', async (context) => {
      const { counts, errors } = await drive(context, await serverOf(context, (socket) => socket.end(ok)));
      assert.equal(counts.okCount + counts.failedCount, requestCount);
      assert.ok(counts.okCount >= requestCount / 2);
      assert.ok(
        errors.every(({ reason }) => /closed|ECONNRESET|EPIPE/.test(reason)),
        JSON.stringify(errors),
      );
    });
    test(
      'HTTP/1.0, which closes by itself',
      answersTo((socket) => socket.end(ok.replace('/1.1', '/1.0'))),
    );
    test(
      '1xx before the answer',
      answersTo((socket) => socket.write(`HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${ok}`)),
    );
    test(
      'chunks with trailers',
      answersTo((socket) => {
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx-a: 1\r\n\r\n');
      }),
    );
    test(
      'two answers to one request',
      answersTo((socket) => socket.write(`${ok}${ok}`)),
    );
    test(
      'half an answer',
      failsFor((socket) => socket.end(ok.slice(0, 30)), /closed in the middle/),
    );
    test(
      'garbage',
      failsFor((socket) => socket.write('SSH-2.0-OpenSSH_9\r\n\r\n'), /malformed status line/),
    );
    test(
      'a header of 1 MiB',
      failsFor((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\nx: ${'a'.repeat(2 ** 20)}\r\n\r\n`);
      }, /head too long|ECONNRESET/),
    );
    test(
      'an answer of 1 GiB',
      failsFor((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${2 ** 30}\r\n\r\n${'a'.repeat(65_536)}`);
      }, /body too long/),
    );
    test(
      'a byte a second',
      never((socket) => socket.write('H')),
    );
    test(
      'one that never answers',
      never(() => undefined),
    );

    test('a port that is refused', async (context) => {
      const { counts, errors } = await drive(context, 'http://127.0.0.1:1');
      assert.equal(counts.failedCount, requestCount);
      assert.deepEqual(errors, [{ reason: 'request: ECONNREFUSED', count: requestCount }]);
    });

    test('a port that never answers a connection', async (context) => {
      // A listener whose queue is full: what comes is dropped, as behind a filter.
      const { counts } = await drive(context, await deafListener(context), shortWait);
      assert.ok(counts.timedOutCount + counts.inFlightCount >= requestCount - 4, JSON.stringify(counts));
    });

    test('one that sends its last byte with each answer and reads on', async (context) => {
      let openCount = 0;
      const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
        openCount++;
        socket.on('error', () => undefined).on('close', () => openCount--);
        socket.once('data', () => socket.write(ok, () => socket.end()));
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      context.after(() => server.close());
      const { counts } = await drive(context, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      assert.equal(counts.okCount + counts.failedCount, requestCount);
      assert.ok(counts.okCount >= requestCount / 2, JSON.stringify(counts));
      await sleep(200);
      assert.equal(openCount, 0, 'its side is closed too');
    });

    test('open files that run out', { skip: prlimit() ?? false }, async (context) => {
      const url = await serverOf(context, () => undefined);
      const few = (pid: number) => prlimit('--pid', String(pid), '--nofile=40');
      const wait = { drainMs: 500, timeoutMs: 1_200, connectionCount: 1_000 };
      const { counts, errors } = await drive(context, url, wait, few);
      assert.ok(counts.failedCount > 0, JSON.stringify(counts));
      assert.deepEqual(errors, [{ reason: 'request: EMFILE', count: counts.failedCount }]);
    });

    test('a target that is gone in mid-run', async (context) => {
      let answeredCount = 0;
      const url = await serverOf(context, (socket) => {
        if (++answeredCount <= 20) socket.write(ok);
        else socket.resetAndDestroy();
      });
      const { counts } = await drive(context, url);
      assert.deepEqual([counts.okCount, counts.failedCount], [20, 30]);
    });

    for (const [host, bound] of [
      ['[::1]', '::1'],
      ['localhost', undefined],
    ] as const)
      test(`${host}, an address or a name`, async (context) => {
        const server = createServer((socket) => socket.on('error', () => undefined).on('data', () => socket.write(ok)));
        await once(server.listen(0, bound), 'listening');
        context.after(() => server.close());
        const { counts } = await drive(context, `http://${host}:${(server.address() as AddressInfo).port}`);
        assert.equal(counts.okCount, requestCount);
      });
  });
}
