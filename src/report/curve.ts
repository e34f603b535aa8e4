import type { OkTrial } from '../model/trial.ts';
import { decode, merge, percentileCurve, percentileMs } from '../stats/histogram.ts';
import { median } from '../stats/quantile.ts';
import type { CurvePoint, Tail } from './model.ts';

/** Requests that must lie beyond a percentile for it to be shown: p99 needs 1,000, p99.9 needs 10,000. */
const leastCountBeyond = 10;

/** The response percentiles of all given trials' requests together, as far as they carry; void latencies left out. */
export function pooledCurve(trials: readonly OkTrial[]): CurvePoint[] {
  const pooled = pool(trials);
  if (pooled === null) return [];
  const last = 100 - (100 * leastCountBeyond) / pooled.totalCount;
  return percentileCurve(pooled).filter(({ percentile }) => percentile <= last);
}

/** p99: the median of the trials' own where each has enough requests, else the pooled one where that has, else null. */
export function tailOf(trials: readonly OkTrial[]): Tail | null {
  const heard = trials.filter((trial) => !trial.latencyVoid);
  const own = heard.map((trial) => trial.measurement.load?.response.p99Ms ?? null).filter((value) => value !== null);
  const middle = median(own);
  if (middle !== null && own.length === heard.length) return { medianMs: middle, pooled: false };
  const pooled = pool(trials);
  if (pooled === null || pooled.totalCount < 100 * leastCountBeyond) return null;
  const pooledMs = percentileMs(pooled, 99);
  return pooledMs === null ? null : { medianMs: pooledMs, pooled: true };
}

function pool(trials: readonly OkTrial[]) {
  const [first, ...others] = trials
    .filter((trial) => !trial.latencyVoid)
    .flatMap(({ measurement: { load } }) => (load === null ? [] : [decode(load.response.encoded)]));
  if (first === undefined) return null;
  for (const other of others) merge(first, other);
  return first.totalCount > 0 ? first : null;
}
