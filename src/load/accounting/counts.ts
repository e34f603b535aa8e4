import type { LoadCounts } from '../../model/load-result.ts';

export type MutableCounts = { -readonly [Name in keyof LoadCounts]: number };

export function emptyCounts(): MutableCounts {
  return {
    scheduledCount: 0,
    sentCount: 0,
    okCount: 0,
    wrongCount: 0,
    failedCount: 0,
    refusedCount: 0,
    timedOutCount: 0,
    inFlightCount: 0,
    unsentCount: 0,
  };
}

/** Once or twice a request: the usual names are spelled out, since a name that varies is looked up by the runtime each time. */
export function increment(counts: MutableCounts, name: keyof LoadCounts) {
  if (name === 'okCount') counts.okCount++;
  else if (name === 'sentCount') counts.sentCount++;
  else counts[name]++;
}

export function addCounts(parts: readonly LoadCounts[]): LoadCounts {
  const total = emptyCounts();
  for (const part of parts) for (const name of Object.keys(total) as (keyof LoadCounts)[]) total[name] += part[name];
  return total;
}

/** The same counts with what has no outcome yet as in flight. */
export function withAlive(counts: LoadCounts): LoadCounts {
  return { ...counts, inFlightCount: counts.inFlightCount + counts.scheduledCount - outcomeCount(counts) };
}

/** Throws unless every request that was due has exactly one outcome: nothing vanishes. */
export function assertAccounted(counts: LoadCounts) {
  const { scheduledCount } = counts;
  const accountedCount = outcomeCount(counts);
  if (accountedCount !== scheduledCount) {
    throw new Error(
      `${scheduledCount} requests were due, ${accountedCount} have an outcome: ${JSON.stringify(counts)}`,
    );
  }
}

function outcomeCount(counts: LoadCounts): number {
  const { okCount, wrongCount, failedCount, refusedCount, timedOutCount, inFlightCount, unsentCount } = counts;
  return okCount + wrongCount + failedCount + refusedCount + timedOutCount + inFlightCount + unsentCount;
}
