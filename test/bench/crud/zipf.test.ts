import assert from 'node:assert/strict';
import { test } from 'node:test';
import { popularFile } from '../../../bench/crud/operations/popular-file.ts';
import { zipfRanks } from '../../../bench/crud/operations/zipf.ts';
import { createRandom } from '../../../src/stats/random.ts';

const drawCount = 200_000;

function tally(draw: () => number, placeCount: number): number[] {
  const drawn = new Array<number>(placeCount).fill(0);
  for (let at = 0; at < drawCount; at += 1) {
    const place = draw();
    drawn[place] = (drawn[place] as number) + 1;
  }
  return drawn;
}

test('rank r is drawn in proportion to 1 / (r + 1)^exponent, within five standard errors', () => {
  const exponent = 0.99;
  const drawn = tally(zipfRanks(createRandom(7), 1_000, exponent), 1_000);
  const weights = drawn.map((_, rank) => (rank + 1) ** -exponent);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (const rank of [0, 1, 2, 9, 99, 499, 999]) {
    const expected = (drawCount * (weights[rank] as number)) / total;
    const off = Math.abs((drawn[rank] as number) - expected);
    assert.ok(off < 5 * Math.sqrt(expected), `rank ${rank}: ${drawn[rank]} draws, ${expected.toFixed(0)} expected`);
  }
});

test('exponent 0 draws every rank alike', () => {
  const drawn = tally(zipfRanks(createRandom(7), 10, 0), 10);
  for (const count of drawn) assert.ok(Math.abs(count - drawCount / 10) < 5 * Math.sqrt(drawCount / 10));
});

test('of 10,000 files the most popular gets a tenth of the draws, and its neighbour in the table next to none', () => {
  const drawn = tally(popularFile(createRandom(7)), 10_000);
  assert.ok(Math.abs((drawn[0] as number) / drawCount - 0.1) < 0.01);
  assert.ok((drawn[1] as number) < drawCount / 1_000);
});
