import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settlingOf } from '../../src/stats/change-point.ts';
import { createRandom } from '../../src/stats/random.ts';

/** Levels with their lengths, each value off by at most `noiseRatio`. */
function series(levels: readonly (readonly [level: number, count: number])[], noiseRatio = 0.03, seed = 7): number[] {
  const random = createRandom(seed);
  return levels.flatMap(([level, count]) =>
    Array.from({ length: count }, () => level * (1 + noiseRatio * (2 * random.float() - 1))),
  );
}

test('one change of level is found where it is, with an interval that holds it', () => {
  const settling = settlingOf(
    series([
      [3, 7],
      [1, 50],
    ]),
  );
  assert.equal(settling?.index, 7);
  assert.ok(settling.interval !== null && settling.interval.low <= 7 && settling.interval.high >= 7);
  assert.ok(Math.abs(settling.level - 1) < 0.03);
});

test('a level that lasted one second only is told from the rest', () => {
  assert.equal(
    settlingOf(
      series([
        [20, 1],
        [1, 59],
      ]),
    )?.index,
    1,
  );
});

test('of a gradual fall the last step counts', () => {
  assert.equal(
    settlingOf(
      series([
        [8, 4],
        [4, 6],
        [2, 10],
        [1, 40],
      ]),
    )?.index,
    20,
  );
});

test('the interval is wider where the change drowns in noise', () => {
  const widthOf = (noiseRatio: number) => {
    const { interval } =
      settlingOf(
        series(
          [
            [1.5, 20],
            [1, 40],
          ],
          noiseRatio,
        ),
      ) ?? {};
    return interval == null ? Number.NaN : interval.high - interval.low;
  };
  assert.ok(widthOf(0.45) > widthOf(0.05));
});

test('noise alone is hardly ever taken for a change', () => {
  const shown = Array.from({ length: 60 }, (_, seed) => settlingOf(series([[1, 60]], 0.3, seed + 1))).filter(
    (settling) => settling?.interval !== null,
  );
  assert.ok(shown.length <= 8, `${shown.length} of 60`);
});

test('a change below 10 % is of no account, and five values are too few', () => {
  assert.equal(
    settlingOf(
      series(
        [
          [1.07, 30],
          [1, 30],
        ],
        0.001,
      ),
    )?.index,
    0,
  );
  assert.equal(settlingOf([5, 1, 1, 1, 1]), null);
});
