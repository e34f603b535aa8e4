import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Collection, garbageFigures, readGoTrace } from '../../src/run/questions/garbage-collection.ts';
import { loadResult } from '../support/load-result.ts';

const mib = 2 ** 20;

test('a line of gctrace tells the pause, and with the line before it what was allocated', () => {
  const first = readGoTrace(
    'gc 1 @0.018s 1%: 0.018+1.2+0.003 ms clock, 0.037+0.1/0.5/0.2+0.006 ms cpu, 3->4->1 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P',
    { liveMib: null },
  );
  assert.equal(first.found?.allocatedBytes, null);
  assert.ok(Math.abs((first.found?.pauseMs ?? 0) - 0.021) < 1e-9);
  const second = readGoTrace(
    'gc 2 @1.018s 1%: 0.1+2+0.2 ms clock, 0+0/0/0+0 ms cpu, 5->5->2 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P (forced)',
    first,
  );
  assert.deepEqual([second.found?.kind, second.found?.allocatedBytes], ['forced', 4 * mib]);
});

test('a line of the program tells nothing, and forgets nothing', () => {
  assert.deepEqual(readGoTrace('listening on 127.0.0.1', { liveMib: 7 }), { found: null, liveMib: 7 });
});

test('only collections within the window count', () => {
  const load = loadResult();
  const at = (ms: number, pauseMs: number): Collection => ({
    ...{ atNs: load.startedAtNs + ms * 1e6, kind: 'minor', pauseMs, allocatedBytes: mib },
  });
  const windowMs = (load.endedAtNs - load.startedAtNs) / 1e6;
  const all = [at(-1, 100), at(1, 2), at(windowMs - 1, 4), at(windowMs + 1, 100)];
  const figures = garbageFigures({ result: load, secondHistograms: [], cpuMs: [10] }, all);
  assert.equal(figures.collectionCount, 2);
  assert.equal(figures.longestPauseMs, 4);
  assert.ok(Math.abs(figures.pauseMsPerRequest * load.counts.okCount - 6) < 1e-9);
  assert.deepEqual(figures.kinds, { minor: { count: 2, pauseMs: 6 } });
});
