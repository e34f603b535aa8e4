import { Worker } from 'node:worker_threads';
import type { GeneratorUsage, Wakeups } from '../model/load-result.ts';
import type { Alarm, Clock } from './clock.ts';
import {
  cellsByteLength,
  guardCell,
  leadCell,
  type PacerOrder,
  parkedCell,
  servedCell,
  stopCell,
  wakeCell,
} from './pacer-order.ts';
import { peakRatePerSec, type ScheduleSpec } from './schedule.ts';

/** What is to be paced: the sender's side of the bargain. */
export interface Course {
  readonly spec: ScheduleSpec;
  readonly startAtNs: number;
  /** When `wake` has something to do next. Moves on during `wake` only. */
  nextDueNs(): number;
  /** How many due times have been served. */
  servedCount(): number;
  /** Whether nothing can come from the target now, so that sleeping on the loop keeps no answer waiting. */
  isQuiet(): boolean;
  /** Called once at or soon after each due time, never before; due times that have passed together share a call. */
  wake(): void;
}

/** Wakes the sending loop when requests are due; knows nothing of requests. */
export interface Pacer {
  readonly kind: GeneratorUsage['pacer'];
  start(course: Course): void;
  /** The loop has just read something from the target: a good moment to look at the time and whether all is quiet. */
  poke(nowNs: number): void;
  stop(): void;
  /** Since the pacer was made. */
  wakes(): Wakeups;
  /** Time slept on the loop, which the loop itself counts as busy. */
  parkedNs(): number;
  /** Ends what the pacer holds; it cannot be started again. */
  close(): Promise<void>;
}

export interface PacerParts {
  readonly clock: Clock;
  /** Sleeps until `timeNs`, precisely, with the whole loop; null where the clock is no real one. */
  readonly sleepUntil: ((timeNs: number) => void) | null;
  /** null: with one core a second thread would take the core from the loop that it wakes. */
  readonly guard: Guard | null;
}

/** Looks after the due times from outside of the loop, as long as it is posted. */
export interface Guard {
  start(order: Pick<PacerOrder, 'spec' | 'startAtNs'>, ring: () => void): void;
  stop(): void;
  post(isPosted: boolean): void;
  /** How long before each due time it wakes the loop from now on. */
  lead(leadNs: number): void;
  /** The loop sleeps by itself until the next due time, or no longer does. */
  parked(isParked: boolean): void;
  served(count: number): void;
  close(): Promise<void>;
}

/** With one core there is no guard. */
export function choosePacerKind(coreCount: number): 'timer' | 'thread' {
  return coreCount > 1 ? 'thread' : 'timer';
}

export function createPacer(kind: 'timer' | 'thread', clock: Clock): Pacer {
  return createLoopPacer({ clock, sleepUntil: createSleep(clock), guard: kind === 'thread' ? createGuard() : null });
}

/**
 * Sleeping ends a margin before the due time: getting up and one look at the sockets take so long. It follows the median of
 * what they take (a quantile by stochastic approximation: Robbins and Monro 1951); what is left of it is polled away.
 */
const longestBlindNs = 1e6;
const longestMarginNs = { least: 150_000, most: 400_000 };
/** A fiftieth of the value a step: what takes 300 µs is learned as soon as what takes 30. */
const stepRatio = 0.02;
const leastStepNs = 1_000;
/** The guard wakes the loop such a lead before the due time, which follows the median of what waking takes in the same way. */
const longestLeadNs = 300_000;
const initialLeadNs = 80_000;
/** What is polled away of it stays a small part of the time. */
const leadOfGapRatio = 0.25;
/** A sleeping loop looks up now and then, for its timers and its parent. */
const longestSleepNs = 100e6;
/** Where due times follow each other faster than this, those of one sleep are served together. */
const shortestGapNs = 100_000;
const shortestSleepNs = 150_000;
/** Timers stand behind the other ways of waking: not set again for each request. */
const shortestAlarmNs = 4e6;
/** Average lateness from which on the guard is posted; it goes when so many due times in a row were met in time without it. */
const guardedLatenessNs = 60_000;
/** What one lateness counts for at most: a gap, so that it takes more than one hiccup to post the guard at high rates. */
const countedLatenessNs = { least: 1e6, most: 4e6 };
const memoryCount = 32;
const releaseAfterCount = 256;

/**
 * Wakes in the cheapest way that is precise. Nothing in flight: nothing can come, so the loop itself sleeps until the due time
 * (precise to microseconds, where timers know milliseconds) and is awake when it comes: one wake-up to send, one for the
 * answer. Something in flight: the loop waits for it in epoll; each answer is an occasion to look at the time, a timer of whole
 * milliseconds stands behind, and when that is too late on average, a guard is posted: a thread that wakes the loop a little
 * early. The loop polls the rest away turn by turn, so that what comes meanwhile is read when it comes.
 */
