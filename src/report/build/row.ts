import { countOf } from '../../compare/text.ts';
import { type GeneratorUsage, isOwnLoad, type LoadCounts, type MeasuredLoad } from '../../model/load-result.ts';
import { metrics, metricValue } from '../../model/metric.ts';
import type { Preparation } from '../../model/run-result.ts';
import {
  countedTrials,
  isIncorrect,
  type Measurement,
  type OkTrial,
  type Trial,
  type TrialNoise,
  type TrialSpec,
} from '../../model/trial.ts';
import { median, type Range, rangeOf } from '../../stats/descriptive.ts';
import { formatNumber, formatPercent, orDash } from '../format.ts';
import type { GeneratorQuality, NamedFigure, Phase, ReportedImplementation, Row, Source, TrialRow } from '../model.ts';
import { summarizeElections } from './elections.ts';
import { notesOf } from './notes.ts';
import { type AskedQuestion, plannedCount } from './question-key.ts';
import { latencyFigures, overTimeOf, pooledCurve, tailOf, trialOverTime } from './row-curves.ts';

/** What became of one implementation in one question; `source` is null when that is of the run of the report. */
export function buildRow(
  asked: AskedQuestion,
  preparation: Preparation,
  implementations: ReadonlyMap<string, ReportedImplementation>,
  source: Source | null,
): Row {
  const { id } = preparation.manifest;
  const implementation = implementations.get(id);
  if (implementation === undefined) throw new Error(`${id} is in no run`);
  const trials = asked.trials.filter(({ spec }) => spec.implementation === id);
  const isWrong = breaksContract(preparation) || trials.some(isIncorrect);
  const counted = isWrong ? [] : countedTrials(trials);
  const planned = Math.max(plannedCount(asked), new Set(trials.map((trial) => trial.spec.repetition)).size);
  return {
    implementation,
    source,
    isWrong,
    okCount: counted.length,
    plannedCount: planned,
    figures: metricRanges(counted),
    rank: null,
    p99: tailOf(counted),
    elections: summarizeElections(counted, asked.key.cluster, asked.entry?.cluster?.published ?? null),
    notes: notesOf(preparation, trials, counted, planned),
    curve: pooledCurve(counted, 'response'),
    serviceCurve: pooledCurve(counted, 'service'),
    latencies: { response: latencyFigures(counted, 'response'), service: latencyFigures(counted, 'service') },
    overTime: overTimeOf(counted),
    generator: generatorQuality(counted.length > 0 ? counted : trials),
    trials: trials.map((trial) => trialRow(trial, counted)),
  };
}

/** Fast but wrong never enters a table. */
function breaksContract(preparation: Preparation): boolean {
  return preparation.status === 'ready' && preparation.conformance.status === 'failed';
}

function metricRanges(counted: readonly OkTrial[]): Record<string, Range | null> {
  return Object.fromEntries(
    metrics.map((metric) => [metric.id, rangeOf(counted.map((trial) => metricValue(metric, trial)))]),
  );
}

function generatorQuality(trials: readonly Trial[]): GeneratorQuality | null {
  const measurements = trials.map((trial) => trial.measurement).filter((m) => m !== null);
  if (measurements.every(({ load }) => load === null)) return null;
  const medianOf = (from: (measurement: Measurement) => number | null | undefined) =>
    median(measurements.map((m) => from(m) ?? null).filter((value) => value !== null));
  return {
    sendDelayP50Ms: medianOf((m) => m.load?.sendDelay.p50Ms),
    sendDelayP99Ms: medianOf((m) => m.load?.sendDelay.p99Ms),
    generatorDelayP50Ms: medianOf((m) => m.load?.generatorDelay.p50Ms),
    generatorDelayP99Ms: medianOf((m) => m.load?.generatorDelay.p99Ms),
    connectionWaitP99Ms: medianOf((m) => m.load?.connectionWait.p99Ms),
    generatorDelayShareRatio: medianOf((m) => ratioOf(m.load?.generatorDelay.p50Ms, m.load?.responseTime.p50Ms)),
    sendGapCv: medianOf((m) => ownUsage(m)?.sendGapCv),
    loops: [...new Set(measurements.flatMap(({ load }) => (load === null ? [] : senderText(load))))],
    wakeupsPerRequest: medianOf((m) => ratioOf(ownUsage(m)?.wakeupCount, m.load?.counts.sentCount)),
    eventLoopUtilizationRatio: medianOf((m) => ownUsage(m)?.eventLoopUtilizationRatio),
    coresUsed: medianOf((m) => m.cpu.generator?.coresUsed),
    sentRatio: medianOf((m) => ratioOf(m.load?.counts.sentCount, m.load?.counts.scheduledCount)),
  };
}

