// test-lane: waits
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { aaRuns } from '../../src/ci/aa-runs.ts';
import { writeResult } from '../../src/store/result-file.ts';
import { compareOptions } from '../support/compared.ts';
import { workspace } from '../support/paceline.ts';
import { pairedRuns } from '../support/paired-runs.ts';
import { spec } from '../support/run-result.ts';

const specs = [spec({})];

interface AARun {
  readonly pairCount?: number;
  readonly measureMs?: number;
  readonly implementation?: string;
}

async function keep(folder: string, name: string, { pairCount = 8, ...shape }: AARun = {}): Promise<void> {
  const side = { ...shape, cpuFactor: 1 };
  const { base, head } = pairedRuns(pairCount, side, side);
  await writeResult(join(folder, `${name}-aa-base.json`), base);
  await writeResult(join(folder, `${name}-aa-head.json`), head);
}

test('A/A runs of all folders are pooled, one that lies in two of them once', async (context) => {
  const space = await workspace(context);
  const folders = [space.file('kept'), space.file('out')] as const;
  await keep(folders[0], '20260101T000000Z-01234567');
  for (const folder of folders) await keep(folder, '20260102T000000Z-01234567');
  const { runCount, noiseFloors } = await aaRuns([...folders, space.file('none')], compareOptions.policy, specs);
  assert.equal(runCount, 2);
  assert.ok(noiseFloors.has('crud-go/history/warm/100/cpu-per-request'));
});

test('what was measured otherwise, or by too few pairs, is no part and takes no place', async (context) => {
  const space = await workspace(context);
  const folder = space.file('kept');
  await keep(folder, '20260101T000000Z-01234567');
  const others: readonly AARun[] = [{ pairCount: 6 }, { measureMs: 4_000 }, { implementation: 'crud-node-async' }];
  for (let day = 10; day < 22; day += 1) {
    await keep(folder, `202601${day}T000000Z-01234567`, others[day % others.length]);
  }
  const { runCount } = await aaRuns([folder], compareOptions.policy, specs);
  assert.equal(runCount, 1);
});
