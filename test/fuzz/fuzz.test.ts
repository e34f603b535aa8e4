// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables of the fuzzer are written as templates are
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { type FuzzReport, fuzz } from '../../src/fuzz/fuzz.ts';
import type { FuzzCase, FuzzGrammar, FuzzStep } from '../../src/model/fuzz.ts';

const servers: Server[] = [];
after(() => {
  for (const server of servers) server.close();
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => answer(request, response));
  });
  servers.push(server);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const json = (response: ServerResponse, status: number, value: unknown) =>
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(value));

/** Makes things with ids of its own. */
function honest(prefix: string) {
  let count = 0;
  return (request: IncomingMessage, response: ServerResponse) => {
    if (request.url === '/made') json(response, 201, { id: `${prefix}-${++count}` });
    else json(response, 200, { name: 'x', at: `${prefix}` });
  };
}

function get(target: string, more: readonly string[] = [], captures?: FuzzStep['captures']): FuzzStep {
  const template = `${[`GET ${target} HTTP/1.1`, 'Host: x', ...more].join('\r\n')}\r\n\r\n`;
  return captures === undefined ? { template } : { template, captures };
}

function grammarOf(cases: readonly FuzzCase[], allowed: FuzzGrammar['allowed'] = []): FuzzGrammar {
  return {
    draw: (_, index) => cases[index % cases.length] as FuzzCase,
    allowed,
    problemPrefix: 'urn:x:',
    comparedTexts: ['name'],
    timedKeys: [],
  };
}

async function run(grammar: FuzzGrammar, requestCount: number, ...baseUrls: readonly string[]): Promise<FuzzReport> {
  const targets = baseUrls.map((baseUrl, index) => ({ implementation: `impl-${index}`, baseUrl, variables: {} }));
  const { signal } = new AbortController();
  return fuzz({ grammar, targets, seed: 1, requestCount, signal, onFailure() {} });
}

const twoSteps: FuzzCase = {
  class: 'things',
  steps: [get('/made', [], { made: 'id' }), get('/${made}?a=1&b=2', ['X-A: 1', 'X-B: 2', 'X-C: 3'])],
};

test('implementations that answer alike pass, whatever ids they give', async () => {
  const report = await run(grammarOf([twoSteps]), 6, await serve(honest('a')), await serve(honest('b')));
  assert.deepEqual(report.failures, []);
  assert.deepEqual(report.classes, { things: { requestCount: 6, allowedCount: 0, failedCount: 0 } });
});

/** Trips over a header, as a server that trusts proxies does. */
const crashing = (request: IncomingMessage, response: ServerResponse) => {
  if (request.headers['x-b'] === undefined) honest('c')(request, response);
  else response.writeHead(500, { 'content-type': 'text/html', connection: 'close' }).end('<h1>');
};

test('a difference is reported once, with its class, its groups and the smallest request that shows it', async () => {
  const report = await run(grammarOf([twoSteps]), 8, await serve(honest('a')), await serve(crashing));
  assert.deepEqual(report.classes, { things: { requestCount: 8, allowedCount: 0, failedCount: 4 } });
  assert.equal(report.failures.length, 1);
  const [failure] = report.failures;
  assert.deepEqual([failure?.class, failure?.reason], ['things', 'impl-1: status 500']);
  assert.deepEqual(
    failure?.groups.map(({ implementations }) => implementations),
    [['impl-0'], ['impl-1']],
  );
  assert.deepEqual(failure?.requests, ['GET /${made}? HTTP/1.1\r\nHost: x\r\nX-B: 2\r\n\r\n']);
});

test('an implementation that was set aside gets no further requests of the case', async () => {
  const refusing = (request: IncomingMessage, response: ServerResponse) =>
    json(response, request.url === '/made' ? 400 : 418, {});
  const allowed = [
    { id: 'made', why: '', applies: ({ target }: { target: string }) => target === '/made', mayAnswer: [400] },
  ];
  const report = await run(grammarOf([twoSteps], allowed), 4, await serve(honest('a')), await serve(refusing));
  assert.deepEqual(report.failures, []);
  assert.deepEqual(report.allowed, { made: 2 });
  assert.deepEqual(report.classes, { things: { requestCount: 4, allowedCount: 2, failedCount: 0 } });
});

test('a closed connection and an answer that never comes are failures too', async () => {
  const closing = await serve((request) => request.socket.destroy());
  const report = await run(grammarOf([{ class: 'one', steps: [get('/x')] }]), 1, closing, closing);
  assert.match(report.failures[0]?.reason ?? '', /the connection was closed/);
});
