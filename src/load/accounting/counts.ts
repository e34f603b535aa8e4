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

/** Counts reasons of trouble in bounded memory, however many different texts a target comes up with. */
export interface ReasonTally {
  add(reason: string): void;
  /** The most frequent first; what was beyond the bound is counted together at its own rank. */
  most(): { reason: string; count: number }[];
}

const keptReasonCount = 500;
const shownReasonCount = 10;
const longestReasonChars = 200;
const otherReasons = 'other reasons';

export function createReasonTally(): ReasonTally {
  const countOf = new Map<string, number>();
  return {
    add: (text) => {
      const known = text.slice(0, longestReasonChars);
      const reason = countOf.has(known) || countOf.size < keptReasonCount ? known : otherReasons;
      countOf.set(reason, (countOf.get(reason) ?? 0) + 1);
    },
    most: () =>
      [...countOf]
        .map(([reason, count]) => ({ reason, count }))
        .sort((a, b) => b.count - a.count)
        .slice(0, shownReasonCount),
  };
}

/** How even a sequence of instants is, without keeping it. */
export interface GapMeter {
  mark(timeNs: number): void;
  /** Coefficient of variation of the gaps (population form): 0 is perfectly even, 1 is Poisson; null below 3 marks. */
  cvRatio(): number | null;
}

/** Welford's running mean and variance (Technometrics 4(3), 1962). */
export function createGapMeter(): GapMeter {
  let lastNs = Number.NaN;
  let gapCount = 0;
  let meanNs = 0;
  let squares = 0;
  return {
    mark: (timeNs) => {
      const gapNs = timeNs - lastNs;
      lastNs = timeNs;
      if (Number.isNaN(gapNs)) return;
      gapCount++;
      const delta = gapNs - meanNs;
      meanNs += delta / gapCount;
      squares += delta * (gapNs - meanNs);
    },
    cvRatio: () => (gapCount < 2 || meanNs <= 0 ? null : Math.sqrt(squares / gapCount) / meanNs),
  };
}
