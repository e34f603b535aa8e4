import type { Operation, WorkloadRequest, WorkloadResponse, WorkloadSession } from '../../model/workload.ts';
import type { Alarm, Clock } from '../../os/clock.ts';
import { createSchedule, type Schedule, type ScheduleSpec } from '../../stats/schedule.ts';
import type { OperationAccount, Outcome, Recorder } from '../accounting/recorder.ts';
import type { OpenSecond } from '../accounting/second-series.ts';
import type { Exchange, Pool, PoolListener } from '../transport/pool.ts';
import type { Loop, PacedSource } from './loop.ts';

/** One request from its due time to its outcome. */
export class Flight implements Exchange {
  readonly request: WorkloadRequest;
  readonly operation: Operation;
  readonly dueNs: number;
  readonly wokeNs: number;
  readonly second: OpenSecond;
  readonly account: OperationAccount;
  sentNs = Number.NaN;
  connection: Exchange['connection'] = null;
  isCancelled = false;
  /** Its neighbours among those in flight. */
  older: Flight | null = null;
  newer: Flight | null = null;

  constructor(operation: Operation, dueNs: number, wokeNs: number, second: OpenSecond, account: OperationAccount) {
    this.request = operation.request;
    this.operation = operation;
    this.dueNs = dueNs;
    this.wokeNs = wokeNs;
    this.second = second;
    this.account = account;
  }
}

/** A stretch of open-loop load: request i is due at `startAtNs` + offset(i) while that lies within `lengthNs`. */
export interface Window {
  readonly spec: ScheduleSpec;
  readonly startAtNs: number;
  readonly lengthNs: number;
  /** From the due time. */
  readonly timeoutNs: number;
  /** How long after the window's end answers are waited for. */
  readonly drainNs: number;
  /** More at once are not sent, but counted as unsent. */
  readonly maxInFlightCount: number;
}

export interface SenderParts {
  readonly loop: Loop;
  readonly pool: Pool<Flight>;
  readonly session: WorkloadSession;
  readonly recorder: Recorder;
  /** Whether anything may come from the target beside answers. */
  readonly hasStreams: boolean;
  /** Of PacedSource. */
  readonly readsLate: boolean;
  /** Everything due has been sent or counted as unsent; the drain begins. */
  onWindowEnd(nowNs: number): void;
}

/** So many are sent before answers are read again, when the loop has fallen behind. */
const longestBurstCount = 64;

/**
 * Sends everything that falls due in the window, whatever the target does: nothing here waits for an answer. Resolves when
 * each request has its outcome, at the latest when the drain ends.
 */
export function sendWindow(window: Window, parts: SenderParts): Promise<void> {
  return new Promise((resolve) => {
    const sender = new Sender(window, parts, resolve);
    parts.pool.listen(sender);
    parts.loop.pace(sender);
  });
}

class Sender implements PacedSource, PoolListener<Flight> {
  readonly #window: Window;
  readonly #parts: SenderParts;
  readonly #onDone: () => void;
  readonly #schedule: Schedule;
  readonly #endNs: number;
  readonly #inFlight: InFlight;
  #isSending = true;
  #nextIndex = 0;
  #drainAlarm: Alarm | null = null;
  /** Of the next request, or the window's end. */
  nextDueNs: number;
  readonly readsLate: boolean;

