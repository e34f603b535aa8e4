import type { CompareCell } from '../model/comparison.ts';
import type { RunResult } from '../model/run-result.ts';
import type { Trial, TrialSpec } from '../model/trial.ts';

export function cellOf({ implementation, service, workload, temperature, profile }: TrialSpec): CompareCell {
  return { implementation, service, workload, temperature, ratePerSec: profile.ratePerSec };
}

/** `crud-go/history/warm/100` */
export function cellId({ implementation, workload, temperature, ratePerSec }: CompareCell): string {
  return [implementation, workload, temperature, ratePerSec].join('/');
}

/** In sentences: "crud-go, history at 100/s". */
export function cellName({ implementation, workload, temperature, ratePerSec }: CompareCell): string {
  return `${implementation}, ${workload} at ${ratePerSec}/s${temperature === 'young' ? ', young' : ''}`;
}

/** Every cell that has trials in any of the runs, in their order. */
export function cellsOf(runs: readonly RunResult[]): CompareCell[] {
  const cells = runs.flatMap((run) => run.trials.map((trial) => cellOf(trial.spec)));
  return [...new Map(cells.map((cell) => [cellId(cell), cell])).values()];
}

export function trialsIn(run: RunResult, cell: CompareCell): Trial[] {
  const id = cellId(cell);
  return run.trials.filter((trial) => cellId(cellOf(trial.spec)) === id);
}
