import assert from 'node:assert/strict';
import { test } from 'node:test';
import { framingOf, headerValues, mayBeIncomplete, readRequestBytes } from '../../src/model/request-bytes.ts';

const chunked = (body: string) => readRequestBytes(`POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n${body}`);
const counted = (length: string, body: string) =>
  readRequestBytes(`POST / HTTP/1.1\r\nContent-Length: ${length}\r\n\r\n${body}`);

test('a request is read from its bytes, however odd', () => {
  const read = readRequestBytes('\r\nGET /x?y HTTP/1.1\r\nA: \tb \nX\r\n\r\nbody\r\n\r\nmore');
  assert.deepEqual([read.method, read.target, read.version], ['GET', '/x?y', 'HTTP/1.1']);
  assert.deepEqual(read.headerLines, ['A: \tb ', 'X']);
  assert.equal(read.body, 'body\r\n\r\nmore');
  assert.deepEqual(headerValues(read, 'a'), ['b']);
});

test('bytes after the end of a body are distinguished from missing ones', () => {
  assert.deepEqual(framingOf(counted('3', 'abcd')), { kind: 'plain', missingCount: 0, behind: 'd' });
  assert.deepEqual(framingOf(counted('3', 'a')), { kind: 'plain', missingCount: 2, behind: '' });
  assert.deepEqual(framingOf(chunked('3\r\nabc\r\n0\r\n\r\nGET')), { kind: 'plain', missingCount: 0, behind: 'GET' });
  assert.deepEqual(framingOf(readRequestBytes('GET / HTTP/1.1\r\n\r\nx')), {
    kind: 'plain',
    missingCount: 0,
    behind: 'x',
  });
});

test('framing that HTTP does not allow is odd', () => {
  for (const length of ['x', '+1', '01', '1, 1', '', '9'.repeat(20)])
    assert.equal(framingOf(counted(length, 'a')).kind, 'odd', length);
  for (const body of [
    '3;a=b\r\nabc\r\n0\r\n\r\n',
    'zz\r\n',
    '3\r\nabcd\r\n0\r\n\r\n',
    '3\nabc\n0\n\n',
    '0\r\nX: y\r\n\r\n',
  ]) {
    assert.equal(framingOf(chunked(body)).kind, 'odd', body);
  }
  const twice = 'POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n';
  assert.equal(framingOf(readRequestBytes(twice)).kind, 'odd');
});

test('only a whole request may not be incomplete', () => {
  assert.equal(mayBeIncomplete(counted('3', 'abc')), false);
  assert.equal(mayBeIncomplete(chunked('0\r\n\r\n')), false);
  for (const text of ['GET / HTTP/1.1\r\n', 'GET / HTTP/1.1\n\n'])
    assert.equal(mayBeIncomplete(readRequestBytes(text)), true, text);
  assert.equal(mayBeIncomplete(counted('4', 'abc')), true);
  assert.equal(mayBeIncomplete(chunked('4\r\nabc')), true);
});
