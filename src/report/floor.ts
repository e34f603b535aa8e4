import type { RunResult } from '../model/run-result.ts';
import type { Measurement, Trial } from '../model/trial.ts';
import { median } from '../stats/quantile.ts';
import { formatNumber } from './format.ts';

/** The generator against a target that does nothing, at one rate: medians over the trials that count; null where none does. */
export interface FloorRow {
  readonly ratePerSec: number;
  readonly okCount: number;
  readonly trialCount: number;
  readonly wokeLateP50Ms: number | null;
  readonly wokeLateP99Ms: number | null;
  readonly serviceP50Ms: number | null;
  readonly serviceP99Ms: number | null;
  readonly generatorCpuMs: number | null;
  readonly targetCpuMs: number | null;
  readonly sendGapCvRatio: number | null;
  readonly pacer: string | null;
}

/** What `paceline calibrate` found: below it, a result on this machine says more about the generator than about a target. */
export interface Floor {
  readonly machineId: string;
  readonly startedAt: string;
  readonly rows: readonly FloorRow[];
  /** The greatest rate of the ladder that most of its trials kept; null when none did. */
  readonly highestRatePerSec: number | null;
  /** Whether a rate above it was tried and missed: without, the machine may keep more. */
  readonly isLimit: boolean;
}

export function floorOf(result: RunResult): Floor {
  const byRate = Map.groupBy(result.trials, ({ spec }) => spec.profile.ratePerSec);
  const rows = [...byRate].map(([ratePerSec, trials]) => rowOf(ratePerSec, trials)).sort(byRateAscending);
  const kept = rows.filter(({ okCount, trialCount }) => 2 * okCount > trialCount);
  const highest = kept.at(-1)?.ratePerSec ?? null;
  return {
    machineId: result.machine.id,
    startedAt: result.startedAt,
    rows,
    highestRatePerSec: highest,
    isLimit: highest !== null && highest !== rows.at(-1)?.ratePerSec,
  };
}

/** The row to hold a result at `ratePerSec` against: the nearest one by ratio. */
export function floorAt(floor: Floor, ratePerSec: number): FloorRow | null {
  const distance = (row: FloorRow) => Math.abs(Math.log(row.ratePerSec / ratePerSec));
  return floor.rows.toSorted((a, b) => distance(a) - distance(b))[0] ?? null;
}

function byRateAscending(a: FloorRow, b: FloorRow): number {
  return a.ratePerSec - b.ratePerSec;
}

function rowOf(ratePerSec: number, trials: readonly Trial[]): FloorRow {
  const measured = trials.flatMap((trial) => (trial.status === 'ok' ? [trial.measurement] : []));
  const middle = (from: (measurement: Measurement) => number | null) =>
    median(measured.map(from).filter((known) => known !== null));
  return {
    ratePerSec,
    okCount: measured.length,
    trialCount: new Set(trials.map(({ spec }) => spec.repetition)).size,
    wokeLateP50Ms: middle(({ load }) => load?.wokeLate.p50Ms ?? null),
    wokeLateP99Ms: middle(({ load }) => load?.wokeLate.p99Ms ?? null),
    serviceP50Ms: middle(({ load }) => load?.service.p50Ms ?? null),
    serviceP99Ms: middle(({ load }) => load?.service.p99Ms ?? null),
    generatorCpuMs: middle(({ cpu }) => cpu.generator?.perRequestMs ?? null),
    targetCpuMs: middle(({ cpu }) => cpu.target.perRequestMs),
    sendGapCvRatio: middle(({ load }) => load?.generator.sendGapCvRatio ?? null),
    pacer: measured[0]?.load?.generator.pacer ?? null,
  };
}

/** What a reader must take off in thought: the part of a result at about this rate that the generator alone would show. */
export function floorSentence(row: FloorRow): string {
  const figures = [
    `it wakes ${figure(row.wokeLateP50Ms)} ms late (p50; p99 ${figure(row.wokeLateP99Ms)})`,
    `an answer takes ${figure(row.serviceP50Ms)} ms (p99 ${figure(row.serviceP99Ms)})`,
    `it costs ${figure(row.generatorCpuMs)} ms CPU a request`,
  ];
  return `Against a target that does nothing, at ${row.ratePerSec}/s, this machine's generator has a floor: ${figures.join(', ')}.`;
}

function figure(value: number | null): string {
  return value === null ? '–' : formatNumber(value);
}
