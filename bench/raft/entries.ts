import type { ClusterPlan } from '../../src/model/cluster.ts';
import type { ScenarioEntry } from '../../src/model/scenario.ts';
import { published } from './published.ts';

/** The usual cluster: time-outs of 150 to 300 ms, the range the paper recommends. */
export const cluster: ClusterPlan = {
  sizes: [3],
  electionTimeoutMinMs: 150,
  electionTimeoutMaxMs: 300,
  heartbeatMs: 75,
  networkDelayUs: 0,
  durability: 'file',
  crashCount: 0,
  heartbeatBeforeCrash: false,
  laggingFollowerCount: 0,
  memoryLimitBytes: null,
  searchesSize: false,
  published: null,
};

const loadPlan: ScenarioEntry['loadPlan'] = {
  arrivals: 'constant',
  steps: null,
  warmupCount: 2_000,
  warmupRatePerSec: 500,
  measureMs: 10_000,
  drainMs: 3_000,
  timeoutMs: 5_000,
  maxInFlightCount: 2_048,
  connectionCount: 64,
};

interface Change extends Partial<Omit<ScenarioEntry, 'cluster' | 'loadPlan'>> {
  readonly cluster?: Partial<ClusterPlan>;
  readonly loadPlan?: Partial<ScenarioEntry['loadPlan']>;
}

/** A question asked of a cluster; what is not said is as usual. */
export function raftEntry(workload: string, change: Change): ScenarioEntry {
  return {
    service: 'raft',
    workload,
    ratesPerSec: [],
    temperature: 'warm',
    trialCount: 1,
    ...change,
    cluster: { ...cluster, ...change.cluster },
    loadPlan: { ...loadPlan, ...change.loadPlan },
  };
}

/** For workloads that send nothing: there is nothing to warm up. */
export function idleEntry(workload: string, change: Change): ScenarioEntry {
  return raftEntry(workload, { ...change, loadPlan: { warmupCount: 0, ...change.loadPlan } });
}

/** One line of the published experiment (dissertation, section 9.4) under its two conditions; the heartbeat is half the minimum time-out. */
export function paperEntry(minMs: number, maxMs: number, crashCount: number, networkDelayUs: number): ScenarioEntry {
  return idleEntry('election', {
    cluster: {
      sizes: [5],
      electionTimeoutMinMs: minMs,
      electionTimeoutMaxMs: maxMs,
      heartbeatMs: minMs / 2,
      networkDelayUs,
      crashCount,
      // The published leader broadcast to all at once and crashed uniformly within the heartbeat interval after that, as every
      // heartbeat here is. The contract's `synchronise` would crash it right after the broadcast, half an interval earlier.
      heartbeatBeforeCrash: false,
      laggingFollowerCount: 2,
      published: published[`${minMs}–${maxMs}`] ?? null,
    },
  });
}
