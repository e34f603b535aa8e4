import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Primitive, PrimitiveResult } from '../../src/model/primitive.ts';
import type { Probe } from '../../src/probe/probe.ts';
import { enforceLimits, PrimitiveFailure } from '../../src/run/primitives/case-checks.ts';
import { planPrimitives, skipReason } from '../../src/run/primitives/plan.ts';
import { integerCount, preparePrimitiveData } from '../../src/run/primitives/prepare.ts';
import { createRandom } from '../../src/stats/random.ts';
import { failedPrimitive, primitiveProfile, timedPrimitive } from '../support/primitive.ts';

const primitive: Primitive = {
  id: 'lock',
  order: 1,
  version: 1,
  title: 'A lock',
  kind: 'time',
  operation: 'take it',
  correctnessCheck: 'the counter',
  sizeLabel: 'contenders',
  sizes: [1, 2],
  cases: {
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
  const primitivePlan = primitiveProfile({ repetitionCount: 2 });
  return planPrimitives({ primitivePlan, primitives: [primitive], runners, seed, random: createRandom(seed) });
}

test('every variant of every ready runner is asked at every size, once a repetition', () => {
  const names = planned().map(({ caseId, size, repetition }) => `${caseId} ${size} #${repetition}`);
  assert.equal(names.length, 2 * 2 * 3);
  assert.equal(new Set(names).size, names.length);
  assert.deepEqual(new Set(planned().map(({ caseId }) => caseId)), new Set(['atomics', 'promise', 'mutex']));
});

test('a repetition is whole before the next begins, and sizes go upwards', () => {
  assert.deepEqual(
    planned().map(({ repetition, size }) => `${repetition}.${size}`),
    [...Array(3).fill('1.1'), ...Array(3).fill('1.2'), ...Array(3).fill('2.1'), ...Array(3).fill('2.2')],
  );
});

test('the order within a round is drawn from the seed', () => {
  const order = (seed: number) => planned(seed).map(({ caseId }) => caseId);
  assert.deepEqual(order(1), order(1));
  assert.notDeepEqual(order(1), order(3));
});

test('a size above one that failed is pointless for memory, and only for that variant', () => {
  const memory: Primitive = { ...primitive, id: 'memory-tasks', kind: 'memory', sizes: [0, 10, 100] };
  const shape = { primitive: 'memory-tasks', caseId: 'worker' };
  const done: PrimitiveResult[] = [failedPrimitive({ ...shape, size: 10, repetition: 1 })];
  const at = (size: number, caseId = 'worker') =>
    skipReason(timedPrimitive({ ...shape, caseId, size, repetition: 2 }).spec, memory, done);
  assert.equal(at(0), null);
  assert.match(at(10) ?? '', /failed at 10/);
  assert.match(at(100) ?? '', /failed at 10/);
  assert.equal(at(100, 'promise'), null);
  assert.equal(skipReason(done[0]?.spec as never, primitive, done), null);
});

async function cache(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'paceline-data-'));
  context.after(() => rm(folder, { recursive: true }));
  return folder;
}

test('the same seed gives the same integers, and the hash is that of them in order', async (context) => {
  const { path, sortedHash } = await preparePrimitiveData(await cache(context), 7);
  const again = await preparePrimitiveData(await cache(context), 7);
  const other = await preparePrimitiveData(await cache(context), 8);
  assert.equal(again.sortedHash, sortedHash);
  assert.notEqual(other.sortedHash, sortedHash);
  const bytes = await readFile(path);
  const integers = new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  assert.equal(integers.length, integerCount);
  assert.equal(createHash('sha256').update(integers.sort()).digest('hex'), sortedHash);
});

test('a file that was cut short is written again', async (context) => {
  const folder = await cache(context);
  const { path } = await preparePrimitiveData(folder, 7);
  await truncate(path, 1_000);
  await preparePrimitiveData(folder, 7);
  assert.equal((await readFile(path)).length, integerCount * 4);
});

function watching(anonBytes: number, timeLimitMs: number, signal = new AbortController().signal) {
  const probe = { readAnonBytes: async () => anonBytes } as unknown as Probe;
  return enforceLimits({ probe, group: null, memoryLimitBytes: 2 ** 20, timeLimitMs, signal });
}

test('without a control group the memory limit is kept by looking', async () => {
  const limits = watching(2 ** 20 + 1, 60_000);
  await assert.rejects(
    limits.exceeded,
    (error) =>
      error instanceof PrimitiveFailure && error.code === 'out-of-memory' && /limit of 1 MiB/.test(error.message),
  );
});

test('a runner without a result in time is reported', async () => {
  const limits = watching(0, 0);
  await assert.rejects(limits.exceeded, (error) => error instanceof PrimitiveFailure && error.code === 'timed-out');
});

test('an interruption is passed on as what it is', async () => {
  const controller = new AbortController();
  const limits = watching(0, 60_000, controller.signal);
  const reason = new Error('interrupted');
  controller.abort(reason);
  await assert.rejects(limits.exceeded, reason);
});

test('a watch that has ended says nothing any more', async () => {
  const limits = watching(0, 60_000);
  limits.end();
  const first = await Promise.race([limits.exceeded, new Promise((resolve) => setTimeout(resolve, 150, 'silent'))]);
  assert.equal(first, 'silent');
});
