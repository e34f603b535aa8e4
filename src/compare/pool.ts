import { HarnessError } from '../model/harness-error.ts';
import type { RunResult } from '../model/run-result.ts';
import { runDifferences } from './setting.ts';

/**
 * Several runs of one commit on one machine as one: all their trials, each run's repetitions counted on from the last one's.
 * Throws HarnessError usage where commit, machine or a setting differ, and names the field; `source` says whose they are.
 */
export function pooledRuns(runs: readonly RunResult[], source: string): RunResult {
  const [first, ...others] = runs;
  if (first === undefined) throw new HarnessError('usage', `${source} holds no result`, 'name a result file');
  for (const other of others) refuseOther(first, other, source);
  if (others.length === 0) return first;
  return {
    ...first,
    runId: runs.map(({ runId }) => runId).join(' + '),
    state: runs.every(({ state }) => state === 'complete') ? 'complete' : 'interrupted',
    plannedTrialCount: runs.reduce((sum, run) => sum + run.plannedTrialCount, 0),
    implementations: [
      ...new Map(runs.flatMap((run) => run.implementations).map((one) => [one.manifest.id, one])).values(),
    ],
    trials: runs.flatMap((run, index) => renumbered(run, repetitionsBefore(runs, index))),
    warnings: runs.flatMap((run) => run.warnings),
  };
}

function refuseOther(first: RunResult, other: RunResult, source: string): void {
  const shas = [shaOf(first), shaOf(other)];
  if (shas[0] !== shas[1]) {
    throw new HarnessError(
      'usage',
      `${source} holds results of several commits (${shas.map((sha) => sha.slice(0, 10)).join(', ')})`,
      'name a file, or a folder with the results of one commit',
    );
  }
  const [difference] = runDifferences(first, other);
  if (difference === undefined) return;
  throw new HarnessError(
    'usage',
    `${source} holds results that cannot be pooled: ${difference.field} is ${difference.base} and ${difference.head}`,
    'name the files of one machine and setting',
  );
}

function shaOf({ commit }: RunResult): string {
  return commit?.sha ?? 'no commit';
}

function repetitionsBefore(runs: readonly RunResult[], index: number): number {
  return runs
    .slice(0, index)
    .reduce((sum, run) => sum + Math.max(0, ...run.trials.map((trial) => trial.spec.repetition)), 0);
}

function renumbered(run: RunResult, before: number): RunResult['trials'] {
  return run.trials.map((trial) => ({ ...trial, spec: { ...trial.spec, repetition: trial.spec.repetition + before } }));
}
