import type { NodeConfig } from '../../../impls/_node/raft/core/config.ts';
import type { Random } from '../../../src/stats/random.ts';

export type NetworkFault =
  | 'crash'
  | 'crashLeader'
  | 'restart'
  | 'isolate'
  | 'partition'
  | 'oneWay'
  | 'heal'
  | 'heartbeat';

/** How bad it is in one simulated world, drawn from its seed: some are calm but for one thing. */
export interface SimulationConditions {
  readonly clusterSize: number;
  readonly config: Omit<NodeConfig, 'id'>;
  readonly lossRatio: number;
  readonly duplicateRatio: number;
  /** Messages that take up to ten times as long: they overtake nobody. */
  readonly slowRatio: number;
  readonly leastDelayUs: number;
  readonly spreadDelayUs: number;
  readonly diskDelayUs: number;
  readonly groupRatio: number;
  readonly clockSkewRatio: number;
  readonly clientEveryUs: number;
  readonly batchCount: number;
  readonly faultEveryUs: number;
  readonly faults: readonly NetworkFault[];
}

const everyFault: readonly NetworkFault[] = [
  'crash',
  'crashLeader',
  'restart',
  'restart',
  'isolate',
  'partition',
  'oneWay',
  'heal',
  'heal',
  'heartbeat',
];

export function drawConditions(random: Random): SimulationConditions {
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)] as T;
  const clusterSize = pick([3, 3, 4, 5, 5, 6, 7]);
  return {
    clusterSize,
    config: {
      clusterSize,
      electionTimeoutMinUs: 150_000,
      electionTimeoutMaxUs: pick([160_000, 200_000, 300_000]),
      heartbeatUs: pick([40_000, 75_000]),
      maxBatchEntries: pick([1, 2, 4, 64]),
      windowEntries: pick([1, 4, 16, 1024]),
    },
    lossRatio: pick([0, 0, 0.05, 0.2]),
    duplicateRatio: pick([0, 0.05, 0.2]),
    slowRatio: pick([0, 0.05, 0.2]),
    leastDelayUs: pick([10, 1_000]),
    spreadDelayUs: pick([100, 2_000, 15_000]),
    diskDelayUs: pick([0, 1_000, 20_000]),
    groupRatio: pick([0, 0.5]),
    clockSkewRatio: pick([0, 0.1]),
    clientEveryUs: pick([5_000, 20_000, 80_000]),
    batchCount: pick([1, 3, 8]),
    faultEveryUs: pick([60_000, 250_000, 1_000_000]),
    faults: pick([
      everyFault,
      ['crash', 'crashLeader', 'restart'],
      ['isolate', 'partition', 'oneWay', 'heal'],
      ['crashLeader', 'restart', 'restart'],
    ]),
  };
}
