import { Worker } from 'node:worker_threads';
import type { GeneratorReport } from '../model/load-result.ts';
import type { Alarm, Clock } from './clock.ts';
import { createLead } from './lead.ts';
import { cellsByteLength, leadCell, type PacerOrder, stopCell, wakeCell } from './pacer-order.ts';
import { createSchedule, peakRatePerSec, type ScheduleSpec } from './schedule.ts';

/** Wakes the sending loop when requests are due; knows nothing of requests. */
export interface Pacer {
  readonly kind: GeneratorReport['pacer'];
  /** From now on calls `wake` once at or soon after each due time; due times that have passed together share a call. */
  start(spec: ScheduleSpec, startAtNs: number, wake: () => void): void;
  stop(): void;
  /** Ends what the pacer holds; it cannot be started again. */
  close(): Promise<void>;
}

/**
 * With one core only the timer: a second thread would take the core from the loop that it wakes. Else the thread: at 1,000/s
 * it is late by a quarter of what a timer of whole milliseconds is, for about a third more CPU.
 */
export function choosePacerKind(coreCount: number): 'timer' | 'thread' {
  return coreCount > 1 ? 'thread' : 'timer';
}

export function createPacer(kind: 'timer' | 'thread', clock: Clock): Pacer {
  return kind === 'thread' ? createThreadPacer(clock) : createTimerPacer(clock);
}

/** One alarm at a time on the clock of the loop itself. */
export function createTimerPacer(clock: Clock): Pacer {
  let alarm: Alarm | null = null;
  const stop = () => {
    alarm?.cancel();
    alarm = null;
  };
  const start = (spec: ScheduleSpec, startAtNs: number, wake: () => void) => {
    stop();
    const schedule = createSchedule(spec);
    let index = 0;
    const arm = () => {
      alarm = clock.at(startAtNs + schedule.offsetNs(index), ring);
    };
    const ring = () => {
      const nowNs = clock.nowNs();
      while (startAtNs + schedule.offsetNs(index) <= nowNs) index++;
      arm();
      wake();
    };
    arm();
  };
  return { kind: 'timer', start, stop, close: async () => stop() };
}

/**
 * A thread that sleeps in `Atomics.wait` (precise to the microsecond, where timers know milliseconds) and runs through the
 * schedule by itself. This loop never sleeps on it: `Atomics.waitAsync` lets it read answers meanwhile. The thread wakes it a
 * little early, by what the waking takes on this machine; what is left is polled away, and answers are read between polls.
 * Note: telling the thread each next due time was tried; the second wake-up cost 15 to 25 % more CPU at 1,000 to 5,000/s.
 */
function createThreadPacer(clock: Clock): Pacer {
  const worker = new Worker(new URL('./pacer-thread.ts', import.meta.url));
  worker.unref();
  let cells = new Int32Array(new SharedArrayBuffer(cellsByteLength));
  const stop = () => {
    Atomics.store(cells, stopCell, 1);
    Atomics.notify(cells, stopCell);
  };
  const start = (spec: ScheduleSpec, startAtNs: number, wake: () => void) => {
    stop();
    cells = new Int32Array(new SharedArrayBuffer(cellsByteLength));
    listen(cells, createApproach({ spec, startAtNs, cells, clock, wake }));
    worker.postMessage({ spec, startAtNs, cells } satisfies PacerOrder);
  };
  const close = async () => {
    stop();
    await worker.terminate();
  };
  worker.on('error', (error) => {
    throw error;
  });
  return { kind: 'thread', start, stop, close };
}

interface ApproachOptions extends PacerOrder {
  readonly clock: Clock;
  wake(): void;
}

/** Called early by the lead: polls until the due time has come, then calls `wake`. */
function createApproach({ spec, startAtNs, cells, clock, wake }: ApproachOptions): () => void {
  const schedule = createSchedule(spec);
  const lead = createLead(peakRatePerSec(spec));
  let index = 0;
  let polling = false;
  const nextDueNs = () => startAtNs + schedule.offsetNs(index);
  const poll = () => {
    polling = false;
    if (Atomics.load(cells, stopCell) === 1) return;
    const nowNs = clock.nowNs();
    if (nextDueNs() > nowNs) {
      polling = true;
      setImmediate(poll);
      return;
    }
    while (nextDueNs() <= nowNs) index++;
    wake();
  };
  Atomics.store(cells, leadCell, lead.ns());
  return () => {
    const remainingNs = nextDueNs() - clock.nowNs();
    // A wake-up for a due time that an earlier poll has already served.
    if (polling || remainingNs > lead.mostNs) return;
    lead.observe(remainingNs);
    Atomics.store(cells, leadCell, lead.ns());
    poll();
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
