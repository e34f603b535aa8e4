import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { keepPacked, packedResult } from '../../../experiments/gate/pack.ts';
import { comparedRun, recordedRuns } from '../../../experiments/gate/recorded.ts';
import { writeResult } from '../../../src/store/result-file.ts';
import { pairedRuns } from '../../support/paired-runs.ts';

test('a packed pair of results is read again and judged as the whole one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'paceline-pack-'));
  try {
    const sides = pairedRuns(12, { cpuFactor: 1 }, { cpuFactor: 1.1 });
    for (const side of ['base', 'head'] as const) {
      const result = { ...sides[side], scenario: { ...sides[side].scenario, id: `ci-${side}` } };
      await writeResult(join(folder, 'out', 'm', `2026-ci-${side}.json`), result);
    }
    const whole = await recordedRuns([join(folder, 'out')]);
    const kept = await keepPacked(join(folder, 'out'), join(folder, 'kept'), 'burden');
    assert.equal(kept.length, 2);
    assert.match(kept[0] ?? '', /kept\/[^/]+\/burden\/2026-ci-base\.json\.gz$/);
    const packed = await recordedRuns([join(folder, 'kept')]);
    assert.equal(packed.length, 1);
    const judged = packed.map(comparedRun);
    assert.deepEqual(judged, whole.map(comparedRun));
    assert.equal(judged[0]?.comparisons.find(({ metricId }) => metricId === 'cpu-per-request')?.verdict.kind, 'worse');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('packing leaves out series and histograms and keeps every figure', () => {
  const { base } = pairedRuns(2, { cpuFactor: 1 }, { cpuFactor: 1 });
  const [before, after] = [base.trials[0]?.measurement, packedResult(base).trials[0]?.measurement];
  assert.deepEqual(after?.samples, []);
  assert.equal(after?.load?.responseTime.hdrHistogram, '');
  assert.equal(after?.load?.responseTime.p50Ms, before?.load?.responseTime.p50Ms);
  assert.deepEqual(after?.cpu, before?.cpu);
});
