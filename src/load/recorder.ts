import type { LoadCounts, LoadResult, LoadSecond } from '../model/load-result.ts';
import { createHistogram, type Histogram, merge, record, summarize } from '../stats/histogram.ts';
import { assertAccounted, emptyCounts, increment, type MutableCounts, withAlive } from './counts.ts';
import { createGapMeter } from './gap-meter.ts';
import { createOutageMeter } from './outage-meter.ts';
import { createReasonTally } from './reason-tally.ts';
import { createSecondSeries, type OpenSecond } from './second-series.ts';

/** A request as far as its figures go. `sentNs` is NaN until it is sent. */
export interface Timed {
  readonly dueNs: number;
  readonly wokeNs: number;
  readonly sentNs: number;
  readonly operation: { readonly name: string };
  readonly second: OpenSecond;
}

/** The part of a result that comes from the requests themselves. */
export type Recording = Pick<
  LoadResult,
  | 'counts'
  | 'responseTime'
  | 'serviceTime'
  | 'sendDelay'
  | 'generatorDelay'
  | 'connectionWait'
  | 'operations'
  | 'eventLatencies'
  | 'seconds'
  | 'errors'
  | 'outages'
> & { readonly sendGapCv: number | null; readonly secondHistograms: string[] };

/**
 * The accounts of one window. Every request due passes `due`, then either `unsent` or one of `answered`, `failed`, `refused`,
 * `timedOut` and `leftInFlight`. In the latencies count: right answers, and as at least their age the requests that timed out or were
 * alive at the end. Wrong, failed and refused ones do not: an error quickly given must not look like a fast answer.
 */
export interface Recorder {
  /** A request is due; gives the second it belongs to. */
  due(dueNs: number, nowNs: number): OpenSecond;
  unsent(second: OpenSecond): void;
  drawn(operationName: string): void;
  sent(request: Timed): void;
  /** `complaint`: what is wrong with the answer, or null. */
  answered(request: Timed, nowNs: number, complaint: string | null): void;
  failed(request: Timed, nowNs: number, reason: string): void;
  /** Answered that it could not be done now. */
  refused(request: Timed, nowNs: number, reason: string): void;
  timedOut(request: Timed, nowNs: number): void;
  leftInFlight(request: Timed, nowNs: number): void;
  completed(operationName: string, durationNs: number): void;
  counts(): LoadCounts;
  /** What is known before the end: requests without an outcome count as in flight, with no latency. */
  snapshot(): Recording;
  /** Throws when a request is unaccounted for. */
  finish(): Recording;
}

interface OperationAccount {
  readonly counts: MutableCounts;
  readonly response: Histogram;
  readonly service: Histogram;
}

/** What is kept beside the distributions. */
export interface RecorderOptions {
  readonly keepsSecondHistograms?: boolean;
  /** Whether stretches without service are looked for, which keeps sixteen bytes a request. */
  readonly seesOutages?: boolean;
}

