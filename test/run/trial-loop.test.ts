import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Trial, TrialSpec } from '../../src/model/trial.ts';
import type { PreparedPrimitives } from '../../src/run/primitives/prepare.ts';
import { type PreparedRun, runTrials } from '../../src/run/trial-loop.ts';
import { readResult } from '../../src/store/result-file.ts';
import { invalidTrial, runResult } from '../support/run-result.ts';
import { silentReporter } from '../support/silent-reporter.ts';
import { trialSpec } from '../support/trial-spec.ts';

const nowText = () => '2026-01-01T00:00:00.000Z';

const noPrimitives: PreparedPrimitives = {
  specs: [],
  expectedMs: () => 0,
  skipReason: () => null,
  async measure() {
    throw new Error('there are none');
  },
};

async function prepared(context: TestContext, runTrial: (spec: TrialSpec) => Promise<Trial>): Promise<PreparedRun> {
  const folder = await mkdtemp(join(tmpdir(), 'paceline-run-'));
  context.after(() => rm(folder, { recursive: true }));
  const specs = [1, 2, 3].map((repetition) => trialSpec({ repetition, position: repetition - 1 }));
  const result = runResult({ trials: [] });
  return {
    result,
    specs,
    open: null,
    primitives: noPrimitives,
    path: join(folder, 'r.json'),
    maxAttempts: 3,
    runTrial,
  };
}

function failed(spec: TrialSpec): Trial {
  return {
    status: 'failed',
    spec,
    startedAt: nowText(),
    phase: 'start',
    code: 'never-ready',
    message: 'no',
    logTail: '',
    measurement: null,
    warnings: [],
  };
}

test('the file holds every finished trial before the next one begins', async (context) => {
  const seen: number[] = [];
  const run: PreparedRun = await prepared(context, async (spec) => {
    seen.push((await readResult(run.path)).trials.length);
    return failed(spec);
  });
  const result = await runTrials(run, silentReporter, nowText);
  assert.deepEqual(seen, [0, 1, 2]);
  assert.deepEqual([result.state, result.trials.length], ['complete', 3]);
  assert.deepEqual(await readResult(run.path), result);
});

test('an interruption keeps what was finished and says so', async (context) => {
  const run = await prepared(context, async (spec) => {
    if (spec.repetition === 2) throw new Error('interrupted');
    return failed(spec);
  });
  await assert.rejects(runTrials(run, silentReporter, nowText), /interrupted/);
  const kept = await readResult(run.path);
  assert.deepEqual([kept.state, kept.trials.length, kept.plannedTrialCount], ['interrupted', 1, 3]);
});

test('a failed trial is a result and is not tried again', async (context) => {
  const result = await runTrials(await prepared(context, async (spec) => failed(spec)), silentReporter, nowText);
  assert.deepEqual(
    result.trials.map(({ spec }) => spec.attempt),
    [1, 1, 1],
  );
});

test('a flagged trial is tried three times in all, and every try is kept', async (context) => {
  const run = await prepared(context, async (spec) => {
    if (spec.repetition !== 2) return failed(spec);
    const flagged = invalidTrial();
    return { ...flagged, spec };
  });
  const result = await runTrials(run, silentReporter, nowText);
  assert.deepEqual(
    result.trials.map(({ status, spec }) => `${status} ${spec.repetition}.${spec.attempt}`),
    ['failed 1.1', 'invalid 2.1', 'invalid 2.2', 'invalid 2.3', 'failed 3.1'],
  );
});
