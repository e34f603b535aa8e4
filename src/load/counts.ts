import type { LoadCounts } from '../model/load-result.ts';

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

/** Throws unless every request that was due has exactly one outcome: nothing vanishes. */
export function assertAccounted(counts: LoadCounts): void {
  const { scheduledCount, okCount, wrongCount, failedCount, refusedCount, timedOutCount, inFlightCount, unsentCount } =
    counts;
  const accountedCount =
    okCount + wrongCount + failedCount + refusedCount + timedOutCount + inFlightCount + unsentCount;
  if (accountedCount !== scheduledCount) {
    throw new Error(
      `${scheduledCount} requests were due, ${accountedCount} have an outcome: ${JSON.stringify(counts)}`,
    );
  }
}
