import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evenTurns, weightedDraw } from '../../../bench/crud/operations/draw.ts';
import { workload as seed } from '../../../bench/crud/workloads/seed.ts';
import type { Operation } from '../../../src/model/workload.ts';
import { createRandom } from '../../../src/stats/random.ts';

test('smooth weighted round robin gives nginx’s own example', () => {
  assert.deepEqual(evenTurns({ a: 5, b: 1, c: 1 }), ['a', 'a', 'b', 'a', 'c', 'a', 'a']);
});

test('in a second of `seed` each of the six APIs has its 25 requests, evenly apart', () => {
  const turns = evenTurns(seed.mix);
  assert.equal(turns.length, 153);
  for (const [name, weight] of Object.entries(seed.mix)) {
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
