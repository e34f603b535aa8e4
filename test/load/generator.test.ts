// test-lane: waits
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  type Generator,
  type GeneratorOptions,
  type GeneratorProgress,
  startGenerator,
} from '../../src/load/generator.ts';
import { assessGenerator } from '../../src/model/generator-assessment.ts';
import { HarnessError } from '../../src/model/harness-error.ts';
import { type LoadCounts, loadResultSchema } from '../../src/model/load-result.ts';
import type { LoadPlan } from '../../src/model/scenario.ts';
import { decode } from '../../src/stats/histogram.ts';
import { createNullTarget } from '../../src/target/null-target.ts';
import { loopMakers } from './loops.ts';

/* On the real clock and a real network: counts and their identity are asserted, durations are not. */

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const echoPath = pathOf('../../bench/echo/workloads/echo.ts');

const loadPlan: LoadPlan = {
  arrivals: 'constant',
  ratePerSec: 200,
  steps: null,
  warmupCount: 100,
  warmupRatePerSec: 500,
  measureMs: 1_000,
  drainMs: 2_000,
  timeoutMs: 5_000,
  maxInFlightCount: 1_000,
  connectionCount: 8,
  seed: 1,
};

let nullTarget: Server;
let nullUrl: string;
before(async () => {
  nullTarget = createNullTarget().listen(0, '127.0.0.1');
  await once(nullTarget, 'listening');
  nullUrl = urlOf(nullTarget);
});
after(() => nullTarget.close());

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function optionsFor(part: Partial<GeneratorOptions>): GeneratorOptions {
  const { signal } = new AbortController();
  const plain = { workloadPath: echoPath, targetUrl: nullUrl, loadPlan, joinPaths: [], niceness: 0, signal };
  return { ...plain, onProgress: () => undefined, ...part };
}

async function withGenerator(
  part: Partial<GeneratorOptions>,
  use: (generator: Generator) => Promise<void>,
): Promise<void> {
  const generator = await startGenerator(optionsFor(part));
  try {
    await use(generator);
  } finally {
    await generator.stop();
  }
}

const soonNs = () => Number(process.hrtime.bigint()) + 50e6;

