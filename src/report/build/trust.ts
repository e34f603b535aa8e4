import type { RunResult } from '../../model/run-result.ts';
import type { Trial, TrialNoise } from '../../model/trial.ts';
import type { Question, Trust } from '../model.ts';

/** What a reader needs to know before believing a figure, over the whole run. */
export function trustOf({ trials, ranking }: RunResult, questions: readonly Question[]): Trust {
  const noises = trials.flatMap(({ measurement }) => measurement?.noise ?? []);
  const resolutions = questions
    .flatMap(({ conditions, resolution }) => (resolution === null ? [] : [{ conditions, resolution }]))
    .sort((a, b) => b.resolution.halfWidthRatio - a.resolution.halfWidthRatio);
  return {
    until: ranking.until,
    drivenTrialCount: trials.filter(isDriven).length,
    latencyDiscardedCount: trials.filter((trial) => trial.status === 'ok' && trial.latencyDiscarded).length,
    notConvergedCount: trials.filter((trial) => trial.status === 'ok' && trial.measurement.warmupConverged === false)
      .length,
    invalidCount: trials.filter(({ status }) => status === 'invalid').length,
    maxOtherProcessesCpuRatio: maxOf(noises, (noise) => noise.otherProcessesCpuRatio),
    maxStealRatio: maxOf(noises, (noise) => noise.stealRatio),
    maxSlowdownFactor: maxOf(noises, (noise) => noise.slowdownFactor),
    resolutions,
  };
}

function isDriven({ measurement }: Trial): boolean {
  return measurement?.load != null;
}

function maxOf(noises: readonly TrialNoise[], of: (noise: TrialNoise) => number | null): number | null {
  const known = noises.map(of).filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}
