import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChurnLoad, type ChurnRound, handshakeCosts } from '../../src/run/questions/churn.ts';

function load(habit: ChurnLoad['habit'], cpuPerRequestMs: number): ChurnLoad {
  const times = { responseP50Ms: 1, responseP99Ms: 2 };
  return { status: 'measured', habit, cpuPerRequestMs, ...times, okCount: 100, lostCount: 0 };
}

function round(kept: number, tenth: number, each: number): ChurnRound {
  return [load('tenth', tenth), load('each', each), load('kept', kept)];
}

test('a connection costs what its requests cost more than on kept ones, each round by itself', () => {
  const costs = handshakeCosts([round(1, 1.01, 1.1), round(2, 2.02, 2.2), round(3, 3.03, 3.3)]);
  const rounded = costs.map(({ habit, cpuMs, minCpuMs, maxCpuMs, roundCount }) => [
    habit,
    ...[cpuMs, minCpuMs, maxCpuMs].map((ms) => Math.round(1000 * ms) / 1000),
    roundCount,
  ]);
  assert.deepEqual(rounded, [
    ['tenth', 0.2, 0.1, 0.3, 3],
    ['each', 0.2, 0.1, 0.3, 3],
  ]);
});

test('a round in which a load failed says nothing of its habit', () => {
  const failed: ChurnLoad = { status: 'failed', habit: 'each', reason: 'it ended' };
  const costs = handshakeCosts([[load('kept', 1), load('tenth', 1.1), failed]]);
  assert.deepEqual(
    costs.map(({ habit }) => habit),
    ['tenth'],
  );
});
