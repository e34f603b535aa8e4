import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Primitive } from '../../src/model/primitive.ts';
import type { PrimitiveResult } from '../../src/model/primitive-result.ts';
import { planPrimitives, pointless } from '../../src/run/primitive-plan.ts';
import { createRandom } from '../../src/stats/random.ts';
import { failedPrimitive, primitiveProfile, timedPrimitive } from '../support/primitive.ts';

const primitive: Primitive = {
  id: 'lock',
  order: 1,
  version: 1,
  title: 'A lock',
  kind: 'time',
  operation: 'take it',
  checked: 'the counter',
  sizeName: 'contenders',
  sizes: [1, 2],
  variants: {
    typescript: [
      { id: 'atomics', description: 'shared memory' },
      { id: 'promise', description: 'one loop' },
    ],
    go: [{ id: 'mutex', description: 'sync.Mutex' }],
    python: [],
  },
  usesData: false,
  programs: null,
};
const runners = [
  { id: 'primitives-node', language: 'typescript' },
  { id: 'primitives-go', language: 'go' },
  { id: 'primitives-python', language: 'python' },
];

function planned(seed = 1) {
  const profile = primitiveProfile({ repetitionCount: 2 });
  return planPrimitives({ profile, primitives: [primitive], runners, seed, random: createRandom(seed) });
}

test('every variant of every ready runner is asked at every size, once a repetition', () => {
  const names = planned().map(({ variant, size, repetition }) => `${variant} ${size} #${repetition}`);
  assert.equal(names.length, 2 * 2 * 3);
  assert.equal(new Set(names).size, names.length);
  assert.deepEqual(new Set(planned().map(({ variant }) => variant)), new Set(['atomics', 'promise', 'mutex']));
});

test('a repetition is whole before the next begins, and sizes go upwards', () => {
  assert.deepEqual(
    planned().map(({ repetition, size }) => `${repetition}.${size}`),
    [...Array(3).fill('1.1'), ...Array(3).fill('1.2'), ...Array(3).fill('2.1'), ...Array(3).fill('2.2')],
  );
});

test('the order within a round is drawn from the seed', () => {
  const order = (seed: number) => planned(seed).map(({ variant }) => variant);
  assert.deepEqual(order(1), order(1));
  assert.notDeepEqual(order(1), order(3));
});

test('a size above one that failed is pointless for memory, and only for that variant', () => {
  const memory: Primitive = { ...primitive, id: 'memory-tasks', kind: 'memory', sizes: [0, 10, 100] };
  const shape = { primitive: 'memory-tasks', variant: 'worker' };
  const done: PrimitiveResult[] = [failedPrimitive({ ...shape, size: 10, repetition: 1 })];
  const at = (size: number, variant = 'worker') =>
    pointless(timedPrimitive({ ...shape, variant, size, repetition: 2 }).spec, memory, done);
  assert.equal(at(0), null);
  assert.match(at(10) ?? '', /failed at 10/);
  assert.match(at(100) ?? '', /failed at 10/);
  assert.equal(at(100, 'promise'), null);
  assert.equal(pointless(done[0]?.spec as never, primitive, done), null);
});
