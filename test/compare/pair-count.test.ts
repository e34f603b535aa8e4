import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gate } from '../../bench/gate.ts';
import { changeOf } from '../../src/compare/change.ts';
import { detectableRatio, type Precision, usualPairCount } from '../../src/compare/pair-count.ts';
import { verdictOf } from '../../src/compare/verdict.ts';
import { normalQuantile } from '../../src/stats/distributions.ts';
import { createRandom } from '../../src/stats/random.ts';

const precision: Precision = { minEffectRatio: 0.025, alpha: gate.alpha, familyCount: 5 };

/** How often the rule itself finds a rise, in 400 seeded simulations. */
function foundRatio(effectRatio: number, spread: number, pairCount: number): number {
  const random = createRandom(11);
  let found = 0;
  for (let run = 0; run < 400; run += 1) {
    const pairs = Array.from({ length: pairCount }, () => {
      const noise = spread * normalQuantile(Math.max(1e-9, random.float()));
      return { base: 1, head: (1 + effectRatio) * Math.exp(noise) };
    });
    const change = changeOf({ base: [], head: [], pairs }, { better: 'lower', levelRatio: 0.95, noiseFloorRatio: 0 });
    assert.ok(change);
    const adjusted = { ...change, pWorseAdjusted: change.pWorse * 5, pBetterAdjusted: 1 };
    const ruling = { ...precision, better: 'lower' as const, noiseFloorRatio: 0 };
    if (verdictOf(adjusted, ruling).kind === 'worse') found += 1;
  }
  return found / 400;
}

test('what pairs are said to detect is found by the rule in nine of ten cases or a little more', () => {
  for (const [spread, pairCount] of [
    [0.028, 12],
    [0.042, 20],
    [0.08, 20],
  ] as const) {
    const share = foundRatio(detectableRatio(spread, pairCount, precision), spread, pairCount);
    assert.ok(share > 0.88 && share < 0.99, `${spread}, ${pairCount}: ${share}`);
  }
});

test('more pairs detect less, a greater family or more noise asks for more', () => {
  const detect = (spread: number, pairs: number, familyCount = 5) =>
    detectableRatio(spread, pairs, { ...precision, familyCount });
  assert.ok(detect(0.04, 40) < detect(0.04, 20));
  assert.ok(detect(0.04, 20, 35) > detect(0.04, 20, 1));
  assert.ok(detect(0.08, 20) > detect(0.04, 20));
});

test('the default number of pairs detects twice the smallest effect, and is 40 at most', () => {
  const usual = (spread: number | null, familyCount = 5) => usualPairCount(spread, { ...precision, familyCount });
  assert.deepEqual(
    [null, 0.02, 0.2].map((spread) => usual(spread)),
    [12, 12, 40],
  );
  assert.ok(usual(0.042) > 12 && usual(0.042) < 40);
  assert.ok(usual(0.042, 35) > usual(0.042));
  for (const spread of [0.042, 0.055]) {
    const share = foundRatio(2 * precision.minEffectRatio, spread, usual(spread));
    assert.ok(share ** 2 > 0.93, `${spread}: ${share}`);
  }
});
