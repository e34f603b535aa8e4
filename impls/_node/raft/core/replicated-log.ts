import type { Entry } from './message.ts';

/** Entries counted from index 1. Index 0 is before the first and has term 0. */
export interface ReplicatedLog {
  lastIndex(): number;
  lastTerm(): number;
  /** 0 at index 0; the index must not be beyond the last. */
  termAt(index: number): number;
  append(entry: Entry): void;
  /** Drops the entries from `index` on. */
  cutBefore(index: number): void;
  /** At most `count` entries from `index` on. */
  slice(index: number, count: number): readonly Entry[];
  /** The first index whose term is not less; last index + 1 if there is none. Terms never fall along a log. */
  firstIndexFromTerm(term: number): number;
}

export function createReplicatedLog(persisted: readonly Entry[]): ReplicatedLog {
  const entries = [...persisted];
  const termAt = (index: number): number => entries[index - 1]?.term ?? 0;

  function firstIndexFromTerm(term: number): number {
    let low = 1;
    let high = entries.length + 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (termAt(middle) < term) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    lastIndex: () => entries.length,
    lastTerm: () => termAt(entries.length),
    termAt,
    append: (entry) => void entries.push(entry),
    cutBefore: (index) => void entries.splice(index - 1),
    slice: (index, count) => entries.slice(index - 1, index - 1 + count),
    firstIndexFromTerm,
  };
}

/** The last index of `term` at or before `atIndex`; 0 if there is none. */
export function lastIndexOfTerm(log: ReplicatedLog, term: number, atIndex: number): number {
  const index = Math.min(log.firstIndexFromTerm(term + 1) - 1, atIndex);
  return log.termAt(index) === term ? index : 0;
}
