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
