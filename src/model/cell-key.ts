import type { ClusterPlan, ClusterSpec } from './cluster.ts';
import type { CellKey } from './comparison.ts';
import type { RunResult } from './run-result.ts';
import type { Trial, TrialSpec } from './trial.ts';

/** The settings of a cluster that make two questions different ones. */
export type ClusterKey = Pick<
  ClusterSpec,
  | 'size'
  | 'electionTimeoutMinMs'
  | 'electionTimeoutMaxMs'
  | 'networkDelayUs'
  | 'durability'
  | 'heartbeatBeforeCrash'
  | 'laggingFollowerCount'
>;

export function clusterKey(from: ClusterSpec): ClusterKey {
  const {
    size,
    electionTimeoutMinMs,
    electionTimeoutMaxMs,
    networkDelayUs,
    durability,
    heartbeatBeforeCrash,
    laggingFollowerCount,
  } = from;
  return {
    size,
    electionTimeoutMinMs,
    electionTimeoutMaxMs,
    networkDelayUs,
    durability,
    heartbeatBeforeCrash: heartbeatBeforeCrash,
    laggingFollowerCount,
  };
}

export function plannedClusterKeys(cell: ClusterPlan | null): (ClusterKey | null)[] {
  if (cell === null) return [null];
  return cell.sizes.map((size) => clusterKey({ ...cell, size, fault: 'none' }));
}

/** Fit for an anchor: every setting, for two questions may differ in any. */
export function clusterId(key: ClusterKey | null): string {
  if (key === null) return '';
  const conditions = key.heartbeatBeforeCrash || key.laggingFollowerCount > 0 ? `-c${key.laggingFollowerCount}` : '';
  return `-n${key.size}-${timeoutText(key, '-')}-d${key.networkDelayUs}-${key.durability}${conditions}`;
}

export function timeoutText({ electionTimeoutMinMs, electionTimeoutMaxMs }: ClusterKey, dash = '–'): string {
  return `${electionTimeoutMinMs}${dash}${electionTimeoutMaxMs}`;
}

/** "5 nodes, time-outs 150–300 ms, 3 ms on each message" */
export function describeCluster(key: ClusterKey): string {
  const delay = key.networkDelayUs === 0 ? '' : `, ${key.networkDelayUs / 1000} ms on each message`;
  const durability = key.durability === 'file' ? '' : ', fsync';
  return `${key.size} ${key.size === 1 ? 'node' : 'nodes'}, time-outs ${timeoutText(key)} ms${delay}${durability}`;
}

export function cellOf({ implementation, service, workload, temperature, loadPlan, cluster }: TrialSpec): CellKey {
  const { ratePerSec } = loadPlan;
  const ofCluster = cluster === null ? null : clusterKey(cluster);
  return { implementation, service, workload, temperature, ratePerSec, cluster: ofCluster };
}

/** `crud-go/history/warm/100` */
export function cellId({ implementation, workload, temperature, ratePerSec, cluster }: CellKey): string {
  return `${[implementation, workload, temperature, ratePerSec].join('/')}${clusterId(cluster)}`;
}

/** In sentences: "crud-go, history at 100/s". */
export function describeCell({ implementation, workload, temperature, ratePerSec, cluster }: CellKey): string {
  const rate = ratePerSec === 0 ? '' : ` at ${ratePerSec}/s`;
  const nodes = cluster === null ? '' : `, ${describeCluster(cluster)}`;
  return `${implementation}, ${workload}${rate}${temperature === 'cold' ? ', cold' : ''}${nodes}`;
}

/** Every cell that has trials in any of the runs, in their order. */
export function cellsIn(runs: readonly RunResult[]): CellKey[] {
  const cells = runs.flatMap((run) => run.trials.map((trial) => cellOf(trial.spec)));
  return [...new Map(cells.map((cell) => [cellId(cell), cell])).values()];
}

export function trialsIn(run: RunResult, cell: CellKey): Trial[] {
  const id = cellId(cell);
  return run.trials.filter((trial) => cellId(cellOf(trial.spec)) === id);
}
