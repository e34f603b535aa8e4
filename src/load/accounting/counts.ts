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

const keptReasonCount = 500;
export const shownReasonCount = 10;
const longestReasonChars = 200;
const otherReasons = 'other reasons';

/** Counts reasons of trouble in bounded memory, however many different texts a target comes up with. */
export class ReasonTally {
  readonly #countOf = new Map<string, number>();

  add(text: string) {
    const known = text.slice(0, longestReasonChars);
    const isKept = this.#countOf.has(known) || this.#countOf.size < keptReasonCount;
    const reason = isKept ? known : otherReasons;
    this.#countOf.set(reason, (this.#countOf.get(reason) ?? 0) + 1);
  }

  /** The most frequent first; what was beyond the bound is counted together at its own rank. */
  most(): { reason: string; count: number }[] {
    return [...this.#countOf]
      .map(([reason, count]) => ({ reason, count }))
      .sort((a, b) => b.count - a.count)
      .slice(0, shownReasonCount);
  }
}

/** How even a sequence of instants is, without keeping it: Welford's running mean and variance (Technometrics 4(3), 1962). */
export class GapMeter {
  #lastNs = Number.NaN;
  #gapCount = 0;
  #meanNs = 0;
  #squares = 0;

  mark(timeNs: number) {
    const gapNs = timeNs - this.#lastNs;
    this.#lastNs = timeNs;
    if (Number.isNaN(gapNs)) return;
    this.#gapCount++;
    const delta = gapNs - this.#meanNs;
    this.#meanNs += delta / this.#gapCount;
    this.#squares += delta * (gapNs - this.#meanNs);
  }

  /** Coefficient of variation of the gaps (population form): 0 is perfectly even, 1 is Poisson; null below 3 marks. */
  cvRatio(): number | null {
    if (this.#gapCount < 2 || this.#meanNs <= 0) return null;
    return Math.sqrt(this.#squares / this.#gapCount) / this.#meanNs;
  }
}
