import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createEventStreamReader } from '../../src/load/transport/event-streams.ts';
import type { ServerSentEvent } from '../../src/model/workload.ts';

function read(pieces: readonly Uint8Array[]): ServerSentEvent[] {
  const events: ServerSentEvent[] = [];
  const push = createEventStreamReader((event) => events.push(event));
  for (const piece of pieces) push(piece);
  return events;
}

const text = [
  ': open',
  '',
  'id: 7',
  'event: aggregation',
  'data: {"name":"Grüße 🦊"}',
  '',
  'data:two',
  'data:  lines',
  'retry: 10',
  '',
  'event: nothing to say',
  '',
  'id: bad\0id',
  'data',
  '',
  'data: never ended',
].join('\n');

const events: ServerSentEvent[] = [
  { id: '7', event: 'aggregation', data: '{"name":"Grüße 🦊"}' },
  { id: '7', event: 'message', data: 'two\n lines' },
  { id: '7', event: 'message', data: '' },
];

test('events are read as the standard says: comments, defaults, several data lines, the id that stays', () => {
  assert.deepEqual(read([Buffer.from(text)]), events);
});

test('LF, CRLF and CR end lines alike, also byte by byte', () => {
  for (const end of ['\n', '\r\n', '\r']) {
    const bytes = Buffer.from(`\ufeff${text.replaceAll('\n', end)}`);
    assert.deepEqual(read([...bytes].map((byte) => Buffer.from([byte]))), events, JSON.stringify(end));
  }
});

test('how the bytes are split makes no difference', () => {
  const bytes = Buffer.from(text);
  fc.assert(
    fc.property(fc.array(fc.nat({ max: bytes.length }), { maxLength: 6 }), (places) => {
      const ends = [...places, bytes.length].sort((a, b) => a - b);
      assert.deepEqual(read(ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))), events);
    }),
  );
});
