import type { ClusterKey } from '../../model/cell-key.ts';
import type { PublishedElections } from '../../model/cluster.ts';
import type { OkTrial } from '../../model/trial.ts';
import { median, sortedAscending } from '../../stats/descriptive.ts';
import { type QuantileInterval, quantileInterval } from '../../stats/interval.ts';
import { splitVoteProbability } from '../../stats/split-vote.ts';
import type { Elections, PublishedComparison } from '../model.ts';

export function summarizeElections(
  trials: readonly OkTrial[],
  key: ClusterKey | null,
  published: PublishedElections | null,
): Elections | null {
  const all = trials.flatMap(({ measurement }) => measurement.cluster?.elections ?? []);
  if (all.length === 0) return null;
  const timesMs = sortedAscending(all.flatMap(({ electionMs }) => electionMs ?? []));
  const terms = all.flatMap((election) => election.termCount ?? []);
  const hasLaggards = (key?.laggingFollowerCount ?? 0) > 0;
  const oneWayDelayMs = median(trials.flatMap(({ measurement }) => measurement.cluster?.oneWayDelay?.p50Ms ?? []));
  return {
    timesMs,
    unfinishedCount: all.length - timesMs.length,
    p50: quantileInterval(timesMs, 0.5),
    p90: quantileInterval(timesMs, 0.9),
    p99: timesMs.length < minCountForP99 ? null : quantileInterval(timesMs, 0.99),
    maxMs: timesMs.at(-1) ?? null,
    splitVoteRatio: terms.length === 0 || hasLaggards ? null : terms.filter((count) => count > 1).length / terms.length,
    meanTerms: terms.length === 0 ? null : terms.reduce((sum, count) => sum + count, 0) / terms.length,
    expectedSplitVoteRatio:
      key === null || oneWayDelayMs === null || hasLaggards ? null : expectedSplitVotes(key, oneWayDelayMs),
    oneWayDelayMs,
    comparisons: published === null ? [] : comparePublished(published, timesMs, all.length - timesMs.length),
  };
}

/** Ten elections must lie beyond a percentile for it to mean something; three do for a look at p99. */
const minCountBeyond = 3;
const minCountForP99 = 300;

function expectedSplitVotes({ size, ...key }: ClusterKey, oneWayDelayMs: number): number | null {
  const rangeMs = key.electionTimeoutMaxMs - key.electionTimeoutMinMs;
  return rangeMs === 0 ? null : splitVoteProbability(size, size - 1, oneWayDelayMs / rangeMs);
}

/** What docs/explanation/method.md asks of a reproduction: inside the interval, or within 10 % (p50) and 25 % (p99). */
const toleranceRatio: Readonly<Record<string, number>> = { p50: 0.1, p99: 0.25, max: 0.25 };

function comparePublished(
  { quantiles, minMs }: PublishedElections,
  timesMs: readonly number[],
  unfinishedCount: number,
): PublishedComparison[] {
  if (minMs !== null) return [compareLowerBound(minMs, timesMs, unfinishedCount)];
  return quantiles
    .filter(({ probability }) => probability < 1)
    .map(({ probability, valueMs }) => {
      const name = `p${100 * probability}`;
      const ours = quantileInterval(timesMs, probability);
      const isKnown = timesMs.length * (1 - probability) >= minCountBeyond;
      return {
        name,
        publishedMs: valueMs,
        ours,
        verdict: isKnown ? reproductionVerdict(name, valueMs, ours) : 'unknown',
      };
    });
}

function reproductionVerdict(
  name: string,
  publishedMs: number,
  ours: QuantileInterval | null,
): PublishedComparison['verdict'] {
  if (ours === null) return 'unknown';
  const isAbove = ours.lower !== null && publishedMs >= ours.lower;
  if (isAbove && ours.upper !== null && publishedMs <= ours.upper) return 'inside';
  const off = Math.abs(ours.estimate - publishedMs) / publishedMs;
  if (off <= (toleranceRatio[name] ?? 0)) return 'close';
  // Too few elections to bound ours above: they do not contradict it.
  return isAbove && ours.upper === null ? 'unknown' : 'outside';
}

/** Published as "longer than": most of ours must be so too. */
function compareLowerBound(leastMs: number, timesMs: readonly number[], unfinishedCount: number): PublishedComparison {
  const longerCount = unfinishedCount + timesMs.filter((time) => time >= leastMs).length;
  const isMajority = 2 * longerCount > unfinishedCount + timesMs.length;
  return {
    name: 'most take longer than',
    publishedMs: leastMs,
    ours: quantileInterval(timesMs, 0.5),
    verdict: isMajority ? 'inside' : 'outside',
  };
}
