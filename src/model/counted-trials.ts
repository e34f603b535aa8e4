import type { OkTrial, Trial } from './trial.ts';

/** The trials of one cell whose figures stand: of each repetition its last ok attempt. */
export function countedTrials(trials: readonly Trial[]): OkTrial[] {
  return lastAttempts(trials.filter((trial) => trial.status === 'ok'));
}

/** What became of each repetition in the end: its last attempt. */
export function lastAttempts<T extends Trial>(trials: readonly T[]): T[] {
  const byRepetition = new Map<number, T>();
  for (const trial of trials) {
    const best = byRepetition.get(trial.spec.repetition);
    if (best === undefined || trial.spec.attempt >= best.spec.attempt) byRepetition.set(trial.spec.repetition, trial);
  }
  return [...byRepetition.values()];
}
