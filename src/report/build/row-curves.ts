import type { Measurement, OkTrial, ProcessSample } from '../../model/trial.ts';
import { median } from '../../stats/descriptive.ts';
import { decode, merge, percentileCurve, percentileMs } from '../../stats/histogram.ts';
import type { CurvePoint, OverTime, Tail } from '../model.ts';

/** Requests that must lie beyond a percentile for it to be shown: p99 needs 1,000, p99.9 needs 10,000. */
const minCountBeyond = 10;

/** The response percentiles of all given trials' requests together, as far as they carry; discarded latencies left out. */
export function pooledCurve(trials: readonly OkTrial[]): CurvePoint[] {
  const pooled = pool(trials);
  if (pooled === null) return [];
  const last = 100 - (100 * minCountBeyond) / pooled.totalCount;
  return percentileCurve(pooled).filter(({ percentile }) => percentile <= last);
}

/** p99: the median of the trials' own where each has enough requests, else the pooled one where that has, else null. */
export function tailOf(trials: readonly OkTrial[]): Tail | null {
  const withLatency = trials.filter((trial) => !trial.latencyDiscarded);
  const own = withLatency
    .map((trial) => trial.measurement.load?.responseTime.p99Ms ?? null)
    .filter((value) => value !== null);
  const medianMs = median(own);
  if (medianMs !== null && own.length === withLatency.length) return { medianMs: medianMs, pooled: false };
  const pooled = pool(trials);
  if (pooled === null || pooled.totalCount < 100 * minCountBeyond) return null;
  const pooledMs = percentileMs(pooled, 99);
  return pooledMs === null ? null : { medianMs: pooledMs, pooled: true };
}

function pool(trials: readonly OkTrial[]) {
  const [first, ...others] = trials
    .filter((trial) => !trial.latencyDiscarded)
    .flatMap(({ measurement: { load } }) => (load === null ? [] : [decode(load.responseTime.hdrHistogram)]));
  if (first === undefined) return null;
  for (const other of others) merge(first, other);
  return first.totalCount > 0 ? first : null;
}

type SecondSeries = readonly (number | null)[];

/** The measured window second by second, each value the median over the trials; null without trials. */
export function overTimeOf(trials: readonly OkTrial[]): OverTime | null {
  if (trials.length === 0) return null;
  const withLatency = trials.filter((trial) => !trial.latencyDiscarded);
  return {
    coresUsed: medianSeries(trials.map(({ measurement }) => coresUsed(measurement))),
    privateBytes: medianSeries(trials.map(({ measurement }) => privateBytes(measurement))),
    responseP50Ms: medianSeries(withLatency.map(({ measurement }) => responseP50Ms(measurement))),
  };
}

function medianSeries(seriesOfTrials: readonly SecondSeries[]): SecondSeries {
  const length = Math.max(0, ...seriesOfTrials.map((series) => series.length));
  return Array.from({ length }, (_, second) =>
    median(seriesOfTrials.map((series) => series[second] ?? null).filter((value) => value !== null)),
  );
}

/** Whole seconds only: a cut-off last one would read low. */
function secondsOf(measurement: Measurement): number[] {
  return Array.from({ length: Math.floor(measurement.windowMs / 1000) }, (_, second) => second);
}

function targetSamples(measurement: Measurement): ProcessSample[] {
  return measurement.samples.filter((sample) => sample.role === 'target').sort((a, b) => a.atMs - b.atMs);
}

function coresUsed(measurement: Measurement): SecondSeries {
  const samples = targetSamples(measurement);
  return secondsOf(measurement).map((second) => {
    const from = cpuMsAt(samples, second * 1000);
    const to = cpuMsAt(samples, (second + 1) * 1000);
    return from === null || to === null ? null : (to - from) / 1000;
  });
}

/** The CPU counter at an instant, on the straight line between its neighbours; null beyond the samples by over half a second. */
function cpuMsAt(samples: readonly ProcessSample[], atMs: number): number | null {
  const after = samples.findIndex((sample) => sample.atMs >= atMs);
  const right = samples[after < 0 ? samples.length - 1 : after];
  const left = after > 0 ? samples[after - 1] : right;
  if (left === undefined || right === undefined) return null;
  const nearestMs = Math.min(Math.abs(left.atMs - atMs), Math.abs(right.atMs - atMs));
  if (right.atMs === left.atMs || after < 0) return nearestMs <= 500 ? cpuMs(right) : null;
  return cpuMs(left) + ((cpuMs(right) - cpuMs(left)) * (atMs - left.atMs)) / (right.atMs - left.atMs);
}

function cpuMs(sample: ProcessSample): number {
  return sample.cpuUserMs + sample.cpuSystemMs;
}

function privateBytes(measurement: Measurement): SecondSeries {
  const samples = targetSamples(measurement);
  return secondsOf(measurement).map((second) => {
    const within = samples.filter((sample) => Math.floor(sample.atMs / 1000) === second);
    return median(within.map((sample) => sample.anonBytes).filter((bytes) => bytes !== null));
  });
}

function responseP50Ms(measurement: Measurement): SecondSeries {
  const bySecond = new Map(measurement.load?.seconds.map(({ second, responseP50Ms: value }) => [second, value]));
  return secondsOf(measurement).map((second) => bySecond.get(second) ?? null);
}