export function createLoopPacer({ clock, sleepUntil, guard }: PacerParts): Pacer {
  const counts = { parkedCount: 0, answerCount: 0, threadCount: 0, timerCount: 0 };
  let course: Course | null = null;
  let alarm: Alarm | null = null;
  let isParkPlanned = false;
  let isArriving = false;
  let isPolling = false;
  let parkedNs = 0;
  let latenessNs = 0;
  let punctualCount = 0;
  let marginNs = 10_000;
  let mostMarginNs = longestMarginNs.least;
  let leadNs = initialLeadNs;
  let longestPolledNs = longestLeadNs;
  let leastSleepNs = 0;
  let countedMostNs = countedLatenessNs.most;

  const count = (by: keyof Wakeups) => {
    // One by one: a key that changes would be looked up by the runtime each time.
    if (by === 'parkedCount') counts.parkedCount++;
    else if (by === 'answerCount') counts.answerCount++;
    else if (by === 'threadCount') counts.threadCount++;
    else counts.timerCount++;
  };
  const look = (by: keyof Wakeups, nowNs: number) => {
    if (course === null) return;
    const dueNs = course.nextDueNs();
    if (dueNs <= nowNs) serve(course, by, nowNs - dueNs);
    settle(nowNs);
  };
  const serve = ({ wake, servedCount }: Course, by: keyof Wakeups, lateNs: number) => {
    count(by);
    wake();
    if (guard === null) return;
    guard.served(servedCount());
    // Late out of its own sleep: the machine's doing, which another sleeper would share.
    watch(guard, by === 'parkedCount' ? 0 : lateNs, by === 'threadCount');
  };
  const watch = ({ post }: Guard, lateNs: number, isGuarded: boolean) => {
    latenessNs += (Math.min(lateNs, countedMostNs) - latenessNs) / memoryCount;
    punctualCount = isGuarded || lateNs > guardedLatenessNs ? 0 : punctualCount + 1;
    if (latenessNs > guardedLatenessNs) post(true);
    else if (punctualCount > releaseAfterCount) post(false);
  };
  /** Sees to the next waking. */
  const settle = (nowNs: number) => {
    if (course === null) return;
    if (sleepUntil !== null && course.isQuiet()) planPark();
    else alarm ??= clock.at(Math.max(course.nextDueNs(), nowNs + (guard === null ? 0 : shortestAlarmNs)), ring);
  };
  /** A timer that rings while the loop sleeps costs as much as a request, and is of no use: the sleep ends before. */
  const disarm = () => {
    alarm?.cancel();
    alarm = null;
  };
  const ring = () => {
    alarm = null;
    // Just got up: what is due is served at the end of this turn.
    if (isArriving) return;
    look('timerCount', clock.nowNs());
  };

  /** Sleeps as soon as the loop has done what it is at. */
  const planPark = () => {
    if (isParkPlanned) return;
    isParkPlanned = true;
    setImmediate(() => {
      isParkPlanned = false;
      park(false);
    });
  };
  /** `isReading`: called from the loop's look at its sockets, not from an immediate. */
  const park = (isReading: boolean) => {
    if (course === null || sleepUntil === null) return;
    const nowNs = clock.nowNs();
    if (!course.isQuiet()) return settle(nowNs);
    const dueNs = Math.max(course.nextDueNs(), nowNs + leastSleepNs);
    const untilNs = Math.min(dueNs - marginNs, nowNs + longestSleepNs);
    // Between two immediates the loop looks at the sockets once: a connection closed meanwhile is not sent on.
    isArriving = untilNs - nowNs > longestBlindNs;
    if (isArriving) disarm();
    if (untilNs > nowNs) {
      guard?.parked(true);
      sleepUntil(untilNs);
      parkedNs += clock.nowNs() - nowNs;
    }
    // The first immediate after a look belongs to that look.
    if (isArriving && isReading) setImmediate(() => setImmediate(arrive));
    else if (isArriving) setImmediate(arrive);
    else arrive();
  };
  const arrive = () => {
    isArriving = false;
    if (course === null) return;
    let nowNs = clock.nowNs();
    const dueNs = course.nextDueNs();
    if (dueNs - nowNs <= marginNs) {
      marginNs = followMedian(marginNs, nowNs < dueNs, mostMarginNs);
      while (nowNs < dueNs) nowNs = clock.nowNs();
    }
    look('parkedCount', nowNs);
    guard?.parked(false);
  };

  /** The guard has woken the loop. */
  const heed = () => {
    if (course === null || isPolling) return;
    const aheadNs = course.nextDueNs() - clock.nowNs();
    // Else that due time has been served meanwhile.
    if (aheadNs <= leadNs) {
      leadNs = followMedian(leadNs, aheadNs > 0, longestPolledNs);
      guard?.lead(leadNs);
    }
    poll();
  };
  const poll = () => {
    look('threadCount', clock.nowNs());
    const aheadNs = course === null ? Number.POSITIVE_INFINITY : course.nextDueNs() - clock.nowNs();
    isPolling = aheadNs <= longestPolledNs;
    if (isPolling) setImmediate(poll);
  };

  const stop = () => {
    guard?.stop();
    course = null;
    disarm();
  };
  return {
    kind: guard === null ? 'timer' : 'thread',
    start: (next) => {
      stop();
      course = next;
      const gapNs = 1e9 / peakRatePerSec(next.spec);
      // There the guard comes only after a due time.
      longestPolledNs = gapNs < shortestSleepNs ? 0 : Math.min(longestLeadNs, gapNs * leadOfGapRatio);
      mostMarginNs = Math.max(longestMarginNs.least, Math.min(longestMarginNs.most, gapNs * leadOfGapRatio));
      leadNs = Math.min(Math.max(leadNs, initialLeadNs), longestPolledNs);
      guard?.start(next, heed);
      guard?.lead(leadNs);
      // Nothing has been sent yet, so this loop will never be quiet.
      if (!next.isQuiet()) guard?.post(true);
      leastSleepNs = gapNs < shortestGapNs ? shortestSleepNs : 0;
      countedMostNs = Math.max(countedLatenessNs.least, Math.min(countedLatenessNs.most, gapNs));
      settle(clock.nowNs());
    },
    poke: (nowNs) => {
      if (course === null) return;
      // Nothing in flight means that nothing else is waiting to be read either: sleep here, without another turn of the loop.
      if (nowNs < course.nextDueNs() && sleepUntil !== null && course.isQuiet()) park(true);
      else look('answerCount', nowNs);
    },
    stop,
    wakes: () => ({ ...counts }),
    parkedNs: () => parkedNs,
    close: async () => {
      stop();
      await guard?.close();
    },
  };
}

