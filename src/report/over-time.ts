import type { Sample } from '../model/sample.ts';
import type { Measurement, OkTrial } from '../model/trial.ts';
import { median } from '../stats/quantile.ts';
import type { OverTime } from './model.ts';

type Series = readonly (number | null)[];

/** The measured window second by second, each value the median over the trials; null without trials. */
export function overTimeOf(trials: readonly OkTrial[]): OverTime | null {
  if (trials.length === 0) return null;
  const heard = trials.filter((trial) => !trial.latencyVoid);
  return {
    coresUsed: medianSeries(trials.map(({ measurement }) => coresUsed(measurement))),
    privateBytes: medianSeries(trials.map(({ measurement }) => privateBytes(measurement))),
    responseP50Ms: medianSeries(heard.map(({ measurement }) => responseP50Ms(measurement))),
  };
}

function medianSeries(seriesOfTrials: readonly Series[]): Series {
  const length = Math.max(0, ...seriesOfTrials.map((series) => series.length));
  return Array.from({ length }, (_, second) =>
    median(seriesOfTrials.map((series) => series[second] ?? null).filter((value) => value !== null)),
  );
}

/** Whole seconds only: a cut-off last one would read low. */
function secondsOf(measurement: Measurement): number[] {
  return Array.from({ length: Math.floor(measurement.windowMs / 1000) }, (_, second) => second);
}

function targetSamples(measurement: Measurement): Sample[] {
  return measurement.samples.filter((sample) => sample.role === 'target').sort((a, b) => a.atMs - b.atMs);
}

function coresUsed(measurement: Measurement): Series {
  const samples = targetSamples(measurement);
  return secondsOf(measurement).map((second) => {
    const from = cpuMsAt(samples, second * 1000);
    const to = cpuMsAt(samples, (second + 1) * 1000);
    return from === null || to === null ? null : (to - from) / 1000;
  });
}

/** The CPU counter at an instant, on the straight line between its neighbours; null beyond the samples by over half a second. */
function cpuMsAt(samples: readonly Sample[], atMs: number): number | null {
  const after = samples.findIndex((sample) => sample.atMs >= atMs);
  const right = samples[after < 0 ? samples.length - 1 : after];
  const left = after > 0 ? samples[after - 1] : right;
  if (left === undefined || right === undefined) return null;
  const nearestMs = Math.min(Math.abs(left.atMs - atMs), Math.abs(right.atMs - atMs));
  if (right.atMs === left.atMs || after < 0) return nearestMs <= 500 ? cpuMs(right) : null;
  return cpuMs(left) + ((cpuMs(right) - cpuMs(left)) * (atMs - left.atMs)) / (right.atMs - left.atMs);
}

function cpuMs(sample: Sample): number {
  return sample.cpuUserMs + sample.cpuSystemMs;
}

function privateBytes(measurement: Measurement): Series {
  const samples = targetSamples(measurement);
  return secondsOf(measurement).map((second) => {
    const within = samples.filter((sample) => Math.floor(sample.atMs / 1000) === second);
    return median(within.map((sample) => sample.anonBytes).filter((bytes) => bytes !== null));
  });
}

function responseP50Ms(measurement: Measurement): Series {
  const bySecond = new Map(measurement.load?.seconds.map(({ second, responseP50Ms: value }) => [second, value]));
  return secondsOf(measurement).map((second) => bySecond.get(second) ?? null);
}
