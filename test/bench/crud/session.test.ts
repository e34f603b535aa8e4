import assert from 'node:assert/strict';
import { test } from 'node:test';
import { popularFile, zipfRanks } from '../../../bench/crud/operations/popular-file.ts';
import { evenTurns, weightedDraw } from '../../../bench/crud/operations/session.ts';
import { workload as blogPost } from '../../../bench/crud/workloads/blog-post.ts';
import type { Operation } from '../../../src/model/workload.ts';
import { createRandom } from '../../../src/stats/random.ts';

test('smooth weighted round robin gives nginx’s own example', () => {
  assert.deepEqual(evenTurns({ a: 5, b: 1, c: 1 }), ['a', 'a', 'b', 'a', 'c', 'a', 'a']);
});

test('in a second of `blog-post` each of the six APIs has its 25 requests, evenly apart', () => {
  const turns = evenTurns(blogPost.mix);
  assert.equal(turns.length, 153);
  for (const [name, weight] of Object.entries(blogPost.mix)) {
    const places = turns.flatMap((turn, place) => (turn === name ? [place] : []));
    assert.equal(places.length, weight, name);
    const nextPeriod: number = (places[0] as number) + turns.length;
    const gaps: number[] = places.map((place, at) => (places[at + 1] ?? nextPeriod) - place);
    const evenGap: number = turns.length / weight;
    for (const gap of gaps) assert.ok(Math.abs(gap - evenGap) < 3, `${name}: ${gap} turns apart, not ${evenGap}`);
  }
});

test('a weighted draw follows its weights', () => {
  const named = (name: string) => () => ({ name }) as Operation;
  const draw = weightedDraw(createRandom(3), { rare: 1, often: 3 }, { rare: named('rare'), often: named('often') });
  const drawn = Array.from({ length: 10_000 }, () => draw()?.name);
  const oftenRatio = drawn.filter((name) => name === 'often').length / drawn.length;
  assert.ok(Math.abs(oftenRatio - 0.75) < 0.02, `${oftenRatio}`);
});

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