function assertAllOk(counts: LoadCounts, count: number): void {
  const none = { wrongCount: 0, failedCount: 0, refusedCount: 0, timedOutCount: 0, inFlightCount: 0, unsentCount: 0 };
  assert.deepEqual(counts, { scheduledCount: count, sentCount: count, okCount: count, ...none });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

for (const [transport] of loopMakers)
  describe(`over the ${transport} loop`, () => {
    test('warm-up blocks and a window end to end: every request is accounted for, and the warm-up is not in the result', async () => {
      const progress: GeneratorProgress[] = [];
      await withGenerator({ transport, onProgress: (seen) => progress.push(seen) }, async (generator) => {
        assert.deepEqual(generator.ready.workload, { id: 'echo', service: 'echo', version: 1 });
        assertAllOk(await generator.warmUp(100, 500), 100);
        assertAllOk(await generator.warmUp(50, 500), 50);
        // Half a second on, so that what is told each second falls into the window.
        const startAtNs = soonNs() + 500e6;
        const ends: number[] = [];
        const result = await generator.measure(startAtNs, (endedAtNs) => ends.push(endedAtNs));
        assert.deepEqual(loadResultSchema.parse(result), result);
        assertAllOk(result.counts, 200);
        assert.equal(result.startedAtNs, startAtNs);
        assert.deepEqual(ends, [result.endedAtNs]);
        assert.ok(result.endedAtNs >= startAtNs + 1e9);
        for (const key of ['responseTime', 'serviceTime', 'sendDelay', 'generatorDelay', 'connectionWait'] as const) {
          assert.equal(result[key].count, 200, key);
          assert.equal(decode(result[key].hdrHistogram).totalCount, 200, key);
        }
        assert.deepEqual(result.operations.echo?.counts, result.counts);
        assert.equal(result.generator.loop, transport);
        assert.equal(result.generator.niceness, generator.ready.niceness);
        assert.ok(progress.some(({ phase, counts }) => phase === 'measure' && counts.okCount > 0));
      });
    });

    test('a second window on the same generator starts its accounts anew, on the same connections', async () => {
      await withGenerator(
        { transport, loadPlan: { ...loadPlan, arrivals: 'poisson', measureMs: 300 } },
        async (generator) => {
          const first = await generator.measure(soonNs(), () => undefined);
          const second = await generator.measure(soonNs(), () => undefined);
          assert.equal(first.counts.okCount, first.counts.scheduledCount);
          assertAllOk(second.counts, first.counts.scheduledCount);
          assert.ok(first.generator.connectionsOpenedCount >= 1);
        },
      );
    });

    test('a target that is down is a result, not a crash', async () => {
      await withGenerator(
        { transport, targetUrl: 'http://127.0.0.1:1', loadPlan: { ...loadPlan, measureMs: 200 } },
        async (generator) => {
          const { counts, errors } = await generator.measure(soonNs(), () => undefined);
          assert.equal(counts.failedCount, 40);
          assert.deepEqual(errors, [{ reason: 'echo: ECONNREFUSED', count: 40 }]);
        },
      );
    });

    test('a target that closes each connection after its answer loses nothing', async () => {
      const closing = createHttpServer((_, response) => response.setHeader('connection', 'close').end('ok'));
      await once(closing.listen(0, '127.0.0.1'), 'listening');
      await withGenerator(
        { transport, targetUrl: urlOf(closing), loadPlan: { ...loadPlan, measureMs: 500 } },
        async (generator) => {
          const { counts, generator: usage } = await generator.measure(soonNs(), () => undefined);
          assertAllOk(counts, 100);
          assert.ok(usage.connectionsOpenedCount >= 100);
        },
      );
      closing.close();
    });

    test('a connection that the target closes without a word, while the loop sleeps, costs no request', async (context) => {
      let answeredCount = 0;
      const target = createHttpServer(({ socket }, response) => {
        if (++answeredCount % 3 === 0) setTimeout(() => socket.end(), 5);
        response.end('ok');
      }).listen(0, '127.0.0.1');
      await once(target, 'listening');
      context.after(() => target.close());
      // Slow enough that no request crosses a close that this process is late with.
      const slow = { ...loadPlan, ratePerSec: 10, measureMs: 2_000 };
      await withGenerator({ transport, targetUrl: urlOf(target), loadPlan: slow }, async (generator) => {
        assertAllOk((await generator.measure(soonNs(), () => undefined)).counts, 20);
      });
    });

    test('events of a stream complete what requests began, and acknowledgements include the warm-up', async () => {
      const streams = new Set<ServerResponse>();
      const server = createHttpServer((request, response) => {
        if (request.url === '/events') {
          streams.add(response.writeHead(200, { 'content-type': 'text/event-stream' }));
          response.write(': open\n\n');
          return;
        }
        request.resume().on('end', () => {
          response.writeHead(202).end();
          for (const stream of streams) stream.write(`data: ${request.url?.split('/').pop()}\n\n`);
        });
      });
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const streaming = pathOf('fixtures/streaming.ts');
      await withGenerator({ transport, workloadPath: streaming, targetUrl: urlOf(server) }, async (generator) => {
        await generator.warmUp(30, 300);
        const {
          counts,
          eventLatencies: completions,
          acknowledged,
        } = await generator.measure(soonNs(), () => undefined);
        assertAllOk(counts, 200);
        assert.deepEqual(Object.keys(completions), ['finish']);
        // The last event or two may come after the window's last answer.
        assert.ok((completions.finish?.count ?? 0) >= 195 && (completions.finish?.count ?? 0) <= 200);
        assert.deepEqual(acknowledged, { createdCount: 230, deletedCount: 0, uncertainCount: 0 });
      });
      server.closeAllConnections();
      server.close();
    });

    test('a stream that the target refuses is an error that names it', async () => {
      const server = createHttpServer((_, response) => response.writeHead(503).end());
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const refused = startGenerator(
        optionsFor({ workloadPath: pathOf('fixtures/streaming.ts'), targetUrl: urlOf(server) }),
      );
      await assert.rejects(refused, /event stream \/events did not open: status 503/);
      server.closeAllConnections();
      server.close();
    });

    test('a generator that dies says so with the end of what it wrote', async () => {
      await withGenerator({ transport, workloadPath: pathOf('fixtures/broken.ts') }, async (generator) => {
        await assert.rejects(
          generator.measure(soonNs(), () => undefined),
          (error) => error instanceof HarnessError && /this workload is broken/.test(error.message),
        );
        await assert.rejects(generator.warmUp(1, 1), /ended unexpectedly with exit code/);
      });
    });

    test('several threads send one sequence: totals to the request, operations and seconds merged', async () => {
      const asked: LoadPlan = { ...loadPlan, ratePerSec: 301, measureMs: 1_500, connectionCount: 7 };
      await withGenerator({ transport, threadCount: 3, loadPlan: asked }, async (generator) => {
        assertAllOk(await generator.warmUp(100, 500), 100);
        const ends: number[] = [];
        const result = await generator.measure(soonNs(), (endedAtNs) => ends.push(endedAtNs));
        assertAllOk(result.counts, 452);
        loadResultSchema.parse(result);
        assert.deepEqual(ends, [result.endedAtNs]);
        assert.equal(result.generator.threadCount, 3);
        assert.equal(result.responseTime.count, 452);
        assert.equal(decode(result.responseTime.hdrHistogram).totalCount, 452);
        assert.equal(result.operations.echo?.counts.okCount, 452);
        assert.deepEqual(
          result.seconds.map(({ scheduledCount, okCount }) => [scheduledCount, okCount]),
          [
            [301, 301],
            [151, 151],
          ],
        );
        assert.ok(result.seconds.every(({ responseP50Ms }) => responseP50Ms !== null));
        assert.ok(result.generator.connectionsOpenedCount <= 7);
      });
    });
  });

test('a generator that crashes is named as the one at fault, with its signal', async () => {
  await withGenerator({ loadPlan: { ...loadPlan, measureMs: 60_000 } }, async (generator) => {
    const measured = generator.measure(soonNs(), () => undefined);
    process.kill(generator.pid, 'SIGSEGV');
    await assert.rejects(measured, (error: unknown) => {
      assert.ok(error instanceof HarnessError);
      assert.match(error.message, /^the load generator's process ended unexpectedly by SIGSEGV: its own fault/);
      return true;
    });
  });
});

test('a generator that was stopped in its middle says so, however few the requests', async () => {
  const slow = createHttpServer((_, response) => setTimeout(() => response.end('ok'), 20));
  await once(slow.listen(0, '127.0.0.1'), 'listening');
  const few = { ...loadPlan, ratePerSec: 25, measureMs: 3_000, warmupCount: 0 };
  await withGenerator({ targetUrl: urlOf(slow), loadPlan: few }, async (generator) => {
    const measured = generator.measure(soonNs(), () => undefined);
    await sleep(1_000);
    process.kill(generator.pid, 'SIGSTOP');
    await sleep(800);
    process.kill(generator.pid, 'SIGCONT');
    const result = await measured;
    assertAllOk(result.counts, 75);
    assert.ok((result.generatorDelay.maxMs ?? 0) > 500);
    const verdict = assessGenerator(result);
    assert.ok(verdict.status === 'invalid');
    assert.ok(verdict.reasons.some(({ code }) => code === 'generator-delayed'));
  });
  slow.closeAllConnections();
  slow.close();
});

test('the native loop asked for where it cannot be had is refused with the reason', async () => {
  const refused = startGenerator(optionsFor({ transport: 'native', targetUrl: 'https://127.0.0.1:1' }));
  await assert.rejects(refused, /the native transport cannot be used: it does not speak TLS/);
});

test('what cannot be loaded or is no URL is refused by name', async () => {
  await assert.rejects(startGenerator(optionsFor({ workloadPath: '/nowhere/at-all.ts' })), /at-all\.ts/);
  await assert.rejects(
    startGenerator(optionsFor({ workloadPath: pathOf('generator.test.ts') })),
    /does not export workload|/,
  );
  await assert.rejects(startGenerator(optionsFor({ targetUrl: 'ftp://127.0.0.1' })), /is no http URL/);
});

test('the process enters its groups before it runs', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'generator-'));
  const joinPaths = [join(directory, 'one'), join(directory, 'two')];
  await withGenerator({ joinPaths }, async ({ pid }) => {
    for (const path of joinPaths) assert.equal((await readFile(path, 'utf8')).trim(), String(pid));
  });
  const unwritable = [join(directory, 'missing', 'cgroup.procs')];
  await assert.rejects(startGenerator(optionsFor({ joinPaths: unwritable })), /cannot join .*missing/);
  await rm(directory, { recursive: true });
});

