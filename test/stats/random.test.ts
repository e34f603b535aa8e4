import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, randomFromWords } from '../../src/stats/random.ts';

test('the stream is the reference implementation of xoshiro128** 1.1 from the state 1 2 3 4', () => {
  const random = randomFromWords([1, 2, 3, 4]);
  const published = [
    11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
  ];
  assert.deepEqual(
    published.map(() => random.uint32()),
    published,
  );
});

test('seed 0 is expanded by splitmix32 as other implementations expand it', () => {
  const random = createRandom(0);
  const expanded = randomFromWords([1684164658, 3653269916, 2939563536, 2141751570]);
  const drawn = [random.uint32(), random.uint32(), random.uint32(), random.uint32()];
  assert.deepEqual(drawn, [expanded.uint32(), expanded.uint32(), expanded.uint32(), expanded.uint32()]);
  assert.deepEqual(drawn, [1789933344, 44971166, 2521387044, 3848737593]);
});

test('the same seed gives the same stream and another seed another, also above 2^32', () => {
  const first = (seed: number) => createRandom(seed).uint32();
  assert.equal(first(42), first(42));
  assert.notEqual(first(42), first(43));
  assert.notEqual(first(42), first(42 + 2 ** 32));
});

test('a seed that is no whole number from 0 is refused', () => {
  for (const seed of [-1, 0.5, Number.NaN, 2 ** 53]) assert.throws(() => createRandom(seed), RangeError);
});

test('below gives every value equally often and nothing else', () => {
  const random = createRandom(7);
  const countOf = new Array<number>(10).fill(0);
  for (let i = 0; i < 100_000; i++) {
    const drawn = random.below(10);
    countOf[drawn] = (countOf[drawn] ?? Number.NaN) + 1;
  }
  const chiSquare = countOf.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  assert.ok(chiSquare < 27.9, `chi-square ${chiSquare} with 9 degrees of freedom is beyond 99.9 %`);
});

test('below draws again instead of favouring small remainders', () => {
  // With n = 3·2^30 a plain remainder would give the lowest third twice as often as the others.
  const random = createRandom(3);
  const n = 3 * 2 ** 30;
  let lowCount = 0;
  for (let i = 0; i < 30_000; i++) lowCount += random.below(n) < n / 3 ? 1 : 0;
  assert.ok(Math.abs(lowCount - 10_000) < 350, `${lowCount} of 30,000 in the lowest third`);
});

test('below refuses what is not a count', () => {
  const random = createRandom(1);
  for (const n of [0, -1, 1.5, 2 ** 33]) assert.throws(() => random.below(n), RangeError);
  assert.equal(random.below(1), 0);
});

test('float stays in [0, 1) and exponential has mean and variance 1', () => {
  const random = createRandom(11);
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < 200_000; i++) {
    const uniform = random.float();
    assert.ok(uniform >= 0 && uniform < 1);
    const gap = random.exponential();
    sum += gap;
    squares += gap * gap;
  }
  const mean = sum / 200_000;
  assert.ok(Math.abs(mean - 1) < 0.01, `mean ${mean}`);
  assert.ok(Math.abs(squares / 200_000 - mean ** 2 - 1) < 0.03, `variance ${squares / 200_000 - mean ** 2}`);
});
