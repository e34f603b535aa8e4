import type { LoadSecond, Outage } from '../../model/load-result.ts';
import { createHistogram, encode, type Histogram, percentileMs, record } from '../../stats/histogram.ts';

/** A second some of whose requests have no outcome yet. */
export interface OpenSecond {
  readonly second: number;
  scheduledCount: number;
  okCount: number;
  notOkCount: number;
  settledCount: number;
  readonly response: Histogram;
}

/** The window second by second. A request counts in the second it was due, whenever its answer comes. */
export interface SecondSeries {
  due(dueNs: number): OpenSecond;
  /** `responseNs`: null where the outcome is no latency. */
  settle(second: OpenSecond, isOk: boolean, responseNs: number | null): void;
  /** One entry for every second of the window, also those in which nothing was due. */
  finish(): LoadSecond[];
  /** After `finish`: the response times of each second (HdrHistogram, as `Latency.encoded`; '' of none), if they are kept. */
  histograms(): string[];
}

const nsPerSec = 1e9;

/** Only the seconds that still wait for outcomes hold a histogram; their histograms are used again. */
export function createSecondSeries(startAtNs: number, lengthNs: number, keepsHistograms = false): SecondSeries {
  const kept: string[] = [];
  const closed: LoadSecond[] = [];
  const spare: Histogram[] = [];
  const open = new Set<OpenSecond>();
  let current: OpenSecond | null = null;

  const begin = (second: number): OpenSecond => {
    const response = spare.pop() ?? createHistogram();
    const begun = { second, scheduledCount: 0, okCount: 0, notOkCount: 0, settledCount: 0, response };
    open.add(begun);
    return begun;
  };
  const close = (ended: OpenSecond) => {
    closed[ended.second] = closedSecond(ended);
    if (keepsHistograms) kept[ended.second] = encode(ended.response);
    open.delete(ended);
    ended.response.reset();
    spare.push(ended.response);
  };
  const closeIfDone = (second: OpenSecond) => {
    if (second !== current && second.settledCount === second.scheduledCount) close(second);
  };

  return {
    due: (dueNs) => {
      const second = Math.floor((dueNs - startAtNs) / nsPerSec);
      if (current?.second !== second) {
        const previous = current;
        current = begin(second);
        if (previous !== null) closeIfDone(previous);
      }
      current.scheduledCount++;
      return current;
    },
    settle: (second, isOk, responseNs) => {
      second.settledCount++;
      if (isOk) second.okCount++;
      else second.notOkCount++;
      if (responseNs !== null) record(second.response, responseNs);
      closeIfDone(second);
    },
    finish: () => {
      for (const second of open) close(second);
      const secondCount = Math.max(closed.length, Math.ceil(lengthNs / nsPerSec));
      return Array.from({ length: secondCount }, (_, second) => closed[second] ?? emptySecond(second));
    },
    histograms: () => Array.from(kept, (encoded) => encoded ?? ''),
  };
}

function closedSecond({ second, scheduledCount, okCount, notOkCount, response }: OpenSecond): LoadSecond {
  const responseP50Ms = percentileMs(response, 50);
  return {
    second,
    scheduledCount,
    okCount,
    notOkCount: notOkCount,
    responseP50Ms,
    responseMaxMs: percentileMs(response, 100),
  };
}

function emptySecond(second: number): LoadSecond {
  return { second, scheduledCount: 0, okCount: 0, notOkCount: 0, responseP50Ms: null, responseMaxMs: null };
}

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
