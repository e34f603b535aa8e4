import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AnswerCollector, parseResponseHead } from '../../src/load/transport/response-reader.ts';

const lengths = ['content-length: 5', 'transfer-encoding: chunked'];
const headWith = (line: string) => parseResponseHead(`HTTP/1.1 200 OK\r\n${line}\r\n`);

for (const line of lengths) {
  test(`a body (${line}) is kept or only counted, as asked`, () => {
    const bodies = [true, false].map((keepsBodies) => {
      const collector = new AnswerCollector(keepsBodies);
      collector.begin(headWith(line));
      collector.add(Buffer.from('hel'), 0, 3);
      collector.add(Buffer.from('hello'), 3, 5);
      return Buffer.from(collector.body).toString();
    });
    assert.deepEqual(bodies, ['hello', '']);
  });
}

test('a body that is not kept is too long at the same length', () => {
  const collector = new AnswerCollector(false);
  assert.throws(() => collector.begin(headWith(`content-length: ${2 ** 26 + 1}`)), /body too long/);
  collector.begin(headWith('transfer-encoding: chunked'));
  const piece = Buffer.alloc(2 ** 25);
  collector.add(piece, 0, piece.length);
  collector.add(piece, 0, piece.length);
  assert.throws(() => collector.add(piece, 0, 1), /body too long/);
});
