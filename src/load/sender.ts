import type { Operation, WorkloadResponse, WorkloadSession } from '../model/workload.ts';
import type { Alarm, Clock } from './clock.ts';
import { createInFlight } from './in-flight.ts';
import type { Pacer } from './pacer.ts';
import type { Exchange, Pool } from './pool.ts';
import type { Recorder } from './recorder.ts';
import { createSchedule, type ScheduleSpec } from './schedule.ts';
import type { OpenSecond } from './second-series.ts';

/** One request from its due time to its outcome. */
export interface Flight extends Exchange {
  readonly operation: Operation;
  readonly dueNs: number;
  readonly second: OpenSecond;
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
  readonly clock: Clock;
  readonly pacer: Pacer;
  readonly pool: Pool<Flight>;
  readonly session: WorkloadSession;
  readonly recorder: Recorder;
  /** Whether anything may come from the target beside answers. */
  readonly hasStreams: boolean;
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
  const { clock, pacer, pool, session, recorder } = parts;
  const { startAtNs, maxInFlightCount } = window;
  const endAtNs = startAtNs + window.lengthNs;
  const schedule = createSchedule(window.spec);
  const { promise, resolve } = Promise.withResolvers<void>();
  let isSending = true;
  let nextIndex = 0;
  let nextDueNs = startAtNs + schedule.offsetNs(0);
  let drainAlarm: Alarm | null = null;

  const inFlight = createInFlight<Flight>(clock, window.timeoutNs, (flight, nowNs) => {
    giveUp(flight);
    recorder.timedOut(flight, nowNs);
    finishWhenDrained();
  });
  const giveUp = (flight: Flight) => {
    pool.cancel(flight);
    flight.operation.abandon();
  };

  /** False when it stopped short to let answers be read. */
  const sendDue = () => {
    for (let burstCount = 0; burstCount < longestBurstCount; burstCount++) {
      const nowNs = clock.nowNs();
      if (nextDueNs > nowNs || nextDueNs >= endAtNs) return true;
      sendOne(nextDueNs, nowNs);
      nextIndex++;
      nextDueNs = startAtNs + schedule.offsetNs(nextIndex);
    }
    return false;
  };
  const sendOne = (dueNs: number, nowNs: number) => {
    const second = recorder.due(dueNs, nowNs);
    const operation = inFlight.count < maxInFlightCount ? session.next() : null;
    if (operation === null) return recorder.unsent(second);
    recorder.drawn(operation.name);
    const flight = createFlight(operation, dueNs, nowNs, second);
    inFlight.add(flight);
    pool.submit(flight);
  };

  const settleAnswer = (flight: Flight, answer: WorkloadResponse, nowNs: number) => {
    const refusal = flight.operation.refused?.(answer) ?? null;
    if (refusal === null) return recorder.answered(flight, nowNs, judge(flight.operation, answer));
    flight.operation.abandon();
    recorder.refused(flight, nowNs, refusal);
  };

  const wake = () => {
    const isAllSent = sendDue() && nextDueNs >= endAtNs;
    if (isAllSent && clock.nowNs() >= endAtNs) endWindow();
  };
  const endWindow = () => {
    isSending = false;
    pacer.stop();
    parts.onWindowEnd(clock.nowNs());
    drainAlarm = clock.at(endAtNs + window.drainNs, endDrain);
    finishWhenDrained();
  };
  const endDrain = () => {
    const nowNs = clock.nowNs();
    inFlight.drain((flight) => {
      giveUp(flight);
      recorder.leftInFlight(flight, nowNs);
    });
    finishWhenDrained();
  };
  const finishWhenDrained = () => {
    if (isSending || inFlight.count > 0) return;
    inFlight.close();
    drainAlarm?.cancel();
    resolve();
  };

  pool.listen({
    onSent: (flight) => recorder.sent(flight),
    onAnswer: (flight, answer, nowNs) => {
      inFlight.remove(flight);
      settleAnswer(flight, answer, nowNs);
      finishWhenDrained();
      pacer.poke(nowNs);
    },
    onFailure: (flight, reason, nowNs) => {
      inFlight.remove(flight);
      flight.operation.abandon();
      recorder.failed(flight, nowNs, reason);
      finishWhenDrained();
      pacer.poke(nowNs);
    },
  });
  pacer.start({
    ...{ spec: window.spec, startAtNs, wake },
    nextDueNs: () => Math.min(nextDueNs, endAtNs),
    servedCount: () => nextIndex,
    isQuiet: () => inFlight.count === 0 && !parts.hasStreams && !pool.isOpening(),
  });
  return promise;
}

function createFlight(operation: Operation, dueNs: number, wokeNs: number, second: OpenSecond): Flight {
  const { request } = operation;
  return { request, operation, second, dueNs, wokeNs, sentNs: Number.NaN, lane: null, isCancelled: false };
}

/** A check that throws (on a body that is no JSON, say) has found the answer wrong. */
function judge(operation: Operation, answer: WorkloadResponse): string | null {
  try {
    return operation.check(answer);
  } catch (error) {
    return `check threw ${error instanceof Error ? error.message : String(error)}`;
  }
}
