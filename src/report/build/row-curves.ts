import type { Latency } from '../../model/load-result.ts';
import type { Measurement, OkTrial, ProcessSample } from '../../model/trial.ts';
import { median, rangeOf } from '../../stats/descriptive.ts';
import { decode, merge, percentileCurve, percentileMs } from '../../stats/histogram.ts';
import type { CurvePoint, LatencyFigure, LatencyKind, OverTime, Tail } from '../model.ts';

/** Requests that must lie beyond a percentile for it to be shown: p99 needs 1,000, p99.9 needs 10,000. */
const minCountBeyond = 10;

/** The percentiles of all given trials' requests together, as far as they carry; discarded latencies left out. */
export function pooledCurve(trials: readonly OkTrial[], kind: LatencyKind): CurvePoint[] {
  const pooled = pool(trials, kind);
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
  const pooled = pool(trials, 'response');
  if (pooled === null || pooled.totalCount < 100 * minCountBeyond) return null;
  const pooledMs = percentileMs(pooled, 99);
  return pooledMs === null ? null : { medianMs: pooledMs, pooled: true };
}

const shownPercentiles = [50, 90, 99, 99.9] as const;

/** The percentiles to choose from: of each trial where each carries them, else pooled where that does, else left out. */
export function latencyFigures(trials: readonly OkTrial[], kind: LatencyKind): LatencyFigure[] {
  const latencies = trials.flatMap((trial) => (trial.latencyDiscarded ? [] : (latencyOf(trial, kind) ?? [])));
  const pooled = latencies.length === 0 ? null : pool(trials, kind);
  return shownPercentiles.flatMap((percentile): LatencyFigure[] => {
    const own = rangeOf(latencies.map((latency) => quantileOf(latency, percentile)));
    if (own !== null && own.values.length === latencies.length) {
      const range = own.values.length > 1 ? ([own.min, own.max] as const) : null;
      return [{ percentile, medianMs: own.median, range, pooled: false }];
    }
    const carries = pooled !== null && pooled.totalCount * (1 - percentile / 100) >= minCountBeyond;
    const pooledMs = carries ? percentileMs(pooled, percentile) : null;
    return pooledMs === null ? [] : [{ percentile, medianMs: pooledMs, range: null, pooled: true }];
  });
}

function latencyOf({ measurement: { load } }: OkTrial, kind: LatencyKind): Latency | null {
  if (load === null) return null;
  return kind === 'response' ? load.responseTime : load.serviceTime;
}

function quantileOf({ p50Ms, p90Ms, p99Ms, p999Ms }: Latency, percentile: LatencyFigure['percentile']): number | null {
  return { 50: p50Ms, 90: p90Ms, 99: p99Ms, 99.9: p999Ms }[percentile];
}

function pool(trials: readonly OkTrial[], kind: LatencyKind) {
  const [first, ...others] = trials
    .filter((trial) => !trial.latencyDiscarded)
    .flatMap((trial) => latencyOf(trial, kind) ?? [])
    .filter(({ hdrHistogram }) => hdrHistogram !== '')
    .map(({ hdrHistogram }) => decode(hdrHistogram));
  if (first === undefined) return null;
  for (const other of others) merge(first, other);
  return first.totalCount > 0 ? first : null;
}

type SecondSeries = readonly (number | null)[];

/** One trial's window second by second, whether it counts or not. */
export function trialOverTime(measurement: Measurement): OverTime {
  return {
    coresUsed: coresUsed(measurement),
    privateBytes: privateBytes(measurement),
    responseP50Ms: responseP50Ms(measurement),
  };
}

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