  constructor(window: Window, parts: SenderParts, onDone: () => void) {
    this.#window = window;
    this.#parts = parts;
    this.#onDone = onDone;
    this.readsLate = parts.readsLate;
    this.#schedule = createSchedule(window.spec);
    this.#endNs = window.startAtNs + window.lengthNs;
    this.nextDueNs = Math.min(this.#endNs, window.startAtNs + this.#schedule.offsetNs(0));
    this.#inFlight = new InFlight(parts.loop, window.timeoutNs, (flight, nowNs) => {
      this.#giveUp(flight, nowNs, 'timedOutCount');
      this.#finishWhenDrained();
    });
  }

  isQuiet(): boolean {
    return this.#inFlight.count === 0 && !this.#parts.hasStreams && !this.#parts.pool.isOpening;
  }

  wake(wokenNs: number) {
    let nowNs = wokenNs;
    for (let count = 0; count < longestBurstCount; count++) {
      if (this.nextDueNs > nowNs) return;
      if (this.nextDueNs >= this.#endNs) return this.#endWindow(nowNs);
      this.#sendOne(this.nextDueNs, nowNs);
      this.#nextIndex++;
      this.nextDueNs = Math.min(this.#endNs, this.#window.startAtNs + this.#schedule.offsetNs(this.#nextIndex));
      nowNs = this.#parts.loop.nowNs();
    }
  }

  onSent(flight: Flight) {
    this.#parts.recorder.sent(flight);
  }

  onAnswer(flight: Flight, answer: WorkloadResponse, arrivedNs: number) {
    const { recorder } = this.#parts;
    const { operation } = flight;
    this.#inFlight.remove(flight);
    const refusal = operation.refused?.(answer) ?? null;
    if (refusal === null) {
      const complaint = complaintOf(operation, answer);
      recorder.settle(flight, arrivedNs, complaint === null ? 'okCount' : 'wrongCount', complaint);
    } else {
      operation.abandon();
      recorder.settle(flight, arrivedNs, 'refusedCount', refusal);
    }
    if (!this.#isSending) this.#finishWhenDrained();
  }

  onFailure(flight: Flight, reason: string, nowNs: number) {
    this.#inFlight.remove(flight);
    flight.operation.abandon();
    this.#parts.recorder.settle(flight, nowNs, 'failedCount', reason);
    this.#finishWhenDrained();
  }

  #sendOne(dueNs: number, nowNs: number) {
    const { recorder, pool } = this.#parts;
    const second = recorder.due(dueNs);
    const operation = this.#draw();
    if (operation === null) return recorder.unsent(second, nowNs - dueNs);
    const flight = new Flight(operation, dueNs, nowNs, second, recorder.drawn(operation.name));
    this.#inFlight.add(flight);
    pool.submit(flight);
  }

  /** What has come and was not read yet may make room: in flight, or in the workload. */
  #draw(): Operation | null {
    const { loop, session } = this.#parts;
    const { maxInFlightCount } = this.#window;
    if (this.#inFlight.count >= maxInFlightCount) loop.readNow();
    if (this.#inFlight.count >= maxInFlightCount) return null;
    const operation = session.next();
    if (operation !== null) return operation;
    const { count } = this.#inFlight;
    loop.readNow();
    return this.#inFlight.count < count ? session.next() : null;
  }

  #giveUp(flight: Flight, nowNs: number, outcome: Outcome) {
    this.#parts.pool.cancel(flight);
    flight.operation.abandon();
    this.#parts.recorder.settle(flight, nowNs, outcome, null);
  }

  #endWindow(nowNs: number) {
    const { loop } = this.#parts;
    this.#isSending = false;
    loop.rest();
    this.#parts.onWindowEnd(nowNs);
    this.#drainAlarm = loop.at(this.#endNs + this.#window.drainNs, () => this.#endDrain());
    this.#finishWhenDrained();
  }

  #endDrain() {
    const nowNs = this.#parts.loop.nowNs();
    this.#inFlight.takeDueBy(nowNs, (flight) => this.#giveUp(flight, nowNs, 'inFlightCount'));
    this.#finishWhenDrained();
  }

  #finishWhenDrained() {
    if (this.#isSending || this.#inFlight.count > 0) return;
    this.#inFlight.close();
    this.#drainAlarm?.cancel();
    this.#onDone();
  }
}

/** A check that throws (on a body that is no JSON, say) has found the answer wrong. */
function complaintOf(operation: Operation, answer: WorkloadResponse): string | null {
  try {
    return operation.check(answer);
  } catch (error) {
    return `check threw ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * The requests without an outcome, in the order they were due. Takes out each that is `timeoutNs` old, counted from its due
 * time, and reports it. All have the same limit, so the oldest is always the next to time out and one alarm is enough; it is not
 * moved when a request ends, only set again when it rings: about one ring in `timeoutNs`, not one a request.
 */
class InFlight {
  readonly #clock: Clock;
  readonly #timeoutNs: number;
  readonly #onTimeout: (flight: Flight, nowNs: number) => void;
  #oldest: Flight | null = null;
  #newest: Flight | null = null;
  #alarm: Alarm | null = null;
  count = 0;

  constructor(clock: Clock, timeoutNs: number, onTimeout: (flight: Flight, nowNs: number) => void) {
    this.#clock = clock;
    this.#timeoutNs = timeoutNs;
    this.#onTimeout = onTimeout;
  }

  add(flight: Flight) {
    flight.older = this.#newest;
    if (this.#newest === null) this.#oldest = flight;
    else this.#newest.newer = flight;
    this.#newest = flight;
    this.count++;
    this.#alarm ??= this.#armFor(flight);
  }

  remove(flight: Flight) {
    const { older, newer } = flight;
    if (older === null) this.#oldest = newer;
    else older.newer = newer;
    if (newer === null) this.#newest = older;
    else newer.older = older;
    flight.older = null;
    flight.newer = null;
    this.count--;
  }

  /** Takes out, oldest first, what was due by then. */
  takeDueBy(dueNs: number, take: (flight: Flight) => void) {
    while (this.#oldest !== null && this.#oldest.dueNs <= dueNs) {
      const flight = this.#oldest;
      this.remove(flight);
      take(flight);
    }
  }

  /** No time-out is reported after this. */
  close() {
    this.#alarm?.cancel();
  }

  #armFor({ dueNs }: Flight): Alarm {
    return this.#clock.at(dueNs + this.#timeoutNs, () => {
      const nowNs = this.#clock.nowNs();
      this.takeDueBy(nowNs - this.#timeoutNs, (flight) => this.#onTimeout(flight, nowNs));
      this.#alarm = this.#oldest === null ? null : this.#armFor(this.#oldest);
    });
  }
}
