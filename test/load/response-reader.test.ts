import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AnswerCollector, ResponseReader } from '../../src/load/transport/response-reader.ts';

interface Read {
  readonly status: number;
  readonly body: string;
  readonly isReusable: boolean;
  header(name: string): string | null;
}

/** Reads one stream of bytes in the given pieces; every answer that ends is kept. */
function read(pieces: readonly Buffer[], { closes = false } = {}): Read[] {
  const answers: Read[] = [];
  let collector = new AnswerCollector();
  const reader = new ResponseReader({
    onHead: (head) => collector.begin(head),
    onBody: (bytes, start, end) => collector.add(bytes, start, end),
    onComplete: (isReusable) => {
      const whole = collector;
      const { status, body } = whole;
      const header = (name: string) => whole.header(name);
      answers.push({ status, header, isReusable, body: Buffer.from(body).toString('latin1') });
      // Answers are looked at when all have been read.
      collector = new AnswerCollector();
    },
  });
  for (const piece of pieces) {
    // As a socket does it: the same memory again for the next bytes.
    const shared = Buffer.from(piece);
    reader.push(shared);
    shared.fill(0x2a);
  }
  if (closes) reader.close();
  return answers;
}

const whole = (text: string) => [Buffer.from(text, 'latin1')];
const byByte = (text: string) => [...Buffer.from(text, 'latin1')].map((byte) => Buffer.from([byte]));

const samples = {
  length: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: 1\r\n\r\nhello',
  empty: 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
  chunked: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhell\r\n1;x="y"\r\no\r\n0\r\nTrailer: t\r\n\r\n',
  informed:
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok',
  noContent: 'HTTP/1.1 204 No Content\r\nETag: "1"\r\n\r\n',
  notModified: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n',
  reasonless: 'HTTP/1.1 200\r\ncontent-length: 1\r\n\r\nx',
  closing: 'HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\nx',
  old: 'HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx',
  oldKept: 'HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\nx',
};

const expected: Record<keyof typeof samples, [status: number, body: string, isReusable: boolean]> = {
  length: [200, 'hello', true],
  empty: [200, '', true],
  chunked: [200, 'hello', true],
  informed: [201, 'ok', true],
  noContent: [204, '', true],
  notModified: [304, '', true],
  reasonless: [200, 'x', true],
  closing: [200, 'x', false],
  old: [200, 'x', false],
  oldKept: [200, 'x', true],
};

test('each way of framing an answer is read, whole and byte by byte', () => {
  for (const name of Object.keys(samples) as (keyof typeof samples)[]) {
    for (const split of [whole, byByte]) {
      const [answer, ...more] = read(split(samples[name]));
      assert.deepEqual([answer?.status, answer?.body, answer?.isReusable], expected[name], name);
      assert.equal(more.length, 0);
    }
  }
});

test('an answer split in two at every place is the same answer', () => {
  const text = samples.informed + samples.chunked.replace('200 OK', '200 Yes');
  for (let at = 1; at < samples.chunked.length; at++) {
    const [answer] = read([...whole(samples.chunked.slice(0, at)), ...whole(samples.chunked.slice(at))]);
    assert.equal(answer?.body, 'hello', `split at ${at}`);
  }
  assert.equal(text.length > 0, true);
});

test('answers one after the other on one connection are each read', () => {
  const answers = read([samples.length, samples.chunked, samples.noContent, samples.length].flatMap(whole));
  assert.deepEqual(
    answers.map(({ status, body }) => `${status} ${body}`),
    ['200 hello', '200 hello', '204 ', '200 hello'],
  );
});

test('bytes behind an answer that nobody asked for make its connection unusable', () => {
  const [answer, ...more] = read(whole(`${samples.length}HTTP/1.1 200 OK\r\n`));
  assert.deepEqual([answer?.body, answer?.isReusable, more.length], ['hello', false, 0]);
});

test('without a length the answer lasts until the server closes', () => {
  const text = 'HTTP/1.1 200 OK\r\n\r\nuntil the end';
  assert.equal(read(whole(text)).length, 0);
  for (const split of [whole, byByte]) {
    const [answer] = read(split(text), { closes: true });
    assert.deepEqual([answer?.body, answer?.isReusable], ['until the end', false]);
  }
});

test('a close in the middle of an answer does not end it', () => {
  for (const text of ['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhell', samples.chunked.slice(0, -2), 'HTTP/1.1 2']) {
    assert.equal(read(whole(text), { closes: true }).length, 0);
  }
});

test('headers are found by their lower-case name, several lines joined', () => {
  const text =
    'HTTP/1.1 200 OK\r\nETag:  "7" \r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nEmpty:\r\nContent-Length: 0\r\n\r\n';
  const [answer] = read(whole(text));
  assert.equal(answer?.header('etag'), '"7"');
  assert.equal(answer?.header('set-cookie'), 'a=1, b=2');
  assert.equal(answer?.header('empty'), '');
  assert.equal(answer?.header('cookie'), null);
  assert.equal(answer?.header('tag'), null);
});

test('what is no answer is refused with its reason', () => {
  const refusals: [text: string, reason: RegExp][] = [
    ['SSH-2.0-OpenSSH\r\n\r\n', /status line/],
    ['HTTP/2.0 200 OK\r\n\r\n', /status line/],
    ['HTTP/1.1 20 OK\r\n\r\n', /status line/],
    ['HTTP/1.1 200 OK\r\nno colon\r\n\r\n', /header line/],
    ['HTTP/1.1 200 OK\r\ncontent-length : 1\r\n\r\nx', /header line/],
    ['HTTP/1.1 200 OK\r\nA: 1\r\n folded\r\n\r\n', /header line/],
    ['HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n', /content-length/],
    ['HTTP/1.1 200 OK\r\ncontent-length: 0x1\r\n\r\n', /content-length/],
    ['HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n', /more than one content-length/],
    ['HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n', /both/],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n', /transfer-encoding/],
    ['HTTP/1.1 101 Switching Protocols\r\n\r\n', /switched/],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', /chunk/],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nxy\r\n', /chunk-end/],
    [`HTTP/1.1 200 OK\r\nA: ${'a'.repeat(17_000)}`, /head too long/],
    ['HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n', /body too long/],
  ];
  for (const [text, reason] of refusals) {
    assert.throws(() => read(whole(text)), reason, text.slice(0, 60));
    assert.throws(() => read(byByte(text)), reason, `${text.slice(0, 60)} byte by byte`);
  }
});

test('a head just within the limit is read', () => {
  const text = `HTTP/1.1 200 OK\r\nA: ${'a'.repeat(16_000)}\r\ncontent-length: 2\r\n\r\nok`;
  assert.equal(read(byByte(text))[0]?.body, 'ok');
});

test('a body without end does not fill the memory', () => {
  const megabyte = Buffer.alloc(2 ** 20);
  const endless = [...whole('HTTP/1.1 200 OK\r\n\r\n'), ...new Array<Buffer>(65).fill(megabyte)];
  assert.throws(() => read(endless), /body too long/);
});
