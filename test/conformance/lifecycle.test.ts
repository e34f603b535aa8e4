// test-lane: waits
import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckResult } from '../../src/conformance/checks/check-result.ts';
import { checkDatabaseRestart } from '../../src/conformance/checks/database-restart.ts';
import { checkShutdown } from '../../src/conformance/checks/shutdown.ts';
import { checkStatementBudgets, type StatementCalls } from '../../src/conformance/checks/statement-budget.ts';
import { type LifecycleFile, lifecycleFileSchema } from '../../src/conformance/vectors/contract-file.ts';
import type { StopReport } from '../../src/target/process.ts';

const ask = (path: string, status = 200) => ({ request: { method: 'GET', path }, expect: { status } });
const stream = { method: 'GET', path: '/events' };

const file: LifecycleFile = lifecycleFileSchema.parse({
  setup: [],
  shutdown: {
    stream,
    slow: [
      { method: 'GET', path: '/slow' },
      { method: 'GET', path: '/slow' },
    ],
  },
  databaseRestart: {
    before: [{ openStream: { name: 's', ...stream }, expect: { status: 200 } }],
    lost: [{ ...ask('/data', 503), expect: { status: 503, headers: { 'retry-after': '1' } } }],
    back: [ask('/data'), { expectEvent: { stream: 's', withinMs: 200, event: 'x', data: 1 } }],
  },
  statementBudgets: { notCounted: ['^LISTEN'], routes: [{ route: 'GET /data', steps: [ask('/data')] }] },
});

const servers: Server[] = [];

async function listen(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function openEvents(response: ServerResponse): ServerResponse {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': open\n\n');
  return response;
}

function failed(checks: readonly CheckResult[]): readonly string[] {
  return checks.filter(({ passed }) => !passed).map(({ name }) => name);
}

const common = { variables: {}, signal: new AbortController().signal, file };
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

describe('the check of a shutdown', () => {
  const report: StopReport = { stopMs: 12, exitCode: 0, signal: null, forced: false, leftoverCount: 0 };
  /** A server whose slow requests take 60 ms, stopped by a function that gets its open stream. */
  async function shutDown(stop: (opened: ServerResponse) => Promise<StopReport>): Promise<readonly string[]> {
    let opened: ServerResponse | undefined;
    const baseUrl = await listen(async (request, response) => {
      if (request.url === '/events') opened = openEvents(response);
      else {
        await sleep(60);
        response.end('done');
      }
    });
    return failed(await checkShutdown({ ...common, baseUrl, stop: () => stop(opened as ServerResponse) }));
  }

  test('passes a server that ends its streams, answers and ends', async () => {
    const stop = async (opened: ServerResponse) => {
      opened.end();
      await sleep(100);
      return report;
    };
    assert.deepEqual(await shutDown(stop), []);
  });

  test('finds a stream left open', async () => {
    assert.deepEqual(await shutDown(async () => report), ['SIGTERM ends the event streams']);
  });

  test('finds requests that were cut off', async () => {
    const stop = async (opened: ServerResponse) => {
      opened.end();
      await sleep(10);
      servers.at(-1)?.closeAllConnections();
      return report;
    };
    assert.deepEqual(await shutDown(stop), ['SIGTERM lets requests in flight finish']);
  });

  test('finds another exit code, a kill and processes left behind', async () => {
    const ended = (changes: Partial<StopReport>) => async (opened: ServerResponse) => {
      opened.end();
      return { ...report, ...changes };
    };
    assert.deepEqual(await shutDown(ended({ exitCode: 1 })), ['SIGTERM leads to exit code 0']);
    const killed = await shutDown(ended({ exitCode: null, signal: 'SIGKILL', forced: true }));
    assert.deepEqual(killed, ['SIGTERM leads to exit code 0', 'SIGTERM leads to the end within 10 s']);
    assert.deepEqual(await shutDown(ended({ forced: true, leftoverCount: 2 })), ['no process of the group is left']);
  });
});

