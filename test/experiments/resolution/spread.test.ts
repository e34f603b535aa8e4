import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalDraw } from '../../../experiments/gate/simulated.ts';
import { drawRotations } from '../../../experiments/resolution/rotation.ts';
import { halfWidthOfSeven, type StartFigure, spreadsOf } from '../../../experiments/resolution/spread.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { chiSquareQuantile } from '../../../src/stats/simultaneous.ts';

/** Log costs: own level, the round's speed, what the generator shares, and noise of its own. */
function drawn(roundCount: number, size: { round: number; shared: number; own: number }): StartFigure[] {
  const random = createRandom(5);
  return Array.from({ length: roundCount }, (_, round) => {
    const speed = size.round * normalDraw(random);
    return ['a', 'b', 'c'].map((implementation, level) => {
      const shared = size.shared * normalDraw(random);
      const targetMs = Math.exp(level + speed + 0.7 * shared + size.own * normalDraw(random));
      return { implementation, block: `0/${round}`, targetMs, generatorMs: Math.exp(speed + shared) };
    });
  }).flat();
}

test('the spread of drawn figures is found raw, in rounds and after the generator', () => {
  const { raw, blocked, covaried, slope } = spreadsOf(drawn(2_000, { round: 0.08, shared: 0.05, own: 0.03 }));
  assert.ok(Math.abs((raw?.ratio ?? 0) - Math.hypot(0.08, 0.035, 0.03)) < 0.003);
  assert.ok(Math.abs((blocked?.ratio ?? 0) - Math.hypot(0.035, 0.03)) < 0.002);
  assert.ok(Math.abs((covaried?.ratio ?? 0) - 0.03) < 0.002);
  assert.ok(Math.abs((slope?.value ?? 0) - 0.7) < 0.03);
  assert.equal(blocked?.degreesOfFreedom, 2 * 1_999);
});

test('a round that lacks an implementation is left out', () => {
  const figures = drawn(10, { round: 0, shared: 0, own: 0.03 }).slice(1);
  assert.equal(spreadsOf(figures).blockCount, 9);
});

test('so is a round with a figure of 0, as /proc counts little CPU', () => {
  const figures = drawn(10, { round: 0, shared: 0, own: 0.03 });
  const [first, second, ...rest] = figures as [StartFigure, StartFigure, ...StartFigure[]];
  const { blockCount, blocked } = spreadsOf([{ ...first, targetMs: 0 }, second, ...rest]);
  assert.equal(blockCount, 9);
  assert.ok(Number.isFinite(blocked?.ratio));
});

test('fewer than two rounds say nothing of the spread', () => {
  const { raw, blocked, covaried } = spreadsOf(drawn(1, { round: 0, shared: 0, own: 0.03 }));
  assert.deepEqual([raw, blocked, covaried], [null, null, null]);
});

test('one implementation has no spread in rounds', () => {
  const figures = drawn(10, { round: 0.1, shared: 0, own: 0.03 }).filter(
    ({ implementation }) => implementation === 'a',
  );
  const { raw, blocked, covaried } = spreadsOf(figures);
  assert.equal(raw?.degreesOfFreedom, 9);
  assert.equal(blocked, null);
  assert.equal(covaried, null);
});

test('quantiles of chi-square are those of the tables within 0.1 %', () => {
  for (const [probability, df, value] of [
    [0.975, 5, 12.833],
    [0.025, 5, 0.831],
    [0.975, 30, 46.979],
    [0.025, 30, 16.791],
  ] as const) {
    assert.ok(Math.abs(chiSquareQuantile(probability, df) / value - 1) < 0.001);
  }
});

test('a half-width of 8 % takes the spreads that the method says', () => {
  for (const [rounds, ratio] of [
    [3, 0.027],
    [4, 0.033],
    [5, 0.038],
    [6, 0.042],
  ] as const) {
    assert.ok(Math.abs(halfWidthOfSeven(ratio, rounds) - 0.08) < 0.003);
  }
  assert.equal(halfWidthOfSeven(0.03, 1), Number.POSITIVE_INFINITY);
});

test('in a square of rotations every place and every predecessor is met equally often', () => {
  for (const n of [2, 3, 4, 7]) {
    const rowCount = n % 2 === 0 ? n : 2 * n;
    const rows = drawRotations(n, rowCount, createRandom(n));
    const places = rows.flatMap((row) => row.map((number, place) => `${number}@${place}`));
    const followers = rows.flatMap((row) => row.slice(1).map((number, index) => `${row[index]}>${number}`));
    assert.deepEqual(new Set(counts(places)), new Set([rowCount / n]));
    assert.equal(new Set(places).size, n * n);
    assert.deepEqual(new Set(counts(followers)), new Set([rowCount / n]));
    assert.equal(new Set(followers).size, n * (n - 1));
  }
});

function counts(names: readonly string[]): number[] {
  return [...Map.groupBy(names, (name) => name).values()].map(({ length }) => length);
}
