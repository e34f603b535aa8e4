import type { Measurement, Trial } from './trial.ts';

/** A number read from a trial. One table, read by the report, compare and the gate: adding a metric is adding a row. */
export interface Metric {
  readonly id: string;
  readonly label: string;
  readonly unit: 'ms' | 'bytes' | 'cores' | 'ratio' | 'count' | 'ms/s';
  readonly better: 'lower' | 'higher';
  /** Whether the number is about latency, and so discarded when the generator was late. */
  readonly isLatency: boolean;
  read(measurement: Measurement): number | null;
}

const costMetric = { better: 'lower', isLatency: false } as const;
const countMetric = { ...costMetric, unit: 'count' } as const;
const latencyMetric = { unit: 'ms', better: 'lower', isLatency: true } as const;

export const metrics: readonly Metric[] = [
  {
    id: 'cpu-per-request',
    label: 'CPU per request',
    unit: 'ms',
    ...costMetric,
    read: (m) => m.cpu.target?.perRequestMs ?? null,
  },
  {
    id: 'cores-used',
    label: 'cores used',
    unit: 'cores',
    ...costMetric,
    read: (m) => m.cpu.target?.coresUsed ?? null,
  },
  { id: 'idle-cpu', label: 'CPU while idle', unit: 'ms/s', ...costMetric, read: idleCpu },
  {
    id: 'deferred-cpu',
    label: 'CPU after the window',
    unit: 'ms',
    ...costMetric,
    read: (m) => m.deferredCpuMs,
  },
  {
    id: 'database-cpu-per-request',
    label: 'database CPU per request',
    unit: 'ms',
    ...costMetric,
    read: (m) => m.cpu.database?.perRequestMs ?? null,
  },
  {
    id: 'generator-cpu-per-request',
    label: 'generator CPU per request',
    unit: 'ms',
    ...costMetric,
    read: (m) => m.cpu.generator?.perRequestMs ?? null,
  },
  {
    // Both change alike with the machine's speed from one trial to the next, so their quotient repeats far better than either.
    id: 'cpu-to-database',
    label: 'CPU for each ms of the database’s',
    unit: 'ratio',
    ...costMetric,
    read: (m) => quotient(m.cpu.target?.totalMs ?? null, m.cpu.database?.totalMs ?? null),
  },
  {
    id: 'response-p50',
    label: 'response p50',
    ...latencyMetric,
    read: (m) => m.load?.responseTime.p50Ms ?? null,
  },
  {
    id: 'response-p90',
    label: 'response p90',
    ...latencyMetric,
    read: (m) => m.load?.responseTime.p90Ms ?? null,
  },
  {
    id: 'response-p99',
    label: 'response p99',
    ...latencyMetric,
    read: (m) => m.load?.responseTime.p99Ms ?? null,
  },
  {
    id: 'service-p50',
    label: 'service p50',
    ...latencyMetric,
    read: (m) => m.load?.serviceTime.p50Ms ?? null,
  },
  {
    id: 'memory-idle',
    label: 'private memory idle',
    unit: 'bytes',
    ...costMetric,
    read: (m) => m.memory.idleBytes,
  },
  {
    id: 'memory-median',
    label: 'private memory loaded',
    unit: 'bytes',
    ...costMetric,
    read: (m) => m.memory.medianBytes,
  },
  {
    id: 'memory-peak',
    label: 'private memory peak',
    unit: 'bytes',
    ...costMetric,
    read: (m) => m.memory.peakBytes,
  },
  {
    id: 'memory-after',
    label: 'private memory after',
    unit: 'bytes',
    ...costMetric,
    read: (m) => m.memory.afterDrainBytes,
  },
  {
    id: 'election-p50',
    label: 'election p50',
    unit: 'ms',
    ...costMetric,
    read: (m) => median(electionsMs(m)),
  },
  {
    id: 'outage-p50',
    label: 'gap for clients p50',
    unit: 'ms',
    ...costMetric,
    read: (m) => (m.cluster === null ? null : median((m.load?.outages ?? []).map(({ durationMs }) => durationMs))),
  },
  { id: 'node-cpu', label: 'CPU of a quiet node', unit: 'ms/s', ...costMetric, read: quietNodeCpu },
  {
    id: 'node-memory',
    label: 'private memory of a node',
    unit: 'bytes',
    ...costMetric,
    read: (m) => ofNode(m, m.memory.medianBytes),
  },
  {
    id: 'voluntary-switches',
    label: 'voluntary context switches per request',
    ...countMetric,
    read: (m) => perRequest(m, m.counters?.voluntarySwitchCount),
  },
  {
    id: 'involuntary-switches',
    label: 'involuntary context switches per request',
    ...countMetric,
    read: (m) => perRequest(m, m.counters?.involuntarySwitchCount),
  },
  {
    id: 'minor-faults',
    label: 'minor page faults per request',
    ...countMetric,
    read: (m) => perRequest(m, m.counters?.minorFaultCount),
  },
  {
    id: 'major-faults',
    label: 'major page faults per request',
    ...countMetric,
    read: (m) => perRequest(m, m.counters?.majorFaultCount),
  },
  { id: 'threads', label: 'threads', ...countMetric, read: (m) => m.threadCount },
  { id: 'descriptors', label: 'open descriptors', ...countMetric, read: (m) => m.counters?.descriptorCount ?? null },
  { id: 'startup', label: 'start-up', unit: 'ms', ...costMetric, read: (m) => m.startupMs },
];

export function findMetric(id: string): Metric | null {
  return metrics.find((metric) => metric.id === id) ?? null;
}

/** Throws where there is none: for ids that the code itself names. */
export function metricById(id: string): Metric {
  const metric = findMetric(id);
  if (metric === null) throw new Error(`no metric ${id}`);
  return metric;
}

/** Files written before differences were rounded to the clock hold residues such as 9e-16. */
function idleCpu({ idleCpuMsPerSec }: Measurement): number | null {
  return idleCpuMsPerSec !== null && idleCpuMsPerSec < 1e-6 ? 0 : idleCpuMsPerSec;
}

function electionsMs({ cluster }: Measurement): number[] {
  return (cluster?.elections ?? []).flatMap(({ electionMs }) => electionMs ?? []);
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const [below, above] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return below === undefined || above === undefined ? null : (below + above) / 2;
}

function perRequest({ load }: Measurement, count: number | null | undefined): number | null {
  const sentCount = load?.counts.sentCount ?? 0;
  return count === null || count === undefined || sentCount === 0 ? null : count / sentCount;
}

function quietNodeCpu(m: Measurement): number | null {
  const isQuiet = m.load === null && m.cluster?.elections.length === 0;
  return isQuiet && m.cpu.target !== null ? ofNode(m, m.cpu.target.coresUsed * 1000) : null;
}

function ofNode({ cluster }: Measurement, value: number | null): number | null {
  return cluster === null || value === null ? null : value / cluster.nodeCount;
}

function quotient(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole === 0 ? null : part / whole;
}

/** A metric's value in a trial that counts, else null: invalid and failed trials have none, discarded latencies neither. */
export function metricValue(metric: Metric, trial: Trial): number | null {
  if (trial.status !== 'ok') return null;
  if (metric.isLatency && trial.latencyDiscarded) return null;
  return metric.read(trial.measurement);
}
