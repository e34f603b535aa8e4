import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  comparedBlock,
  drawnBlocks,
  type RecordedRun,
  recordedRuns,
  recordings,
} from '../../../experiments/gate/recorded.ts';
import { shareInterval, talliedBlocks } from '../../../experiments/gate/tally.ts';
import type { RunResult } from '../../../src/model/run-result.ts';
import type { Trial } from '../../../src/model/trial.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { writeResult } from '../../../src/store/result-file.ts';
import { pairedRuns } from '../../support/paired-runs.ts';
import { invalidTrial, okTrial, runResult } from '../../support/run-result.ts';

const start = Date.parse('2026-01-15T12:00:00Z');

/** Trials of one side at these seconds, by which tests know them. */
function side(
  name: 'aa-base' | 'aa-head' | 'ci-base' | 'ci-head',
  session: string,
  seconds: readonly number[],
): RunResult {
  const trials = seconds.map((second, index) => {
    const pair = { sessionId: session, number: index + 1 };
    const at = new Date(start + second * 1000).toISOString();
    return { ...okTrial({ repetition: index + 1, pair }), startedAt: at } as Trial;
  });
  const { scenario } = runResult();
  return runResult({ runId: `${session} ${name}`, scenario: { ...scenario, id: name }, trials });
}

function aaRun(session: string, seconds: readonly number[]): RecordedRun {
  const own = (parity: number) => seconds.filter((_, index) => index % 2 === parity);
  return { base: side('aa-base', session, own(0)), head: side('aa-head', session, own(1)), isAA: true };
}

function commitsRun(count: number): RecordedRun {
  const seconds = Array.from({ length: count }, (_, index) => 2 * index);
  const head = seconds.map((second) => second + 1);
  return { base: side('ci-base', 'one', seconds), head: side('ci-head', 'one', head), isAA: false };
}

function secondOf({ startedAt }: Trial): number {
  return (Date.parse(startedAt) - start) / 1000;
}

function only<T>(values: readonly T[]): T {
  assert.equal(values.length, 1);
  return values[0] as T;
}

test('trials of one commit are taken in twos from the first or the second on, never across two runs', () => {
  const { series } = only(recordings([aaRun('one', [0, 1, 2, 3]), aaRun('two', [100, 101, 102, 103])]));
  const seconds = series.map((pairs) => pairs.map(({ base, head }) => [secondOf(base), secondOf(head)]));
  assert.deepEqual(seconds, [
    [
      [0, 1],
      [2, 3],
      [100, 101],
      [102, 103],
    ],
    [
      [1, 2],
      [101, 102],
    ],
  ]);
});

test('of a pair that was made again only the last try counts, and only if none of its trials was invalid', () => {
  const { base, head } = commitsRun(3);
  assert.ok(head !== null);
  const invalid = (index: number) =>
    ({ ...head.trials[index], ...invalidTrial(), spec: head.trials[index]?.spec }) as Trial;
  const again = (trial: Trial | undefined) =>
    ({ ...trial, startedAt: '2026-01-15T13:00:00.000Z', spec: { ...trial?.spec, attempt: 2 } }) as Trial;
  const run: RecordedRun = {
    base: { ...base, trials: [...base.trials, again(base.trials[1])] },
    head: { ...head, trials: [head.trials[0] as Trial, invalid(1), invalid(2), again(head.trials[1])] },
    isAA: false,
  };
  const [pairs = []] = only(recordings([run])).series;
  const tries = pairs.map(({ base: { spec } }) => [spec.pair?.number, spec.attempt]);
  assert.deepEqual(tries, [
    [1, 1],
    [2, 2],
  ]);
});

