import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detectionSvg } from '../../../experiments/gate/detection-svg.ts';
import { namedPaths } from '../../../experiments/gate/recorded.ts';
import { covariances, lowerFactor, normalDraw, spreadOf } from '../../../experiments/gate/simulated.ts';
import { createRandom } from '../../../src/stats/random.ts';

test('draws through the factor have the covariances it was made of', () => {
  const wanted = [
    [4, 2, 1],
    [2, 3, 0.5],
    [1, 0.5, 2],
  ];
  const factor = lowerFactor(wanted);
  const random = createRandom(1);
  const rows = Array.from({ length: 20_000 }, () => {
    const drawn = factor.map(() => normalDraw(random));
    return factor.map((row) => row.reduce((sum, part, index) => sum + part * (drawn[index] ?? 0), 0));
  });
  for (const [row, values] of covariances(rows).entries()) {
    for (const [column, value] of values.entries()) assert.ok(Math.abs(value - (wanted[row]?.[column] ?? 0)) < 0.12);
  }
  assert.equal(spreadOf(wanted, [1, -1, 0]), Math.sqrt(4 + 3 - 2 * 2));
});

test('the chart has a line for each curve and a whisker for each point, all within its frame', () => {
  const svg = detectionSvg({
    effectRatios: [0, 0.06, 0.12],
    curves: [
      { pairCount: 12, isRaw: false, shares: [0, 0.5, 1] },
      { pairCount: 12, isRaw: true, shares: [0, 0.2, 0.4] },
    ],
    points: [{ effectRatio: 0.06, pairCount: 12, share: 0.5, interval: { low: 0.25, high: 0.75 } }],
  });
  assert.match(svg, /<polyline points="80,330 374,173 668,16"/);
  assert.match(svg, /stroke-dasharray/);
  assert.match(svg, /<path d="M374 251.5V94.5".*<circle cx="374" cy="173"/);
});

test('paths of one name are taken together; one without a name is an error', () => {
  assert.deepEqual(
    [...(namedPaths(['A/A=one', '5 %=two', 'A/A=three']) ?? [])],
    [
      ['A/A', ['one', 'three']],
      ['5 %', ['two']],
    ],
  );
  assert.equal(namedPaths(['one']), null);
});
