// test-lane: waits
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { WorkloadRequest } from '../../src/model/workload.ts';
import { askOnce } from '../../src/os/ask-once.ts';

interface Seen {
  readonly server: Server;
  readonly origin: string;
  readonly requests: { readonly line: string; readonly body: string; readonly length: string | undefined }[];
}

async function target(context: TestContext): Promise<Seen> {
  const requests: Seen['requests'] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    const { method, url, headers } = request;
    requests.push({ line: `${method} ${url}`, body, length: headers['content-length'] });
    response.end('ok');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  context.after(() => server.close());
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

const look = async (origin: string, part: Partial<WorkloadRequest>, timeoutMs = 5_000) => {
  const request: WorkloadRequest = { method: 'GET', path: '/', headers: {}, body: null, ...part };
  return (await askOnce(origin, request, { timeoutMs, signal: new AbortController().signal })).status;
};

test('the preflight is the request that is meant, also where a body is unusual', async (context) => {
  const { origin, requests } = await target(context);
  const body = Buffer.from('{"n":1}');
  for (const method of ['GET', 'DELETE', 'POST', 'PATCH'] as const)
    assert.equal(await look(origin, { method, body }), 200);
  assert.deepEqual(
    requests,
    ['GET', 'DELETE', 'POST', 'PATCH'].map((method) => ({ line: `${method} /`, body: '{"n":1}', length: '7' })),
  );
});

test('a path that begins with two slashes names no other host', async (context) => {
  const { origin, requests } = await target(context);
  assert.equal(await look(origin, { path: '//127.0.0.1:1/x' }), 200);
  assert.deepEqual(
    requests.map(({ line }) => line),
    ['GET //127.0.0.1:1/x'],
  );
});

test('a time-out of weeks is no time-out of a millisecond', async (context) => {
  const { origin } = await target(context);
  assert.equal(await look(origin, {}, 2 ** 31 + 1), 200);
});

test('an answer of 101, and a close without an answer, are refused in one sentence', async (context) => {
  const { server, origin } = await target(context);
  server.on('upgrade', (_, socket) =>
    socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
  );
  const upgrade = { connection: 'upgrade', upgrade: 'x' };
  await assert.rejects(look(origin, { headers: upgrade }), /answers 101 \(Switching Protocols\)/);
  server.removeAllListeners('request').on('request', (request: IncomingMessage) => request.socket.destroy());
  await assert.rejects(look(origin, {}), { code: 'cannot-measure' });
});
