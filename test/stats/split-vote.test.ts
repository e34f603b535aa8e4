import assert from 'node:assert/strict';
import { test } from 'node:test';
import { binomialAtMost } from '../../src/stats/distributions.ts';
import { splitVoteProbability } from '../../src/stats/split-vote.ts';

test('the split-vote rate of five servers, four alive, is the published one', () => {
  const percents = [0.01, 0.1, 0.2].map((ratio) => Number((100 * splitVoteProbability(5, 4, ratio)).toPrecision(3)));
  assert.deepEqual(percents, [0.0592, 5.23, 18.1]);
});

test('of three servers the two left split whenever they time out within a latency of each other', () => {
  assert.ok(Math.abs(splitVoteProbability(3, 2, 0.1) - (1 - 0.9 ** 2)) < 1e-12);
});

test('without latency nothing splits, and with time-outs all alike everything does', () => {
  assert.equal(splitVoteProbability(5, 4, 0), 0);
  assert.equal(splitVoteProbability(5, 4, 5), 1);
});

test('a binomial sum agrees with its terms', () => {
  assert.ok(Math.abs(binomialAtMost(1, 4, 0.5) - 5 / 16) < 1e-12);
  assert.equal(binomialAtMost(-1, 4, 0.5), 0);
  assert.equal(binomialAtMost(4, 4, 0.5), 1);
  assert.ok(Math.abs(binomialAtMost(500, 1000, 0.5) - 0.5126) < 1e-4);
});
