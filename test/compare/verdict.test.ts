import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Criteria, verdictOf } from '../../src/compare/verdict.ts';
import type { Change } from '../../src/model/comparison.ts';

const criteria: Criteria = { better: 'lower', minEffectRatio: 0.025, noiseFloorRatio: 0, alpha: 0.05, familyCount: 5 };

/** Clearly worse: each test takes one condition away. */
const change: Change = {
  method: 'paired',
  ratio: 0.06,
  interval: { lowRatio: 0.04, highRatio: 0.08 },
  count: 12,
  logRatioSd: 0.03,
  minP: 2 ** -12,
  pWorse: 0.001,
  pBetter: 0.999,
  pWorseAdjusted: 0.005,
  pBetterAdjusted: 1,
};

function verdictFor(of: Partial<Change>, by: Partial<Criteria> = {}) {
  return verdictOf({ ...change, ...of }, { ...criteria, ...by });
}

test('worse needs all three: an interval beyond no change, an estimate that matters, a p that is small enough', () => {
  assert.equal(verdictFor({}).kind, 'worse');
  assert.match(
    verdictFor({ pWorseAdjusted: 0.051 }).reason,
    /^p 0\.0510 is above 0\.05 over 5; an interval half as wide would take about 48 pairs/,
  );
  assert.match(
    verdictFor({ ratio: 0.024, interval: { lowRatio: 0.004, highRatio: 0.05 } }).reason,
    /^there is a change \(\+2\.4 %\)/,
  );
  assert.match(verdictFor({ interval: { lowRatio: -0.001, highRatio: 0.12 } }).reason, /^the interval holds both/);
});

test('the interval itself must clear the noise floor, whatever p says; the floor widens what counts as the same', () => {
  assert.equal(verdictFor({}, { noiseFloorRatio: 0.039 }).kind, 'worse');
  assert.equal(verdictFor({}, { noiseFloorRatio: 0.041 }).kind, 'inconclusive');
  const small = { ratio: 0.001, interval: { lowRatio: -0.01, highRatio: 0.01 }, pWorseAdjusted: 1 };
  assert.equal(verdictFor(small).kind, 'same');
  assert.equal(verdictFor(small, { noiseFloorRatio: 0.02 }).kind, 'inconclusive');
});

test('where more is better the same rise is better, and a fall of the same size on the log scale is worse', () => {
  const higher = { better: 'higher' as const };
  const rise = { pWorseAdjusted: 1, pBetterAdjusted: 0.005 };
  assert.equal(verdictFor(rise, higher).kind, 'better');
  const fall = { ratio: 1 / 1.06 - 1, interval: { lowRatio: 1 / 1.08 - 1, highRatio: 1 / 1.04 - 1 } };
  const found = verdictFor(fall, higher);
  assert.equal(found.kind, 'worse');
  assert.ok(found.kind === 'worse' && Math.abs((found.minChangeRatio ?? 0) - 0.04) < 1e-9);
});

test('too few comes first, even where the interval looks clear', () => {
  assert.equal(verdictFor({ count: 6, minP: 2 ** -6 }).kind, 'too-few');
  assert.equal(verdictFor({ count: 7, minP: 2 ** -7 }).kind, 'worse');
  assert.equal(verdictFor({ interval: null, count: 5, minP: 2 ** -5 }, { familyCount: 1 }).kind, 'too-few');
  const without = verdictFor({ interval: null, count: 5, minP: 2 ** -5 }, { familyCount: 1 });
  assert.equal(without.kind === 'too-few' && without.minCount, 6);
  assert.match(without.reason, /^5 pairs have no interval of that level; 6 may$/);
});