test('aborting kills the process and rejects with the reason', async () => {
  const controller = new AbortController();
  const generator = await startGenerator(
    optionsFor({ signal: controller.signal, loadPlan: { ...loadPlan, measureMs: 60_000 } }),
  );
  const measured = generator.measure(soonNs(), () => undefined);
  controller.abort(new Error('interrupted by the test'));
  await assert.rejects(measured, /interrupted by the test/);
  await generator.stop();
  assert.equal(isAlive(generator.pid), false);
  await assert.rejects(startGenerator(optionsFor({ signal: controller.signal })), /interrupted by the test/);
});

test('where no foreign-function interface can be loaded, the portable loop drives, or the reason is told', async (context) => {
  const { NODE_OPTIONS } = process.env;
  context.after(() => {
    if (NODE_OPTIONS === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = NODE_OPTIONS;
  });
  process.env.NODE_OPTIONS = '--no-addons';
  await withGenerator({ loadPlan: { ...loadPlan, measureMs: 200 } }, async (generator) => {
    assert.equal((await generator.measure(soonNs(), () => undefined)).generator.loop, 'portable');
  });
  await assert.rejects(
    startGenerator(optionsFor({ transport: 'native' })),
    /native transport cannot be used: the foreign-function interface koffi cannot be used/,
  );
});

test('the generator does not outlive its parent', async () => {
  const parent = spawn(process.execPath, [pathOf('fixtures/orphan.ts'), echoPath, nullUrl], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(parent.stdout, 'data');
  const pid = Number(String(line));
  assert.ok(isAlive(pid));
  parent.kill('SIGKILL');
  await once(parent, 'close');
  for (let tries = 0; isAlive(pid) && tries < 100; tries++) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(isAlive(pid), false);
});

test('a workload that keeps state is refused by several threads, with the remedy', async () => {
  const statefulPath = pathOf('../../bench/crud/workloads/history.ts');
  await assert.rejects(startGenerator(optionsFor({ threadCount: 2, workloadPath: statefulPath })), (error: unknown) => {
    assert.ok(error instanceof HarnessError);
    assert.match(error.message, /keeps state/);
    assert.match(error.remedy, /one thread/);
    return true;
  });
});

/** A target that speaks TLS; its certificate is for localhost and 127.0.0.1, and nobody's trust by itself. */
async function withSecureTarget(use: (url: string, certificatePath: string) => Promise<void>): Promise<void> {
  const file = (name: string) => pathOf(`../fixtures/tls/${name}`);
  const [key, cert] = await Promise.all(['untrusted.key', 'untrusted.pem'].map((name) => readFile(file(name))));
  const server = createHttpsServer({ key, cert }, (_, response) => response.end('ok')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use(`https://127.0.0.1:${(server.address() as AddressInfo).port}`, file('untrusted.pem'));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('a target behind TLS is driven like any other once its issuer is trusted', async () => {
  await withSecureTarget(async (targetUrl, certificatePath) => {
    process.env.NODE_EXTRA_CA_CERTS = certificatePath;
    try {
      await withGenerator({ targetUrl }, async (generator) => {
        assertAllOk(await generator.warmUp(100, 500), 100);
        const result = await generator.measure(soonNs(), () => undefined);
        assertAllOk(result.counts, 200);
        assert.ok(result.generator.connectionsOpenedCount <= 8, 'connections are kept');
      });
    } finally {
      delete process.env.NODE_EXTRA_CA_CERTS;
    }
  });
});

test('a certificate that is not trusted fails every request with its reason', async () => {
  await withSecureTarget(async (targetUrl) => {
    await withGenerator({ targetUrl, loadPlan: { ...loadPlan, ratePerSec: 20 } }, async (generator) => {
      const { counts, errors } = await generator.measure(soonNs(), () => undefined);
      assert.equal(counts.failedCount, 20);
      assert.match(errors[0]?.reason ?? '', /CERT|VERIFY/);
    });
  });
});
