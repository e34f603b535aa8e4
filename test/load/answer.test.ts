import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnswerCollector } from '../../src/load/answer.ts';
import { parseResponseHead } from '../../src/load/response-head.ts';

const lengths = ['content-length: 5', 'transfer-encoding: chunked'];
const headWith = (line: string) => parseResponseHead(`HTTP/1.1 200 OK\r\n${line}\r\n`);

for (const line of lengths) {
  test(`a body (${line}) is kept or only counted, as asked`, () => {
    const bodies = [true, false].map((keepsBodies) => {
      const collector = createAnswerCollector(keepsBodies);
      collector.begin(headWith(line));
      collector.add(Buffer.from('hel'));
      collector.add(Buffer.from('lo'));
      return Buffer.from(collector.finish().body).toString();
    });
    assert.deepEqual(bodies, ['hello', '']);
  });
}

test('a body that is not kept is too long at the same length', () => {
  const collector = createAnswerCollector(false);
  assert.throws(() => collector.begin(headWith(`content-length: ${2 ** 26 + 1}`)), /body too long/);
  collector.begin(headWith('transfer-encoding: chunked'));
  const piece = Buffer.alloc(2 ** 25);
  collector.add(piece);
  collector.add(piece);
  assert.throws(() => collector.add(Buffer.alloc(1)), /body too long/);
});
