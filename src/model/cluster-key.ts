import type { ClusterCell, ClusterSpec } from './cluster.ts';

/** The settings of a cluster that make two questions different ones. */
export type ClusterKey = Pick<
  ClusterSpec,
  | 'size'
  | 'electionTimeoutMinMs'
  | 'electionTimeoutMaxMs'
  | 'networkDelayUs'
  | 'durability'
  | 'synchronised'
  | 'laggardCount'
>;

export function clusterKey(from: ClusterSpec): ClusterKey {
  const { size, electionTimeoutMinMs, electionTimeoutMaxMs, networkDelayUs, durability, synchronised, laggardCount } =
    from;
  return {
    size,
    electionTimeoutMinMs,
    electionTimeoutMaxMs,
    networkDelayUs,
    durability,
    synchronised,
    laggardCount,
  };
}

export function declaredKeys(cell: ClusterCell | null): (ClusterKey | null)[] {
  if (cell === null) return [null];
  return cell.sizes.map((size) => clusterKey({ ...cell, size, act: 'watch' }));
}

/** Fit for an anchor: every setting, for two questions may differ in any. */
export function clusterId(key: ClusterKey | null): string {
  if (key === null) return '';
  const conditions = key.synchronised || key.laggardCount > 0 ? `-c${key.laggardCount}` : '';
  return `-n${key.size}-${timeouts(key, '-')}-d${key.networkDelayUs}-${key.durability}${conditions}`;
}

export function timeouts({ electionTimeoutMinMs, electionTimeoutMaxMs }: ClusterKey, dash = '–'): string {
  return `${electionTimeoutMinMs}${dash}${electionTimeoutMaxMs}`;
}

/** "5 nodes, time-outs 150–300 ms, 3 ms on each message" */
export function clusterText(key: ClusterKey): string {
  const delay = key.networkDelayUs === 0 ? '' : `, ${key.networkDelayUs / 1000} ms on each message`;
  const durability = key.durability === 'file' ? '' : ', fsync';
  return `${key.size} ${key.size === 1 ? 'node' : 'nodes'}, time-outs ${timeouts(key)} ms${delay}${durability}`;
}
