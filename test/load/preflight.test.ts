// test-lane: waits
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type FirstLookOptions, sendPreflight } from '../../src/load/preflight.ts';

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

const look = (origin: string, request: Partial<FirstLookOptions['request']>, timeoutMs = 5_000) =>
  sendPreflight({
    ...{ origin, timeoutMs, signal: new AbortController().signal },
    request: { method: 'GET', path: '/', headers: {}, bodyBase64: null, expectedStatus: null, ...request },
  });

test('the first look is the request that is meant, also where a body is unusual', async (context) => {
  const { origin, requests } = await target(context);
  const bodyBase64 = Buffer.from('{"n":1}').toString('base64');
  for (const method of ['GET', 'DELETE', 'POST', 'PATCH'] as const)
    assert.equal(await look(origin, { method, bodyBase64 }), 200);
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
