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

const nsPerSec = 1e9;

/**
 * The window second by second. A request counts in the second it was due, whenever its answer comes. Only the seconds that
 * still wait for outcomes hold a histogram; their histograms are used again.
 */
export class SecondSeries {
  readonly #startAtNs: number;
  readonly #lengthNs: number;
  readonly #keepsHistograms: boolean;
  readonly #kept: string[] = [];
  readonly #closed: LoadSecond[] = [];
  readonly #spare: Histogram[] = [];
  readonly #open = new Set<OpenSecond>();
  #current: OpenSecond | null = null;

  constructor(startAtNs: number, lengthNs: number, keepsHistograms: boolean) {
    this.#startAtNs = startAtNs;
    this.#lengthNs = lengthNs;
    this.#keepsHistograms = keepsHistograms;
  }

  due(dueNs: number): OpenSecond {
    const second = Math.floor((dueNs - this.#startAtNs) / nsPerSec);
    const current = this.#current?.second === second ? this.#current : this.#begin(second);
    current.scheduledCount++;
    return current;
  }

  /** `responseNs`: null where the outcome is no latency. */
  settle(second: OpenSecond, isOk: boolean, responseNs: number | null) {
    second.settledCount++;
    if (isOk) second.okCount++;
    else second.notOkCount++;
    if (responseNs !== null) record(second.response, responseNs);
    this.#closeIfDone(second);
  }

  /** The median of the last second that was closed; null: none was, or it had no latency. */
  lastP50Ms(): number | null {
    return this.#closed.at(-1)?.responseP50Ms ?? null;
  }

  /** One entry for every second of the window, also those in which nothing was due. */
  finish(): LoadSecond[] {
    for (const second of this.#open) this.#close(second);
    const secondCount = Math.max(this.#closed.length, Math.ceil(this.#lengthNs / nsPerSec));
    return Array.from({ length: secondCount }, (_, second) => this.#closed[second] ?? { second, ...empty });
  }

  /** After `finish`: the response times of each second (HdrHistogram, as `Latency.encoded`; '' of none), if they are kept. */
  histograms(): string[] {
    return Array.from(this.#kept, (encoded) => encoded ?? '');
  }

  #begin(second: number): OpenSecond {
    const previous = this.#current;
    const response = this.#spare.pop() ?? createHistogram();
    const begun = { second, scheduledCount: 0, okCount: 0, notOkCount: 0, settledCount: 0, response };
    this.#open.add(begun);
    this.#current = begun;
    if (previous !== null) this.#closeIfDone(previous);
    return begun;
  }

  #closeIfDone(second: OpenSecond) {
    if (second !== this.#current && second.settledCount === second.scheduledCount) this.#close(second);
  }

  #close(ended: OpenSecond) {
    const { second, scheduledCount, okCount, notOkCount, response } = ended;
    const responseP50Ms = percentileMs(response, 50);
    const responseMaxMs = percentileMs(response, 100);
    this.#closed[second] = { second, scheduledCount, okCount, notOkCount, responseP50Ms, responseMaxMs };
    if (this.#keepsHistograms) this.#kept[second] = encode(response);
    this.#open.delete(ended);
    response.reset();
    this.#spare.push(response);
  }
}

const empty = { scheduledCount: 0, okCount: 0, notOkCount: 0, responseP50Ms: null, responseMaxMs: null };

/**
 * Finds the stretches in which nobody was served, from outcomes in whatever order they come. An outage begins with an unserved
 * request and lasts until the first answer to a request due later. Unserved requests due before that answer belong to it. One
 * that never ends is as long as the last thing known.
 */
export class OutageMeter {
  readonly #startAtNs: number;
  /** `answeredNs`: null of one that was not served. */
  readonly #requests: { readonly dueNs: number; readonly answeredNs: number | null }[] = [];

  constructor(startAtNs: number) {
    this.#startAtNs = startAtNs;
  }

  settle(dueNs: number, answeredNs: number | null) {
    this.#requests.push({ dueNs, answeredNs });
  }

  finish(): Outage[] {
    const outages: { startedNs: number; endedNs: number; count: number }[] = [];
    for (const { dueNs, endedNs } of this.#unserved()) {
      const open = outages.at(-1);
      if (open !== undefined && dueNs <= open.endedNs) open.count += 1;
      else outages.push({ startedNs: dueNs, endedNs, count: 1 });
    }
    return outages.map(({ startedNs, endedNs, count }) => ({
      startedAtMs: Math.max(0, startedNs - this.#startAtNs) / 1e6,
      durationMs: (endedNs - startedNs) / 1e6,
      unservedCount: count,
    }));
  }

  /** In the order they were due, each with the first answer to what was due later. */
  #unserved(): { readonly dueNs: number; readonly endedNs: number }[] {
    const unserved: { dueNs: number; endedNs: number }[] = [];
    let answerNs = Number.POSITIVE_INFINITY;
    for (const { dueNs, answeredNs } of this.#requests.sort((a, b) => b.dueNs - a.dueNs)) {
      if (answeredNs !== null) answerNs = Math.min(answerNs, answeredNs);
      else unserved.push({ dueNs, endedNs: Number.isFinite(answerNs) ? answerNs : (unserved[0]?.dueNs ?? dueNs) });
    }
    return unserved.reverse();
  }
}
