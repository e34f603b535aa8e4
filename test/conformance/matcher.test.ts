import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mismatch } from '../../src/conformance/vectors/matcher.ts';

const uuid = '01890a5d-ac96-774b-bcce-b302099a8057';

describe('a matcher', () => {
  const holds: [string, unknown, unknown][] = [
    ['equal values', { a: [1, 'x', null, true] }, { a: [1, 'x', null, true] }],
    ['a UUID', { $is: 'uuid' }, uuid],
    ['a time', { $is: 'time' }, '2026-01-02T03:04:05.678Z'],
    ['a pattern', { $regex: '^a+$' }, 'aaa'],
    ['one of several', { $oneOf: [null, { $is: 'uuid' }] }, uuid],
    ['some keys of many', { $with: { a: 1 } }, { a: 1, b: 2 }],
    [
      'all items, their number and order',
      { $length: 2, $items: { id: { $type: 'string' } }, $descendingBy: 'id' },
      [{ id: 'b' }, { id: 'a' }],
    ],
    ['not another', { $not: 'x' }, 'y'],
    ['at least', { $atLeast: '2026-01-01' }, '2026-01-02'],
  ];
  for (const [name, expected, value] of holds) {
    test(`holds: ${name}`, () => assert.equal(mismatch(expected, value), null));
  }

  const fails: [string, unknown, unknown][] = [
    ['a key too many', { a: 1 }, { a: 1, b: 2 }],
    ['a key too few', { a: 1, b: null }, { a: 1 }],
    ['a key in another case', { a: 1 }, { A: 1 }],
    ['an item too many', [1], [1, 2]],
    ['a text for a number', 1, '1'],
    ['a UUID in capitals', { $is: 'uuid' }, uuid.toUpperCase()],
    ['a UUID and a newline', { $is: 'uuid' }, `${uuid}\n`],
    ['a time without milliseconds', { $is: 'time' }, '2026-01-02T03:04:05Z'],
    ['a time of another zone', { $is: 'time' }, '2026-01-02T03:04:05.678+00:00'],
    ['a month 13', { $is: 'time' }, '2026-13-02T03:04:05.678Z'],
    ['ascending', { $descendingBy: 'id' }, [{ id: 'a' }, { id: 'b' }]],
    ['equal neighbours', { $descendingBy: 'id' }, [{ id: 'a' }, { id: 'a' }]],
    ['null for an object', { a: 1 }, null],
    ['a list for an object', { $with: {} }, []],
    ['one matcher of two', { $length: 1, $items: 2 }, [1]],
    ['nothing at all', 'x', undefined],
  ];
  for (const [name, expected, value] of fails) {
    test(`fails: ${name}`, () => assert.notEqual(mismatch(expected, value), null));
  }

  test('says where, what was expected and what came', () => {
    assert.deepEqual(mismatch({ files: [{ id: 1 }] }, { files: [{ id: 2 }] }), {
      at: '$.files[0].id',
      expected: '1',
      got: '2',
    });
  });
});
