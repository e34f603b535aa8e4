import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestWriter } from '../../src/load/transport/connection.ts';
import type { WorkloadRequest } from '../../src/model/workload.ts';

const writer = new RequestWriter('127.0.0.1:8080');

/** The bytes of a request as text. */
function write(request: WorkloadRequest): string {
  return writer.write(request).toString('latin1', 0, writer.length);
}

test('a request without a body is its line, the host and its headers', () => {
  const headers = { authorization: 'Bearer x', accept: '*/*' };
  assert.equal(
    write({ method: 'GET', path: '/files?limit=5', headers, body: null }),
    'GET /files?limit=5 HTTP/1.1\r\nhost: 127.0.0.1:8080\r\nauthorization: Bearer x\r\naccept: */*\r\n\r\n',
  );
});

test('a host of its own stands for the one that is connected to', () => {
  const text = write({ method: 'GET', path: '/', headers: { host: 'shop.example' }, body: null });
  assert.equal(text, 'GET / HTTP/1.1\r\nhost: shop.example\r\n\r\n');
});

test('a body is announced with its length in bytes, and so is a POST, PUT or PATCH without one', () => {
  const textOf = (method: WorkloadRequest['method'], body: Uint8Array | null) =>
    write({ method, path: '/', headers: {}, body });
  assert.match(textOf('POST', Buffer.from('ü')), /\r\ncontent-length: 2\r\n\r\n\xc3\xbc$/);
  assert.match(textOf('PUT', new Uint8Array(0)), /\r\ncontent-length: 0\r\n\r\n$/);
  for (const method of ['POST', 'PUT', 'PATCH'] as const)
    assert.match(textOf(method, null), /\r\ncontent-length: 0\r\n\r\n$/);
  for (const method of ['GET', 'HEAD', 'DELETE', 'OPTIONS'] as const)
    assert.doesNotMatch(textOf(method, null), /content-length/);
});

test('another request object is never answered with the text of the last one', () => {
  const request = { method: 'GET', path: '/a', headers: {}, body: null } as const;
  assert.equal(write(request), write(request));
  assert.match(write({ ...request, path: '/b' }), /^GET \/b /);
});

test('a body of any size stands behind its head', () => {
  for (const byteLength of [1, 16_385, 1_000_000]) {
    const body = Buffer.alloc(byteLength, 'a');
    const head = `POST / HTTP/1.1\r\nhost: 127.0.0.1:8080\r\ncontent-length: ${byteLength}\r\n\r\n`;
    assert.ok(write({ method: 'POST', path: '/', headers: {}, body }) === `${head}${body}`);
  }
});

test('a head that is longer than any before has room', () => {
  const path = `/${'a'.repeat(100_000)}`;
  assert.ok(write({ method: 'GET', path, headers: {}, body: null }).startsWith(`GET ${path} HTTP/1.1\r\n`));
});
