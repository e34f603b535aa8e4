import { countedTrials } from '../model/counted-trials.ts';
import { metrics, metricValue } from '../model/metric.ts';
import type { Preparation, RunResult } from '../model/run-result.ts';
import type { Measurement, OkTrial, Trial } from '../model/trial.ts';
import { median } from '../stats/quantile.ts';
import { type Range, rangeOf } from '../stats/range.ts';
import { type CellKey, plannedCount, publishedOf, trialsOf } from './cells.ts';
import { pooledCurve, tailOf } from './curve.ts';
import { electionsOf } from './elections.ts';
import type { GeneratorQuality, Row, Source } from './model.ts';
import { notesOf } from './notes.ts';
import { overTimeOf } from './over-time.ts';
import { trialLine } from './trial-line.ts';
import type { Who } from './who.ts';

/** What became of one implementation in one cell of `run`; `source` is null when that is the run of the report. */
export function rowOf(
  run: RunResult,
  preparation: Preparation,
  key: CellKey,
  everyone: ReadonlyMap<string, Who>,
  source: Source | null,
): Row {
  const id = preparation.manifest.id;
  const who = everyone.get(id);
  if (who === undefined) throw new Error(`${id} is in no run`);
  const trials = trialsOf(run, key, id);
  const counted = isWrong(preparation) ? [] : countedTrials(trials);
  const planned = Math.max(plannedCount(run, key), new Set(trials.map((trial) => trial.spec.repetition)).size);
  return {
    who,
    source,
    okCount: counted.length,
    plannedCount: planned,
    figures: figuresOf(counted),
    p99: tailOf(counted),
    elections: electionsOf(counted, key.cluster, publishedOf(run, key)),
    notes: notesOf(preparation, trials, counted, planned),
    curve: pooledCurve(counted),
    overTime: overTimeOf(counted),
    generator: generatorQuality(counted.length > 0 ? counted : trials),
    trials: trials.map((trial) => trialLine(trial, counted)),
  };
}

/** Fast but wrong never enters a table. */
function isWrong(preparation: Preparation): boolean {
  return preparation.status === 'ready' && preparation.conformance.status === 'failed';
}

function figuresOf(counted: readonly OkTrial[]): Record<string, Range | null> {
  return Object.fromEntries(
    metrics.map((metric) => [metric.id, rangeOf(counted.map((trial) => metricValue(metric, trial)))]),
  );
}

function generatorQuality(trials: readonly Trial[]): GeneratorQuality | null {
  const measurements = trials.map((trial) => trial.measurement).filter((m) => m !== null);
  if (measurements.every(({ load }) => load === null)) return null;
  const middle = (from: (measurement: Measurement) => number | null | undefined) =>
    median(measurements.map((m) => from(m) ?? null).filter((value) => value !== null));
  return {
    lagP50Ms: middle((m) => m.load?.lag.p50Ms),
    lagP99Ms: middle((m) => m.load?.lag.p99Ms),
    wokeLateP50Ms: middle((m) => m.load?.wokeLate.p50Ms),
    wokeLateP99Ms: middle((m) => m.load?.wokeLate.p99Ms),
    waitedP99Ms: middle((m) => m.load?.waited.p99Ms),
    wokeLateShareRatio: middle((m) => quotient(m.load?.wokeLate.p50Ms, m.load?.response.p50Ms)),
    sendGapCvRatio: middle((m) => m.load?.generator.sendGapCvRatio),
    eventLoopUtilizationRatio: middle((m) => m.load?.generator.eventLoopUtilizationRatio),
    coresUsed: middle((m) => m.cpu.generator?.coresUsed),
    sentOfDueRatio: middle((m) => quotient(m.load?.counts.sentCount, m.load?.counts.scheduledCount)),
  };
}

function quotient(part: number | null | undefined, whole: number | null | undefined): number | null {
  return part == null || whole == null || whole === 0 ? null : part / whole;
}