describe('the check of a database restart', () => {
  interface Faults {
    readonly healthStays?: boolean;
    readonly noRetryAfter?: boolean;
    readonly slowRefusal?: boolean;
    readonly staysLost?: boolean;
    readonly noEvents?: boolean;
  }

  async function restart(faults: Faults): Promise<readonly CheckResult[]> {
    let lost = false;
    const streams: ServerResponse[] = [];
    const baseUrl = await listen(async (request, response) => {
      if (request.url === '/events') return void streams.push(openEvents(response));
      if (!lost || (request.url === '/health' && faults.healthStays)) {
        if (request.url === '/data' && !faults.noEvents) streams[0]?.write('id: 1\nevent: x\ndata: 1\n\n');
        return response.end('ok');
      }
      if (request.url === '/data' && faults.slowRefusal) await sleep(500);
      return response.writeHead(503, faults.noRetryAfter ? {} : { 'retry-after': '1' }).end();
    });
    const stopDatabase = async () => {
      lost = true;
    };
    const startDatabase = async () => {
      lost = faults.staysLost ?? false;
    };
    return checkDatabaseRestart({
      ...common,
      baseUrl,
      stopDatabase,
      startDatabase,
      toleranceMs: 100,
      lostLimitMs: 200,
      backLimitMs: 400,
    });
  }

  const cases: [string, Faults, readonly string[]][] = [
    ['passes a server that says so and recovers', {}, []],
    ['finds a health that stays well', { healthStays: true }, ['/health answers 503 within 200 ms of the loss']],
    ['finds a missing Retry-After', { noRetryAfter: true }, ['all other routes answer 503 with Retry-After']],
    ['finds a slow 503', { slowRefusal: true }, ['no 503 takes longer than 200 ms']],
    [
      'finds a server that stays unwell',
      { staysLost: true },
      ['/health answers 200 within 400 ms of the return', 'everything works again, events too'],
    ],
    ['finds a stream that sends nothing any more', { noEvents: true }, ['everything works again, events too']],
  ];
  for (const [name, faults, expected] of cases) {
    test(name, async () => assert.deepEqual(failed(await restart(faults)), expected));
  }
});

describe('the check of statement budgets', () => {
  async function measure(perRequest: (query: string) => number, budgets: Record<string, number>) {
    let requestCount = 0;
    const baseUrl = await listen((_, response) => {
      requestCount += 1;
      response.end('ok');
    });
    const queries = ['SELECT a FROM sessions', 'SELECT b\n  FROM files', 'LISTEN user_event'];
    const resetStatements = async () => {
      requestCount = 0;
    };
    const statementCalls = async (): Promise<StatementCalls[]> =>
      queries.map((query) => ({ query, callCount: perRequest(query) * requestCount }));
    return checkStatementBudgets({ ...common, baseUrl, budgets, resetStatements, statementCalls });
  }

  test('counts 50 requests after 20 others, without what no request causes', async () => {
    const [check] = await measure((query) => (query.startsWith('LISTEN') ? 9 : 1), { 'GET /data': 2 });
    assert.deepEqual(check, { name: 'GET /data', passed: true, detail: '2.00 statements a request, budget 2' });
  });

  test('reports the statements of a route above its budget', async () => {
    const [check] = await measure((query) => (query.includes('files') ? 2 : 1), { 'GET /data': 2 });
    assert.equal(check?.passed, false);
    assert.match(
      check?.detail ?? '',
      /3\.00 statements a request, budget 2\n {4}1\.00 × SELECT a FROM sessions\n {4}2\.00 × SELECT b FROM files$/,
    );
  });

  test('a budget without steps, and steps without a budget, do not pass', async () => {
    const checks = await measure(() => 0, { 'GET /other': 1 });
    assert.deepEqual(failed(checks), ['GET /other', 'GET /data']);
  });
});