function ownUsage({ load }: Measurement): GeneratorUsage | null {
  return load !== null && isOwnLoad(load) ? load.generator : null;
}

/** The loop, or the other engine with its version. */
function senderText({ generator }: MeasuredLoad): string {
  if (generator.engine === 'paceline') return generator.loop;
  const { version, instanceCount } = generator;
  return `k6 ${version ?? 'of unknown version'}${instanceCount === 1 ? '' : `, ${instanceCount} instances`}`;
}

function ratioOf(part: number | null | undefined, whole: number | null | undefined): number | null {
  return part == null || whole == null || whole === 0 ? null : part / whole;
}

/** One trial as it was, whether it counts or not. */
function trialRow(trial: Trial, counted: readonly Trial[]): TrialRow {
  const { measurement, spec } = trial;
  return {
    implementation: spec.implementation,
    repetition: spec.repetition,
    attempt: spec.attempt,
    position: spec.position,
    status: trial.status,
    isCounted: counted.includes(trial),
    figures: Object.fromEntries(
      metrics.map((metric) => [metric.id, measurement === null ? null : metric.read(measurement)]),
    ),
    noise: noiseFigures(measurement?.noise ?? null),
    phases: measurement === null ? [] : phaseFigures(spec, measurement),
    counts: measurement?.load == null ? [] : countFigures(measurement.load.counts),
    overTime: measurement === null ? null : trialOverTime(measurement),
    remarks: [...trialRemarks(trial), ...trial.warnings.map((warning) => warning.message)],
    logTail: trial.status === 'failed' ? trial.logTail : null,
  };
}

/** In the order of a trial; the plan's where the phase is as long as planned. */
function phaseFigures({ idleMs, loadPlan }: TrialSpec, measurement: Measurement): Phase[] {
  const { startupMs, warmupSentCount, windowMs, stopMs } = measurement;
  const warmup =
    warmupSentCount === 0 ? 'none' : `${countOf(warmupSentCount, 'request')}, ${loadPlan.warmupRatePerSec}/s`;
  const warmupMs = (1000 * warmupSentCount) / loadPlan.warmupRatePerSec;
  return [
    { name: 'start', text: orDash(startupMs, (value) => `${formatNumber(value)} ms`), lengthMs: startupMs },
    { name: 'idle', text: secondsText(idleMs), lengthMs: idleMs },
    { name: 'warm-up', text: warmup, lengthMs: warmupSentCount === 0 ? 0 : warmupMs },
    { name: 'measure', text: secondsText(windowMs), lengthMs: windowMs },
    { name: 'stop', text: orDash(stopMs, (value) => `${formatNumber(value)} ms`), lengthMs: stopMs },
  ];
}

function secondsText(lengthMs: number): string {
  return `${formatNumber(lengthMs / 1000)} s`;
}

/** Without those that are zero, except what was due and what went well. */
function countFigures(counts: LoadCounts): NamedFigure[] {
  const named: readonly (readonly [string, number])[] = [
    ['due', counts.scheduledCount],
    ['ok', counts.okCount],
    ['wrong', counts.wrongCount],
    ['failed', counts.failedCount],
    ['refused', counts.refusedCount],
    ['timed out', counts.timedOutCount],
    ['in flight', counts.inFlightCount],
    ['unsent', counts.unsentCount],
  ];
  return named
    .filter(([, count], index) => index < 2 || count > 0)
    .map(([name, count]) => ({ name, text: count.toLocaleString('en-US') }));
}

function trialRemarks(trial: Trial): string[] {
  if (trial.status === 'failed') return [`${trial.phase}: ${trial.message}`];
  if (trial.status === 'ok') return trial.latencyDiscarded ? ['latency discarded'] : [];
  return trial.reasons.map((reason) => reason.message);
}

/** Always all of them, in one order. */
function noiseFigures(noise: TrialNoise | null): NamedFigure[] {
  const figure = (name: string, value: number | null | undefined, format: (value: number) => string) => ({
    name,
    text: orDash(value, format),
  });
  return [
    figure('target run-queue delay', noise?.targetRunDelayRatio, formatPercent),
    figure('generator run-queue delay', noise?.generatorRunDelayRatio, formatPercent),
    figure('PSI cpu some, ms', noise?.psiCpuSomeMs, formatNumber),
    figure('PSI io full, ms', noise?.psiIoFullMs, formatNumber),
    figure('steal', noise?.stealRatio, formatPercent),
    figure('slowdown factor', noise?.slowdownFactor, formatNumber),
    figure('other processes’ CPU', noise?.otherProcessesCpuRatio, formatPercent),
  ];
}
