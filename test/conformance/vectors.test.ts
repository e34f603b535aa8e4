// test-lane: waits
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables of vectors are written as templates are
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { runVectors, type VectorsResult } from '../../src/conformance/vectors/run-vectors.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

function withBody(handler: Handler): RequestListener {
  return async (request, response) => handler(request, response, Buffer.concat(await Array.fromAsync(request)));
}

describe('the vectors’ runner', () => {
  let dir = '';
  let server: Server | TcpServer;
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'paceline-conformance-'));
  });
  afterEach(async () => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    await rm(dir, { recursive: true });
  });

  async function listen(): Promise<string> {
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  async function run(
    baseUrl: string,
    steps: unknown[],
    variables: Record<string, string> = {},
  ): Promise<VectorsResult> {
    await writeFile(path.join(dir, 'one.json'), JSON.stringify({ description: 'x', vectors: [{ name: 'v', steps }] }));
    return runVectors({ baseUrl, vectorsDir: dir, variables, signal: new AbortController().signal });
  }
  async function against(
    handler: Handler,
    steps: unknown[],
    variables?: Record<string, string>,
  ): Promise<VectorsResult> {
    server = createServer(withBody(handler));
    return run(await listen(), steps, variables);
  }
  async function againstRaw(answer: string, steps: unknown[]): Promise<VectorsResult> {
    server = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(answer));
    });
    return run(await listen(), steps);
  }
  const get = (expect: object, more: object = {}) => ({ request: { method: 'GET', path: '/x', ...more }, expect });
  const json = (response: ServerResponse, status: number, value: unknown, type = 'application/json') =>
    response.writeHead(status, { 'content-type': type }).end(JSON.stringify(value));

  test('sends raw lines and bodies as they are, and counts the body', async () => {
    let received = '';
    server = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (bytes) => {
        received = bytes.toString('latin1');
        socket.end('HTTP/1.0 400 Bad Request\r\nContent-Length: 0\r\n\r\n');
      });
    });
    const lines = ['GE\u0000T  /%zz\u00ff HTTP/9', 'A : b', 'Content-Length: ${bodyLength}'];
    const report = await run(await listen(), [{ raw: { lines, text: 'é${x}' }, expect: { status: 400 } }], { x: 'y' });
    assert.deepEqual(report, { checkCount: 1, failures: [] });
    assert.equal(received, 'GE\0T  /%zz\xff HTTP/9\r\nA : b\r\nContent-Length: 3\r\n\r\n\xc3\xa9y');
  });

  test('a connection that is closed is no answer to raw bytes, unless the vector says so', async () => {
    const step = { raw: { lines: ['nonsense'] }, expect: { status: 400 } };
    const report = await againstRaw('', [{ ...step, orNoAnswer: true }, step]);
    assert.equal(report.checkCount, 2);
    assert.deepEqual(
      report.failures.map(({ step: label, expected }) => [label, expected]),
      [['2 raw "nonsense"', 'answer: an answer']],
    );
  });

  test('counts what held', async () => {
    const report = await against(
      (_, response) => json(response, 200, { a: 1 }),
      [get({ status: 200, json: { a: 1 } }), get({ status: 200 })],
    );
    assert.deepEqual(report, { checkCount: 2, failures: [] });
  });

  test('reports file, vector, step, the expected and the actual answer, and ends the vector there', async () => {
    const report = await against(
      (_, response) => json(response, 200, { a: 2 }),
      [get({ status: 200, json: { a: 1 } }), get({ status: 500 })],
    );
    assert.deepEqual(report, {
      checkCount: 1,
      failures: [{ file: 'one.json', vector: 'v', step: '1 request GET /x', expected: 'json.a: 1', got: '2' }],
    });
  });

  const refusals: [string, object, number, unknown, Record<string, string>][] = [
    ['another status', { status: 404 }, 200, {}, {}],
    ['a header that should be absent', { status: 200, headers: { link: null } }, 200, {}, { link: 'x' }],
    ['a header that should be there', { status: 200, headers: { etag: '"1"' } }, 200, {}, {}],
    ['a body of other bytes', { status: 200, text: 'x' }, 200, 'y', {}],
    ['JSON of another media type', { status: 200, json: {} }, 200, {}, { 'content-type': 'text/html' }],
    [
      'a problem that is plain JSON',
      { status: 422, problem: 'invalid' },
      422,
      { type: 'urn:paceline:problem:invalid', title: 'x', status: 422, detail: '' },
      {},
    ],
    [
      'a problem of another type',
      { status: 422, problem: 'invalid' },
      422,
      { type: 'urn:paceline:problem:not-found', title: 'x', status: 422, detail: '' },
      { 'content-type': 'application/problem+json' },
    ],
    [
      'a problem with another status inside',
      { status: 422, problem: 'invalid' },
      422,
      { type: 'urn:paceline:problem:invalid', title: 'x', status: 400, detail: '' },
      { 'content-type': 'application/problem+json' },
    ],
    [
      'a problem with a key more',
      { status: 422, problem: 'invalid' },
      422,
      { type: 'urn:paceline:problem:invalid', title: 'x', status: 422, detail: '', sql: 1 },
      { 'content-type': 'application/problem+json' },
    ],
    [
      'a problem that shows SQL',
      { status: 422, problem: 'invalid' },
      422,
      { type: 'urn:paceline:problem:invalid', title: 'x', status: 422, detail: 'at SELECT id FROM users' },
      { 'content-type': 'application/problem+json' },
    ],
    [
      '401 without WWW-Authenticate',
      { status: 401, problem: 'unauthorized' },
      401,
      { type: 'urn:paceline:problem:unauthorized', title: 'x', status: 401, detail: '' },
      { 'content-type': 'application/problem+json' },
    ],
    [
      '405 without Allow',
      { status: 405, problem: 'method-not-allowed' },
      405,
      { type: 'urn:paceline:problem:method-not-allowed', title: 'x', status: 405, detail: '' },
      { 'content-type': 'application/problem+json' },
    ],
  ];
  for (const [name, expect, status, body, headers] of refusals) {
    test(`finds ${name}`, async () => {
      const report = await against(
        (_, response) =>
          void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body)),
        [get(expect)],
      );
      assert.equal(report.failures.length, 1);
    });
  }

  const nonsense: [string, string][] = [
    ['hangs up', ''],
    ['is cut off', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc'],
    ['goes on after its end', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc'],
    ['has a body after 204', 'HTTP/1.1 204 No Content\r\n\r\nabc'],
    ['is no HTTP', 'hello\r\n\r\n'],
  ];
  for (const [name, answer] of nonsense) {
    test(`an answer that ${name} is a failure, not an exception`, async () => {
      const status = name.includes('204') ? 204 : 200;
      const report = await againstRaw(answer, [get({ status })]);
      assert.equal(report.failures.length, 1);
      assert.match(report.failures[0]?.expected ?? '', /an answer/);
    });
  }

  test('sends bodies, tokens, chunks and raw header lines as described', async () => {
    const seen: unknown[] = [];
    const handler: Handler = ({ headers, method }, response, body) => {
      seen.push([
        method,
        headers.authorization,
        headers['content-type'],
        headers['transfer-encoding'],
        headers['x-raw'],
        body.toString('hex'),
      ]);
      json(response, 200, {});
    };
    const expect = { status: 200 };
    await against(
      handler,
      [
        { request: { method: 'POST', path: '/', as: 'alice', json: { a: '${n}' } }, expect },
        {
          request: { method: 'PUT', path: '/', chunked: true, parts: [{ float32: [1] }, { repeat: 'ab', count: 2 }] },
          expect,
        },
        {
          request: {
            method: 'POST',
            path: '/',
            text: 'x',
            padToBytes: 3,
            rawHeaderLines: ['X-Raw:  1 '],
            headers: { 'Content-Type': 'a/b' },
          },
          expect,
        },
      ],
      { 'alice.token': 't0', n: 'v' },
    );
    assert.deepEqual(seen, [
      ['POST', 'Bearer t0', 'application/json', undefined, undefined, Buffer.from('{"a":"v"}').toString('hex')],
      ['PUT', undefined, undefined, 'chunked', undefined, '0000803f61626162'],
      ['POST', undefined, 'a/b', undefined, '1', '782020'],
    ]);
  });

  test('an answer to an unread large body is read although the server hangs up', async () => {
    server = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        socket.end('HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        socket.resume();
        setTimeout(() => socket.destroy(), 5);
      });
    });
    const big = {
      request: { method: 'POST', path: '/', parts: [{ repeat: 'a', count: 1_048_577 }] },
      expect: { status: 413 },
    };
    assert.deepEqual((await run(await listen(), [big, big])).failures, []);
  });

  test('captures and repeats', async () => {
    const paths: string[] = [];
    const handler: Handler = ({ url }, response) => {
      paths.push(url ?? '');
      response.setHeader('location', `/made/${paths.length}`);
      json(response, 201, { id: `id${paths.length}` });
    };
    const make = {
      request: { method: 'GET', path: '/make' },
      expect: { status: 201 },
      times: 2,
      capture: { 'f.${index}': 'json.id', at: 'header.location' },
    };
    await against(handler, [make, get({ status: 201 }, { path: '/${f.0}/${f.1}${at}' })]);
    assert.deepEqual(paths, ['/make', '/make', '/id1/id2/made/2']);
  });

  test('polls until the answer is as expected, and no longer than allowed', async () => {
    let count = 0;
    const poll = (status: string) => ({
      poll: { method: 'GET', path: '/' },
      withinMs: 300,
      everyMs: 5,
      expect: { status: 200, json: { status } },
    });
    const handler: Handler = (_, response) => json(response, 200, { status: ++count < 4 ? 'pending' : 'ready' });
    assert.deepEqual((await against(handler, [poll('ready')])).failures, []);
    const report = await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, [poll('other')]);
    assert.match(report.failures[0]?.expected ?? '', /within 300 ms/);
  });

  test('counts the answers of requests sent at once', async () => {
    let count = 0;
    let most = 0;
    const handler: Handler = (_, response) => {
      most = Math.max(most, ++count);
      setTimeout(() => json(response, most > 1 && count-- === 5 ? 201 : 409, {}), 20);
    };
    const step = { parallel: [{ method: 'POST', path: '/', count: 5 }], expectStatuses: { 201: 1, 409: 4 } };
    assert.deepEqual((await against(handler, [step])).failures, []);
    assert.equal(most, 5);
  });

  function events(...parts: string[]): Handler {
    return (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const part of parts) response.write(part);
    };
  }
  const open = { openStream: { name: 's', method: 'GET', path: '/events' }, expect: { status: 200 } };
  const event = (id: string, data: unknown) => ({
    expectEvent: { stream: 's', withinMs: 200, event: 'aggregation', id, data },
  });

  test('reads events cut anywhere, and passes over what came before', async () => {
    const first = 'id: 1\nevent: aggregation\ndata: {"a":"é"}\n\n';
    const bytes = Buffer.from(first);
    const handler: Handler = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': open\n\n');
      for (const byte of bytes) response.write(Buffer.of(byte));
      response.write(`${first}id: 2\r\nevent: aggregation\r\ndata: {"a":2}\r\n\r\n`);
    };
    const comment = { expectComment: { stream: 's', withinMs: 200 } };
    const report = await against(handler, [
      open,
      comment,
      event('1', { a: 'é' }),
      event('2', { a: 2 }),
      { expectNoEvent: { stream: 's', forMs: 50 } },
    ]);
    assert.deepEqual(report.failures, []);
  });

  const silent: [string, unknown, Handler][] = [
    ['an event that does not come', event('1', {}), events(': open\n\n')],
    ['an event with another id', event('2', 1), events('id: 1\nevent: aggregation\ndata: 1\n\n')],
    ['an event that should not come', { expectNoEvent: { stream: 's', forMs: 100 } }, events('id: 1\ndata: 1\n\n')],
    ['a comment that does not come', { expectComment: { stream: 's', withinMs: 50 } }, events('id: 1\n\n')],
    ['an end that does not come', { expectEnd: { stream: 's', withinMs: 50 } }, events(': open\n\n')],
  ];
  for (const [name, step, handler] of silent) {
    test(`finds ${name}`, async () => assert.equal((await against(handler, [open, step])).failures.length, 1));
  }

  test('finds more streams than the limit', async () => {
    const fill = (limit: number) => ({
      fillStreams: { method: 'GET', path: '/events', limit },
      expect: { status: 503 },
    });
    let openCount = 0;
    const handler: Handler = (_, response) =>
      ++openCount > 3 ? json(response, 503, {}) : events(': open\n\n')(_, response, Buffer.alloc(0));
    assert.deepEqual((await against(handler, [fill(3)])).failures, []);
    openCount = -1;
    const report = await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, [fill(3)]);
    assert.equal(report.failures[0]?.expected, 'streams: at most 3 open at once');
  });

  test('a setup that fails is reported once and its vectors are left out', async () => {
    server = createServer(withBody((_, response) => json(response, 500, {})));
    const baseUrl = await listen();
    const file = {
      description: 'x',
      setup: [get({ status: 200 })],
      vectors: [{ name: 'a', steps: [get({ status: 500 })] }],
    };
    await writeFile(path.join(dir, 'two.json'), JSON.stringify(file));
    const report = await runVectors({ baseUrl, vectorsDir: dir, variables: {}, signal: new AbortController().signal });
    assert.deepEqual(
      report.failures.map(({ vector }) => vector),
      ['(setup)'],
    );
    assert.equal(report.checkCount, 1);
  });

  test('an abort is thrown', async () => {
    server = createServer(withBody(() => {}));
    const baseUrl = await listen();
    await writeFile(
      path.join(dir, 'one.json'),
      JSON.stringify({
        description: 'x',
        vectors: [{ name: 'v', steps: [get({ status: 200 }), get({ status: 200 })] }],
      }),
    );
    const signal = AbortSignal.abort(new Error('interrupted'));
    await assert.rejects(runVectors({ baseUrl, vectorsDir: dir, variables: {}, signal }), /interrupted/);
  });
});
