import { clusterId, clusterKey, clusterText } from '../model/cluster-key.ts';
import type { CompareCell } from '../model/comparison.ts';
import type { RunResult } from '../model/run-result.ts';
import type { Trial, TrialSpec } from '../model/trial.ts';

export function cellOf({ implementation, service, workload, temperature, profile, cluster }: TrialSpec): CompareCell {
  const { ratePerSec } = profile;
  const ofCluster = cluster === null ? null : clusterKey(cluster);
  return { implementation, service, workload, temperature, ratePerSec, cluster: ofCluster };
}

/** `crud-go/history/warm/100` */
export function cellId({ implementation, workload, temperature, ratePerSec, cluster }: CompareCell): string {
  return `${[implementation, workload, temperature, ratePerSec].join('/')}${clusterId(cluster)}`;
}

/** In sentences: "crud-go, history at 100/s". */
export function cellName({ implementation, workload, temperature, ratePerSec, cluster }: CompareCell): string {
  const rate = ratePerSec === 0 ? '' : ` at ${ratePerSec}/s`;
  const nodes = cluster === null ? '' : `, ${clusterText(cluster)}`;
  return `${implementation}, ${workload}${rate}${temperature === 'young' ? ', young' : ''}${nodes}`;
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
