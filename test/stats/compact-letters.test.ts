import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compactLetters } from '../../src/stats/compact-letters.ts';

/** From the published example of Piepho (2004): 1–3, 2–… differ only where listed. */
function lettersOf(count: number, differing: readonly (readonly [number, number])[]): string[] {
  return compactLetters(count, (a, b) => differing.some(([x, y]) => (x === a && y === b) || (x === b && y === a)));
}

test('without a difference all share one letter, and with all none is shared', () => {
  assert.deepEqual(lettersOf(3, []), ['a', 'a', 'a']);
  assert.deepEqual(
    lettersOf(3, [
      [0, 1],
      [0, 2],
      [1, 2],
    ]),
    ['a', 'b', 'c'],
  );
});

test('one in the middle that differs from neither end has both letters', () => {
  assert.deepEqual(lettersOf(3, [[0, 2]]), ['a', 'ab', 'b']);
});

test('two share a letter if and only if they do not differ, whatever the differences are', () => {
  const differences = fc.integer({ min: 2, max: 7 }).chain((count) =>
    fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 12 }).map((pairs) => ({
      count,
      pairs: pairs.filter(([a, b]) => a !== b),
    })),
  );
  fc.assert(
    fc.property(differences, ({ count, pairs }) => {
      const letters = lettersOf(count, pairs);
      for (let a = 0; a < count; a += 1) {
        for (let b = a + 1; b < count; b += 1) {
          const share = [...(letters[a] ?? '')].some((letter) => letters[b]?.includes(letter));
          const differ = pairs.some(([x, y]) => (x === a && y === b) || (x === b && y === a));
          if (share === differ) return false;
        }
      }
      return true;
    }),
  );
});
