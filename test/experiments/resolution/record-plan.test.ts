import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planText, sliceRoundMs, trialRoundMs } from '../../../experiments/resolution/record-plan.ts';

const rates = { ratePerSec: 400, warmupCount: 1_600, warmupRatePerSec: 800 };
const slices = { ...rates, sliceMs: 1_000, sliceCount: 8, aloneCount: 2, gapMs: 50, stretchMs: 6_000, restMs: 1_000 };

test('a round of slices takes three rests, and of each start its own time, warm-up, slices with gaps, and stretch', () => {
  assert.equal(sliceRoundMs(slices, 3), 3_000 + 3 * (3_500 + 2_000 + 10 * 1_050 + 6_000));
});

test('a round of trials takes each implementation at each setting', () => {
  const one = trialRoundMs([{ ...rates, windowMs: 4_000 }], { implementationCount: 1, idleMs: 1_000 });
  assert.equal(one, 2_000 + 1_000 + 1.05 * 2_000 + 4_000);
  const settings = [100, 400].map((ratePerSec) => ({ ...rates, ratePerSec, windowMs: 4_000 }));
  assert.equal(trialRoundMs(settings, { implementationCount: 3, idleMs: 1_000 }), 6 * one);
});

test('a plan says what is there, what a round takes, and how many of them the minutes hold', () => {
  const plan = { doneCount: 10, roundCount: 40, minutes: 25, roundMs: 60_000 };
  assert.equal(
    planText(plan),
    '10 of 40 rounds are there; a round takes about 1 min 0 s, those left 30 min 0 s; within 25 minutes about 25, after building and checking',
  );
  assert.match(planText({ ...plan, minutes: 0.5 }), /within 0\.5 minutes about 1,/);
  assert.equal(planText({ ...plan, doneCount: 40 }), '40 of 40 rounds are there');
});
