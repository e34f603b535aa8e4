import type { LoadCounts, LoadResult } from '../../model/load-result.ts';
import { createHistogram, type Histogram, merge, record, summarize } from '../../stats/histogram.ts';
import {
  assertAccounted,
  emptyCounts,
  GapMeter,
  increment,
  type MutableCounts,
  ReasonTally,
  withAlive,
} from './counts.ts';
import { type OpenSecond, OutageMeter, SecondSeries } from './second-series.ts';

/** A request as far as its figures go. `sentNs` is NaN until it is sent. */
export interface Timed {
  readonly dueNs: number;
  readonly wokeNs: number;
  readonly sentNs: number;
  readonly operation: { readonly name: string };
  readonly second: OpenSecond;
  readonly account: OperationAccount;
}

/** The part of a result that comes from the requests themselves. */
export type Recording = Omit<LoadResult, 'startedAtNs' | 'endedAtNs' | 'acknowledged' | 'generator'> & {
  readonly sendGapCv: number | null;
  readonly secondHistograms: string[];
};

export interface OperationAccount {
  readonly counts: MutableCounts;
  readonly response: Histogram;
  readonly service: Histogram;
}

/** What is kept beside the distributions. */
export interface RecorderOptions {
  readonly keepsSecondHistograms?: boolean;
  /** Whether stretches without service are looked for, which keeps each request's times. */
  readonly seesOutages?: boolean;
}

export type Outcome = Exclude<keyof LoadCounts, 'scheduledCount' | 'sentCount' | 'unsentCount'>;

/**
 * The accounts of one window. Every request due passes `due`, then either `unsent` or `settle`. In the latencies count: right
 * answers, and as at least their age the requests that timed out or were
 * alive at the end. Wrong, failed and refused ones do not: an error quickly given must not look like a fast answer.
 */
export class Recorder {
  readonly #counts = emptyCounts();
  readonly #accounts = new Map<string, OperationAccount>();
  readonly #eventLatencies = new Map<string, Histogram>();
  readonly #sendDelay = createHistogram();
  readonly #generatorDelay = createHistogram();
  readonly #connectionWait = createHistogram();
  readonly #reasons = new ReasonTally();
  readonly #sendGaps = new GapMeter();
  readonly #series: SecondSeries;
  readonly #outages: OutageMeter | null;

  constructor(startAtNs: number, lengthNs: number, options: RecorderOptions = {}) {
    const { keepsSecondHistograms = false, seesOutages = false } = options;
    this.#series = new SecondSeries(startAtNs, lengthNs, keepsSecondHistograms);
    this.#outages = seesOutages ? new OutageMeter(startAtNs) : null;
  }

  /** A request is due; gives the second it belongs to. What a sending can spare is recorded when the request is settled. */
  due(dueNs: number): OpenSecond {
    this.#counts.scheduledCount++;
    return this.#series.due(dueNs);
  }

  unsent(second: OpenSecond, delayNs: number) {
    this.#counts.unsentCount++;
    record(this.#generatorDelay, delayNs);
    this.#series.settle(second, false, null);
  }

  /** Gives the account that the request belongs to. */
  drawn(operationName: string): OperationAccount {
    const account = this.#accountOf(operationName);
    account.counts.scheduledCount++;
    return account;
  }

  sent(request: Timed) {
    this.#counts.sentCount++;
    request.account.counts.sentCount++;
    this.#sendGaps.mark(request.sentNs);
  }

  /** Its one outcome. `reason`: what is wrong with it, of wrong, failed and refused ones. */
  settle(request: Timed, nowNs: number, outcome: Outcome, reason: string | null) {
    const { account } = request;
    const isOk = outcome === 'okCount';
    const isLatency = isOk || outcome === 'timedOutCount' || outcome === 'inFlightCount';
    const isSent = !Number.isNaN(request.sentNs);
    increment(this.#counts, outcome);
    increment(account.counts, outcome);
    if (reason !== null) this.#reasons.add(`${request.operation.name}: ${reason}`);
    this.#recordDelays(request, isSent ? request.sentNs : nowNs);
    if (isLatency) record(account.response, nowNs - request.dueNs);
    if (isLatency && isSent) record(account.service, nowNs - request.sentNs);
    this.#series.settle(request.second, isOk, isLatency ? nowNs - request.dueNs : null);
    this.#outages?.settle(request.dueNs, isOk ? nowNs : null);
  }

  completed(operationName: string, durationNs: number) {
    const histogram = this.#eventLatencies.get(operationName) ?? createHistogram();
    this.#eventLatencies.set(operationName, histogram);
    record(histogram, durationNs);
  }

  /** Known anyway when a second is closed; null: of no second yet. */
  lastSecondP50Ms(): number | null {
    return this.#series.lastP50Ms();
  }

  counts(): LoadCounts {
    return { ...this.#counts };
  }

  /** What is known before the end: requests without an outcome count as in flight, with no latency. */
  snapshot(): Recording {
    return this.#recordingOf(withAlive(this.#counts));
  }

  /** Throws when a request is unaccounted for. */
  finish(): Recording {
    assertAccounted(this.#counts);
    return this.#recordingOf(this.#counts);
  }

  #accountOf(name: string): OperationAccount {
    const known = this.#accounts.get(name);
    if (known !== undefined) return known;
    const made = { counts: emptyCounts(), response: createHistogram(), service: createHistogram() };
    this.#accounts.set(name, made);
    return made;
  }

  #recordDelays({ dueNs, wokeNs }: Timed, untilNs: number) {
    record(this.#generatorDelay, wokeNs - dueNs);
    record(this.#sendDelay, untilNs - dueNs);
    record(this.#connectionWait, untilNs - wokeNs);
  }

  #recordingOf(counts: LoadCounts): Recording {
    const accounts = [...this.#accounts.values()];
    return {
      counts,
      responseTime: summarize(mergeAll(accounts.map(({ response }) => response))),
      serviceTime: summarize(mergeAll(accounts.map(({ service }) => service))),
      sendDelay: summarize(this.#sendDelay),
      generatorDelay: summarize(this.#generatorDelay),
      connectionWait: summarize(this.#connectionWait),
      operations: mapValues(this.#accounts, summarizeAccount),
      eventLatencies: mapValues(this.#eventLatencies, summarize),
      seconds: this.#series.finish(),
      errors: this.#reasons.most(),
      outages: this.#outages?.finish() ?? [],
      sendGapCv: this.#sendGaps.cvRatio(),
      secondHistograms: this.#series.histograms(),
    };
  }
}

/** What was recorded by operation once is merged exactly instead of being recorded twice. */
function mergeAll(histograms: readonly Histogram[]): Histogram {
  const merged = createHistogram();
  for (const histogram of histograms) merge(merged, histogram);
  return merged;
}

function mapValues<T, U>(map: ReadonlyMap<string, T>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries([...map].map(([name, value]) => [name, change(value)]));
}

function summarizeAccount({ counts, response, service }: OperationAccount): LoadResult['operations'][string] {
  return { counts: withAlive(counts), responseTime: summarize(response), serviceTime: summarize(service) };
}
