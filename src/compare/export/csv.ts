import { countedTrials } from '../../model/counted-trials.ts';
import { metrics } from '../../model/metric.ts';
import type { Trial } from '../../model/trial.ts';
import { cellsOf, trialsIn } from '../cell.ts';
import { pairedTrials } from '../sample.ts';
import type { ExportedRun } from './benchstat.ts';

type Field = string | number | boolean | null;

/** Every trial of both sides, whether it counts or not, one a line (RFC 4180); what is unknown is empty. */
export function trialCsv(runs: readonly ExportedRun[]): string {
  const [base, head] = runs;
  const paired = base === undefined || head === undefined ? new Set<Trial>() : pairedOf(base, head);
  const lines = runs.flatMap(({ side, run }) => {
    const counted = new Set<Trial>(cellsOf([run]).flatMap((cell) => countedTrials(trialsIn(run, cell))));
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
  return [heads, ...lines].map((line) => `${line.map(written).join(',')}\r\n`).join('');
}

function pairedOf(base: ExportedRun, head: ExportedRun): Set<Trial> {
  const cells = cellsOf([base.run, head.run]);
  const pairs = cells.flatMap((cell) => pairedTrials(trialsIn(base.run, cell), trialsIn(head.run, cell)) ?? []);
  return new Set(pairs.flatMap((pair) => [pair.base, pair.head]));
}

const heads = [
  ...['side', 'runId', 'commit', 'machine', 'implementation', 'workload', 'temperature', 'ratePerSec', 'repetition'],
  ...['attempt', 'slot', 'pairSession', 'pairNumber', 'startedAt', 'status', 'reason', 'counts', 'paired'],
  ...metrics.map(({ id, unit }) => `${id} (${unit})`),
  ...['scheduledCount', 'okCount', 'targetRunDelayRatio', 'stealRatio', 'spinRatio'],
];

function fieldsOf({ spec, startedAt, ...trial }: Trial): Field[] {
  return [
    spec.implementation,
    spec.workload,
    spec.temperature,
    spec.profile.ratePerSec,
    spec.repetition,
    spec.attempt,
    spec.slot,
    spec.pair?.sessionId ?? null,
    spec.pair?.number ?? null,
    startedAt,
    trial.status,
    reasonOf(trial),
  ];
}

function reasonOf(trial: DistributiveOmit<Trial, 'spec' | 'startedAt'>): string | null {
  if (trial.status === 'failed') return `${trial.phase}: ${trial.message}`;
  if (trial.status === 'ok') return trial.latencyVoid ? 'latency void' : null;
  return trial.reasons.map(({ message }) => message).join('; ');
}

type DistributiveOmit<T, K extends keyof T> = T extends unknown ? Omit<T, K> : never;

function valuesOf({ measurement }: Trial): Field[] {
  if (measurement === null) return heads.slice(-(metrics.length + 5)).map(() => null);
  const { load, noise } = measurement;
  return [
    ...metrics.map((metric) => metric.from(measurement)),
    load?.counts.scheduledCount ?? null,
    load?.counts.okCount ?? null,
    noise.targetRunDelayRatio,
    noise.stealRatio,
    noise.spinRatio,
  ];
}

/** A text that a spreadsheet would take for a formula is kept from being one. */
function written(field: Field): string {
  if (field === null) return '';
  const text = typeof field === 'string' && /^[=+\-@]/.test(field) ? `'${field}` : String(field);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
