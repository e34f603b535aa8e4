import type { Outage } from '../../model/load-result.ts';

/** Finds the stretches in which nobody was served, from due times and answers in whatever order they come. */
export interface OutageMeter {
  served(dueNs: number, answeredNs: number): void;
  unserved(dueNs: number): void;
  finish(): Outage[];
}

interface Served {
  readonly dueNs: number;
  readonly answeredNs: number;
}

export function createOutageMeter(startAtNs: number): OutageMeter {
  const served: Served[] = [];
  const unserved: number[] = [];
  return {
    served: (dueNs, answeredNs) => {
      served.push({ dueNs, answeredNs });
    },
    unserved: (dueNs) => {
      unserved.push(dueNs);
    },
    finish: () => outagesOf(startAtNs, served, unserved),
  };
}

/**
 * An outage begins with an unserved request and lasts until the first answer to a request due later. Unserved requests due
 * before that answer belong to it. One that never ends is as long as the last thing known.
 */
function outagesOf(startAtNs: number, served: readonly Served[], unserved: readonly number[]): Outage[] {
  const inOrder = earliestAnswers(served);
  const outages: { startedNs: number; endedNs: number; count: number }[] = [];
  for (const dueNs of [...unserved].sort((a, b) => a - b)) {
    const open = outages.at(-1);
    if (open !== undefined && dueNs <= open.endedNs) open.count += 1;
    else
      outages.push({
        startedNs: dueNs,
        endedNs: firstAnswerAfter(inOrder, dueNs) ?? lastOf(unserved, dueNs),
        count: 1,
      });
  }
  return outages.map(({ startedNs, endedNs, count }) => ({
    startedAtMs: Math.max(0, startedNs - startAtNs) / 1e6,
    durationMs: (endedNs - startedNs) / 1e6,
    unservedCount: count,
  }));
}

function lastOf(unserved: readonly number[], least: number): number {
  return unserved.reduce((last, dueNs) => Math.max(last, dueNs), least);
}

/** By due time, each with the earliest answer to itself or to anything due later. */
function earliestAnswers(served: readonly Served[]): Served[] {
  let earliestNs = Number.POSITIVE_INFINITY;
  const sorted = [...served].sort((a, b) => b.dueNs - a.dueNs);
  return sorted
    .map(({ dueNs, answeredNs }) => {
      earliestNs = Math.min(earliestNs, answeredNs);
      return { dueNs, answeredNs: earliestNs };
    })
    .reverse();
}

function firstAnswerAfter(inOrder: readonly Served[], dueNs: number): number | null {
  let low = 0;
  let high = inOrder.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((inOrder[middle] as Served).dueNs > dueNs) high = middle;
    else low = middle + 1;
  }
  return inOrder[low]?.answeredNs ?? null;
}