export function createRecorder(
  startAtNs: number,
  lengthNs: number,
  { keepsSecondHistograms = false, seesOutages = false }: RecorderOptions = {},
): Recorder {
  const counts = emptyCounts();
  const accounts = new Map<string, OperationAccount>();
  const eventLatencies = new Map<string, Histogram>();
  const sendDelay = createHistogram();
  const generatorDelay = createHistogram();
  const connectionWait = createHistogram();
  const series = createSecondSeries(startAtNs, lengthNs, keepsSecondHistograms);
  const reasons = createReasonTally();
  const sendGaps = createGapMeter();
  const outages = seesOutages ? createOutageMeter(startAtNs) : null;

  const accountOf = (name: string): OperationAccount => {
    const known = accounts.get(name);
    if (known !== undefined) return known;
    const made = { counts: emptyCounts(), response: createHistogram(), service: createHistogram() };
    accounts.set(name, made);
    return made;
  };
  const tally = (account: OperationAccount, count: keyof LoadCounts) => {
    increment(counts, count);
    increment(account.counts, count);
  };
  const recordLag = ({ dueNs, wokeNs }: Timed, untilNs: number) => {
    record(sendDelay, untilNs - dueNs);
    record(connectionWait, untilNs - wokeNs);
  };
  const settle = (request: Timed, nowNs: number, outcome: keyof LoadCounts, isLatency: boolean) => {
    const account = accountOf(request.operation.name);
    const isSent = !Number.isNaN(request.sentNs);
    tally(account, outcome);
    if (outcome === 'okCount') outages?.served(request.dueNs, nowNs);
    else outages?.unserved(request.dueNs);
    if (!isSent) recordLag(request, nowNs);
    if (isLatency) record(account.response, nowNs - request.dueNs);
    if (isLatency && isSent) record(account.service, nowNs - request.sentNs);
    series.settle(request.second, outcome === 'okCount', isLatency ? nowNs - request.dueNs : null);
  };

  const recordingOf = (counted: LoadCounts): Recording => ({
    counts: counted,
    responseTime: summarize(mergeAll(accounts, 'response')),
    serviceTime: summarize(mergeAll(accounts, 'service')),
    sendDelay: summarize(sendDelay),
    generatorDelay: summarize(generatorDelay),
    connectionWait: summarize(connectionWait),
    operations: Object.fromEntries([...accounts].map(([name, account]) => [name, summarizeAccount(account)])),
    eventLatencies: Object.fromEntries([...eventLatencies].map(([name, histogram]) => [name, summarize(histogram)])),
    seconds: series.finish() satisfies LoadSecond[],
    errors: reasons.most(),
    outages: outages?.finish() ?? [],
    sendGapCv: sendGaps.cvRatio(),
    secondHistograms: series.histograms(),
  });

  return {
    due: (dueNs, nowNs) => {
      counts.scheduledCount++;
      record(generatorDelay, nowNs - dueNs);
      return series.due(dueNs);
    },
    unsent: (second) => {
      counts.unsentCount++;
      series.settle(second, false, null);
    },
    drawn: (name) => {
      accountOf(name).counts.scheduledCount++;
    },
    sent: (request) => {
      tally(accountOf(request.operation.name), 'sentCount');
      recordLag(request, request.sentNs);
      sendGaps.mark(request.sentNs);
    },
    answered: (request, nowNs, complaint) => {
      if (complaint === null) return settle(request, nowNs, 'okCount', true);
      reasons.add(`${request.operation.name}: ${complaint}`);
      settle(request, nowNs, 'wrongCount', false);
    },
    failed: (request, nowNs, reason) => {
      reasons.add(`${request.operation.name}: ${reason}`);
      settle(request, nowNs, 'failedCount', false);
    },
    refused: (request, nowNs, reason) => {
      reasons.add(`${request.operation.name}: ${reason}`);
      settle(request, nowNs, 'refusedCount', false);
    },
    timedOut: (request, nowNs) => settle(request, nowNs, 'timedOutCount', true),
    leftInFlight: (request, nowNs) => settle(request, nowNs, 'inFlightCount', true),
    completed: (name, durationNs) => {
      const histogram = eventLatencies.get(name) ?? createHistogram();
      eventLatencies.set(name, histogram);
      record(histogram, durationNs);
    },
    counts: () => ({ ...counts }),
    snapshot: () => recordingOf(withAlive(counts)),
    finish: () => {
      assertAccounted(counts);
      return recordingOf(counts);
    },
  };
}

/** What was recorded by operation once is merged exactly instead of being recorded twice. */
function mergeAll(accounts: ReadonlyMap<string, OperationAccount>, key: 'response' | 'service'): Histogram {
  const merged = createHistogram();
  for (const account of accounts.values()) merge(merged, account[key]);
  return merged;
}

function summarizeAccount({ counts, response, service }: OperationAccount): LoadResult['operations'][string] {
  return { counts: withAlive(counts), responseTime: summarize(response), serviceTime: summarize(service) };
}
