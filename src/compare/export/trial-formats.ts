import { cellsIn, trialsIn } from '../../model/cell-key.ts';
import { csvField, wordText } from '../../model/foreign-text.ts';
import { type Metric, metrics, metricValue } from '../../model/metric.ts';
import type { RunResult } from '../../model/run-result.ts';
import { countedTrials, type OkTrial, type Trial } from '../../model/trial.ts';
import { pairedTrials } from '../change.ts';

interface ExportedRun {
  /** `base` or `head`: the key by which `benchstat -col side` puts them side by side. */
  readonly side: string;
  readonly run: RunResult;
}

/**
 * Trials in the Go benchmark format (https://go.dev/design/14313-benchmark-format), one line each, every metric a unit of its
 * own: `benchstat -col side FILE` compares the sides. Only trials that count, only values that stand.
 */
export function goBenchmarkText(runs: readonly ExportedRun[]): string {
  const units = metrics.map((metric) => `Unit ${unitOf(metric)} better=${metric.better}`);
  return `${[...units, ...runs.flatMap(sideLines)].join('\n')}\n`;
}

function sideLines({ side, run }: ExportedRun): string[] {
  // The commit is no key: benchstat would put what differs in it into different tables.
  const facts = [
    `# commit ${wordText(run.commit?.sha ?? 'unknown')}`,
    `side: ${side}`,
    `machine: ${wordText(run.machine.id)}`,
  ];
  const lines = cellsIn([run]).flatMap((cell) => countedTrials(trialsIn(run, cell)).map(benchmarkLine));
  return ['', ...facts, '', ...lines];
}

/** BenchmarkHistory/impl=crud-go/warm/rate=100 1000 0.00084 cpu-per-request-sec … */
function benchmarkLine(trial: OkTrial): string {
  const { implementation, workload, temperature, loadPlan } = trial.spec;
  const title = workload.replace(/^[a-z]/, (letter) => letter.toUpperCase());
  const name = `Benchmark${wordText(title)}/impl=${wordText(implementation)}/${temperature}/rate=${loadPlan.ratePerSec}`;
  const values = metrics.flatMap((metric) => {
    const value = metricValue(metric, trial);
    return value === null ? [] : [`${metric.unit === 'ms' ? value / 1000 : value} ${unitOf(metric)}`];
  });
  return [name, trial.measurement.load?.counts.scheduledCount ?? 1, ...values].join('\t');
}

const unitWords: Readonly<Record<Metric['unit'], string>> = {
  ms: 'sec',
  bytes: 'B',
  'ms/s': 'ms-per-sec',
  cores: 'cores',
  ratio: 'ratio',
  count: 'count',
};

/** One word; seconds and bytes, for which benchstat finds a prefix. */
function unitOf({ id, unit }: Metric): string {
  return `${id}-${unitWords[unit]}`;
}

type Field = string | number | boolean | null;

/** Every trial of both sides, whether it counts or not, one a line (RFC 4180); what is unknown is empty. */
export function trialCsv(runs: readonly ExportedRun[]): string {
  const [base, head] = runs;
  const paired = base === undefined || head === undefined ? new Set<Trial>() : pairedOf(base, head);
  const lines = runs.flatMap(({ side, run }) => {
    const counted = new Set<Trial>(cellsIn([run]).flatMap((cell) => countedTrials(trialsIn(run, cell))));
    return run.trials.map((trial) => [
      side,
      run.runId,
      run.commit?.sha ?? null,
      run.machine.id,
      ...fieldsOf(trial),
      counted.has(trial),
      paired.has(trial),
      ...valuesOf(trial),
    ]);
  });
  return [columns, ...lines].map((line) => `${line.map(csvField).join(',')}\r\n`).join('');
}

function pairedOf(base: ExportedRun, head: ExportedRun): Set<Trial> {
  const cells = cellsIn([base.run, head.run]);
  const pairs = cells.flatMap((cell) => pairedTrials(trialsIn(base.run, cell), trialsIn(head.run, cell)) ?? []);
  return new Set(pairs.flatMap((pair) => [pair.base, pair.head]));
}

const columns = [
  ...['side', 'runId', 'commit', 'machine', 'implementation', 'workload', 'temperature', 'ratePerSec', 'repetition'],
  ...['attempt', 'position', 'pairSession', 'pairNumber', 'startedAt', 'status', 'reason', 'counts', 'paired'],
  ...metrics.map(({ id, unit }) => `${id} (${unit})`),
  ...['scheduledCount', 'okCount', 'targetRunDelayRatio', 'stealRatio', 'slowdownFactor'],
];

function fieldsOf({ spec, startedAt, ...trial }: Trial): Field[] {
  return [
    spec.implementation,
    spec.workload,
    spec.temperature,
    spec.loadPlan.ratePerSec,
    spec.repetition,
    spec.attempt,
    spec.position,
    spec.pair?.sessionId ?? null,
    spec.pair?.number ?? null,
    startedAt,
    trial.status,
    reasonOf(trial),
  ];
}

function reasonOf(trial: DistributiveOmit<Trial, 'spec' | 'startedAt'>): string | null {
  if (trial.status === 'failed') return `${trial.phase}: ${trial.message}`;
  if (trial.status === 'ok') return trial.latencyDiscarded ? 'latency discarded' : null;
  return trial.reasons.map(({ message }) => message).join('; ');
}

type DistributiveOmit<T, K extends keyof T> = T extends unknown ? Omit<T, K> : never;

function valuesOf({ measurement }: Trial): Field[] {
  if (measurement === null) return columns.slice(-(metrics.length + 5)).map(() => null);
  const { load, noise } = measurement;
  return [
    ...metrics.map((metric) => metric.read(measurement)),
    load?.counts.scheduledCount ?? null,
    load?.counts.okCount ?? null,
    noise.targetRunDelayRatio,
    noise.stealRatio,
    noise.slowdownFactor,
  ];
}
