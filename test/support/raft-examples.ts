import { idleEntry, paperEntry, raftEntry, cluster as usualCluster } from '../../bench/raft/entries.ts';
import type { ClusterMeasurement, ClusterSpec } from '../../src/model/cluster.ts';
import type { RunResult } from '../../src/model/run-result.ts';
import type { ScenarioEntry } from '../../src/model/scenario.ts';
import type { Trial } from '../../src/model/trial.ts';
import { createRandom } from '../../src/stats/random.ts';
import { okTrial, overloadedTrial, ready, runResult, type TrialShape } from './run-result.ts';

/** Synthetic runs of clusters, as plausible as a first look at the hosts was. */
const raftIds = ['raft-node-async', 'raft-go', 'raft-python-asyncio'] as const;

interface ClusterShape extends TrialShape {
  readonly cell: ScenarioEntry;
  readonly size: number;
  readonly fault?: ClusterSpec['fault'];
  readonly figures?: Partial<ClusterMeasurement>;
  readonly outagesMs?: readonly number[];
}

export function clusterTrial({
  cell,
  size,
  fault = 'none',
  figures = {},
  outagesMs = [],
  ...shape
}: ClusterShape): Trial {
  const base = okTrial({ ...shape, workload: cell.workload, temperature: cell.temperature });
  if (base.status !== 'ok') throw new Error('not an ok trial');
  const { sizes, memoryLimitBytes, published, ...timing } = cell.cluster ?? usualCluster;
  const isQuiet = cell.ratesPerSec.length === 0;
  const { measurement, spec } = base;
  const load = measurement.load === null ? null : { ...measurement.load, outages: outagesOf(outagesMs) };
  return {
    ...base,
    spec: {
      ...spec,
      service: 'raft',
      cluster: { ...timing, size, fault },
      loadPlan: { ...spec.loadPlan, ratePerSec: isQuiet ? 0 : spec.loadPlan.ratePerSec },
    },
    measurement: {
      ...measurement,
      load: isQuiet ? null : load,
      cpu: {
        target:
          isQuiet && measurement.cpu.target !== null
            ? { ...measurement.cpu.target, perRequestMs: null }
            : measurement.cpu.target,
        database: null,
        generator: isQuiet ? null : measurement.cpu.generator,
      },
      cluster: {
        nodeCount: size,
        finalLiveCount: size,
        initialTerm: 1,
        finalTerm: 1,
        finalLeader: 1,
        elections: [],
        oneWayDelay: { count: 4_096, p50Ms: 0.05, p99Ms: 0.4 },
        ...figures,
      },
    },
  };
}

function outagesOf(durationsMs: readonly number[]) {
  return durationsMs.map((durationMs, index) => ({ startedAtMs: 1_000 * index, durationMs, unservedCount: 15 }));
}

/** `count` elections around `middleMs`; every tenth needs a second term and half as long again. */
export function elections(count: number, middleMs: number, seed: number): ClusterMeasurement['elections'] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const isSplit = index % 10 === 9;
    return { electionMs: middleMs * (0.7 + 0.6 * random.float()) * (isSplit ? 1.5 : 1), termCount: isSplit ? 2 : 1 };
  });
}

/** Elections, puts, a lost leader, idle nodes and a cluster-size search, over three implementations. */
export function raftRun(): RunResult {
  const election = idleEntry('election', { cluster: { sizes: [3, 5], crashCount: 50 } });
  const paper = paperEntry(150, 300, 300, 5_000);
  const put = raftEntry('put', { ratesPerSec: [100] });
  const loss = raftEntry('leader-loss', { ratesPerSec: [100], cluster: { crashCount: 5 } });
  const scale = idleEntry('scale', { trialCount: 11, cluster: { sizes: [3, 25, 301], searchesSize: true } });
  const trials = raftIds.flatMap((implementation, index): Trial[] => {
    const subject = { implementation };
    const crash = (cell: ScenarioEntry, size: number, count: number, middleMs: number) =>
      clusterTrial({
        ...subject,
        cell,
        size,
        fault: 'crash-leaders',
        figures: { finalTerm: 60, elections: elections(count, middleMs + 8 * index, index + size) },
      });
    const starts = (size: number, count: number) =>
      Array.from({ length: count }, (_, start) =>
        clusterTrial({
          ...subject,
          cell: scale,
          size,
          repetition: start + 1,
          loadedMib: 40 + size * (index + 1) * 0.1,
        }),
      );
    return [
      ...[3, 5].map((size) => crash(election, size, 50, 165)),
      crash(paper, 5, 300, 172),
      clusterTrial({ ...subject, cell: put, size: 3 }),
      clusterTrial({
        ...subject,
        cell: loss,
        size: 3,
        fault: 'crash-under-load',
        outagesMs: [150, 170, 210],
        figures: { finalTerm: 4, elections: elections(3, 170, index) },
      }),
      ...starts(3, 1),
      ...(index === 2 ? starts(25, 9) : starts(25, 1)),
      ...(index === 2 ? [] : starts(301, 9)),
    ];
  });
  const tooLarge = { ...overloadedTrial({ implementation: 'raft-python-asyncio', workload: 'scale' }) };
  const [largest] = trials.filter(({ spec }) => spec.cluster?.size === 301);
  const spec = { ...(largest as Trial).spec, implementation: 'raft-python-asyncio' };
  const base = runResult();
  return runResult({
    implementations: raftIds.map(ready),
    scenario: {
      ...base.scenario,
      id: 'raft',
      description: 'Every question about Raft.',
      entries: [election, paper, put, loss, scale],
    },
    command: 'npm run bench -- run raft',
    trials: [...trials, { ...tooLarge, spec }, { ...tooLarge, spec: { ...spec, repetition: 2 } }],
  });
}

/** That run by hosts that say they can run so many nodes and no more. */
export function raftRunWithin(clusterSize: number): RunResult {
  const run = raftRun();
  const limits = { clusterSize };
  return {
    ...run,
    implementations: run.implementations.map((one) => ({ ...one, manifest: { ...one.manifest, limits } })),
  };
}