/** One step of a Robbins-Monro approximation, within 0 and `mostNs`. */
function followMedian(valueNs: number, isEarly: boolean, mostNs: number): number {
  const stepNs = Math.max(leastStepNs, valueNs * stepRatio);
  return Math.min(mostNs, Math.max(0, valueNs + (isEarly ? -stepNs : stepNs)));
}

/** Sleeps the calling thread by a futex. */
function createSleep(clock: Clock): (timeNs: number) => void {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  return (timeNs) => {
    const remainingMs = (timeNs - clock.nowNs()) / 1e6;
    if (remainingMs > 0) Atomics.wait(cell, 0, 0, remainingMs);
  };
}

/** It keeps no more than an index. */
const guardLimits = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 };

/**
 * A thread that runs through the schedule by itself, asleep in `Atomics.wait`, and wakes this loop by `Atomics.waitAsync`.
 * Note: telling the thread each next due time was tried; the second wake-up cost 15 to 25 % more CPU at 1,000 to 5,000/s.
 */
function createGuard(): Guard {
  const worker = new Worker(new URL('./pacer-thread.ts', import.meta.url), { resourceLimits: guardLimits });
  worker.unref();
  worker.on('error', (error) => {
    throw error;
  });
  let cells = new Int32Array(new SharedArrayBuffer(cellsByteLength));
  const post = (isPosted: boolean) => {
    const posted = isPosted ? 1 : 0;
    if (Atomics.exchange(cells, guardCell, posted) !== posted && isPosted) Atomics.notify(cells, guardCell);
  };
  const stop = () => {
    Atomics.store(cells, stopCell, 1);
    Atomics.notify(cells, stopCell);
    post(true);
  };
  const start = ({ spec, startAtNs }: Pick<PacerOrder, 'spec' | 'startAtNs'>, ring: () => void) => {
    stop();
    cells = new Int32Array(new SharedArrayBuffer(cellsByteLength));
    listen(cells, ring);
    worker.postMessage({ spec, startAtNs, cells } satisfies PacerOrder);
  };
  return {
    start,
    stop,
    post,
    lead: (leadNs) => Atomics.store(cells, leadCell, leadNs),
    parked: (isParked) => Atomics.store(cells, parkedCell, isParked ? 1 : 0),
    served: (count) => Atomics.store(cells, servedCell, count),
    close: async () => {
      stop();
      await worker.terminate();
    },
  };
}

/** Calls `ring` whenever the wake counter has moved on; a counter that moved meanwhile lets the loop read answers first. */
function listen(cells: Int32Array<SharedArrayBuffer>, ring: () => void): void {
  let seen = 0;
  const wait = () => {
    const waited = Atomics.waitAsync(cells, wakeCell, seen);
    if (waited.async) waited.value.then(answer);
    else setImmediate(answer);
  };
  const answer = () => {
    if (Atomics.load(cells, stopCell) === 1) return;
    seen = Atomics.load(cells, wakeCell);
    ring();
    wait();
  };
  wait();
}
