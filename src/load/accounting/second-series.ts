import type { LoadSecond } from '../../model/load-result.ts';
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