test('a block is contiguous, goes on with the first pair behind the last, and shares none with the next', () => {
  const recording = only(recordings([commitsRun(8)]));
  const random = createRandom(3);
  const starts = new Set<number>();
  for (let draw = 0; draw < 100; draw += 1) {
    const { block, next } = drawnBlocks(recording, 4, random);
    const numbers = [...block, ...(next ?? [])].map(({ base }) => secondOf(base) / 2);
    const [first = 0] = numbers;
    starts.add(first);
    assert.deepEqual(
      numbers,
      Array.from({ length: 8 }, (_, index) => (first + index) % 8),
    );
  }
  assert.equal(starts.size, 8);
  assert.equal(drawnBlocks(recording, 5, random).next, null);
});

test('sides of one commit are drawn as ABBA or BAAB; those of two stay', () => {
  const seconds = Array.from({ length: 16 }, (_, index) => index);
  const recording = only(recordings([aaRun('one', seconds)]));
  const random = createRandom(5);
  const orders = new Set<string>();
  for (let draw = 0; draw < 40; draw += 1) {
    const { block } = drawnBlocks(recording, 4, random);
    const order = block.map(({ base, head }) => (secondOf(base) < secondOf(head) ? 'AB' : 'BA')).join('');
    assert.match(order, /^(ABBA|BAAB)(ABBA|BAAB)$/);
    orders.add(order);
  }
  assert.equal(orders.size, 4);
  const { block } = drawnBlocks(only(recordings([commitsRun(8)])), 4, random);
  assert.ok(block.every(({ base, head }) => secondOf(base) + 1 === secondOf(head)));
});

test('a burden that is far beyond the noise is found in every block and confirmed by the next; none in one commit', () => {
  const wish = { pairCount: 8, blockCount: 30, random: createRandom(1), endMs: Number.POSITIVE_INFINITY };
  const { base, head } = pairedRuns(20, { cpuFactor: 1 }, { cpuFactor: 1.2 });
  const burdened = only(recordings([{ base, head, isAA: false }]));
  const { byFlag } = talliedBlocks(burdened, wish);
  const flag = 'crud-go/history/warm/100/cpu-per-request worse';
  assert.deepEqual([...byFlag], [[flag, { onceCount: 30, confirmedCount: 30 }]]);
  const [pairs = []] = burdened.series;
  assert.equal(comparedBlock(pairs.slice(0, 8), burdened).outcome.kind, 'regression');
  const same = pairedRuns(20, { cpuFactor: 1 }, { cpuFactor: 1 });
  assert.equal(talliedBlocks(only(recordings([{ ...same, isAA: true }])), wish).any.onceCount, 0);
});

test('runs of one commit and of two are two recordings; runs of two settings are none', () => {
  assert.equal(recordings([aaRun('one', [0, 1]), commitsRun(2)]).length, 2);
  const { base, head } = commitsRun(2);
  const other = { ...base, versions: { ...base.versions, node: '1' } };
  assert.throws(() => recordings([commitsRun(2), { base: other, head, isAA: false }]), /versions\.node differs/);
});

test('a folder gives the runs below it, each with both sides; one that is still being made is left out', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'paceline-recorded-'));
  try {
    const { base, head } = aaRun('one', [0, 1, 2, 3]);
    assert.ok(head !== null);
    const unfinished = side('aa-base', 'two', [10, 12]);
    await writeResult(join(folder, 'machine', 'x-aa-head.json'), head);
    await writeResult(join(folder, 'machine', 'x-aa-base.json'), base);
    await writeResult(join(folder, 'machine', 'y-aa-base.json'), { ...unfinished, state: 'running' });
    const run = only(await recordedRuns([folder]));
    assert.deepEqual([run.base.runId, run.head?.runId, run.isAA], ['one aa-base', 'one aa-head', true]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the interval of a share is Wilson’s', () => {
  const { low, high } = shareInterval(0.5, 10);
  assert.ok(Math.abs(low - 0.2366) < 1e-4 && Math.abs(high - 0.7634) < 1e-4);
  assert.ok(Math.abs(shareInterval(0, 10).high - 0.2775) < 1e-4);
});
