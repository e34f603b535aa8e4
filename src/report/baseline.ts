import { isOwnLoad, type MeasuredLoad } from '../model/load-result.ts';
import type { RunResult } from '../model/run-result.ts';
import type { Measurement, Trial } from '../model/trial.ts';
import { median } from '../stats/descriptive.ts';

/** The generator against a target that does nothing, at one rate: medians over the trials that count; null where none does. */
export interface BaselineRow {
  readonly ratePerSec: number;
  readonly okCount: number;
  readonly trialCount: number;
  readonly generatorDelayP50Ms: number | null;
  readonly generatorDelayP99Ms: number | null;
  readonly serviceP50Ms: number | null;
  readonly serviceP99Ms: number | null;
  readonly generatorCpuMs: number | null;
  readonly targetCpuMs: number | null;
  readonly sendGapCv: number | null;
  readonly loop: string | null;
}

/** What `paceline calibrate` found: the generator's own share of every result of this machine. */
export interface Baseline {
  readonly machineId: string;
  readonly startedAt: string;
  readonly rows: readonly BaselineRow[];
  /** The highest rate of the ladder that most of its trials sustained; null when none did. */
  readonly highestRatePerSec: number | null;
  /** Whether a rate above it was tried and missed: without, the machine may keep more. */
  readonly isLimit: boolean;
}

export function summarizeBaseline(result: RunResult): Baseline {
  const byRate = Map.groupBy(result.trials, ({ spec }) => spec.loadPlan.ratePerSec);
  const rows = [...byRate].map(([ratePerSec, trials]) => baselineRow(ratePerSec, trials)).sort(byRateAscending);
  const sustained = rows.filter(({ okCount, trialCount }) => 2 * okCount > trialCount);
  const highest = sustained.at(-1)?.ratePerSec ?? null;
  return {
    machineId: result.machine.id,
    startedAt: result.startedAt,
    rows,
    highestRatePerSec: highest,
    isLimit: highest !== null && highest !== rows.at(-1)?.ratePerSec,
  };
}

/** The row to hold a result at `ratePerSec` against: the nearest one by ratio. */
export function nearestBaselineRow(baseline: Baseline, ratePerSec: number): BaselineRow | null {
  const distance = (row: BaselineRow) => Math.abs(Math.log(row.ratePerSec / ratePerSec));
  return baseline.rows.toSorted((a, b) => distance(a) - distance(b))[0] ?? null;
}

function byRateAscending(a: BaselineRow, b: BaselineRow): number {
  return a.ratePerSec - b.ratePerSec;
}

function baselineRow(ratePerSec: number, trials: readonly Trial[]): BaselineRow {
  const measured = trials.flatMap((trial) => (trial.status === 'ok' ? [trial.measurement] : []));
  const medianOf = (from: (measurement: Measurement) => number | null) =>
    median(measured.map(from).filter((known) => known !== null));
  return {
    ratePerSec,
    okCount: measured.length,
    trialCount: new Set(trials.map(({ spec }) => spec.repetition)).size,
    generatorDelayP50Ms: medianOf(({ load }) => load?.generatorDelay.p50Ms ?? null),
    generatorDelayP99Ms: medianOf(({ load }) => load?.generatorDelay.p99Ms ?? null),
    serviceP50Ms: medianOf(({ load }) => load?.serviceTime.p50Ms ?? null),
    serviceP99Ms: medianOf(({ load }) => load?.serviceTime.p99Ms ?? null),
    generatorCpuMs: medianOf(({ cpu }) => cpu.generator?.perRequestMs ?? null),
    targetCpuMs: medianOf(({ cpu }) => cpu.target?.perRequestMs ?? null),
    sendGapCv: medianOf(({ load }) => (load !== null && isOwnLoad(load) ? load.generator.sendGapCv : null)),
    loop: loopOf(measured[0]?.load ?? null),
  };
}

function loopOf(load: MeasuredLoad | null): string | null {
  return load !== null && isOwnLoad(load) ? load.generator.loop : null;
}
