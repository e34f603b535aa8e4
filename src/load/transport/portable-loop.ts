import { type Alarm, monotonicClock, nowNs } from '../../os/clock.ts';
import type { Loop, PacedSource } from '../pace/loop.ts';
import { openNodeSocket } from './node-socket.ts';
import type { Socket, SocketListener, TargetPoint } from './socket.ts';

/** The loop looks up now and then while it sleeps, for its timers and its parent. */
const longestSleepNs = 100e6;
/** What is left of the wait after a look at the sockets, at most: it is polled away. */
const marginNs = 100_000;
/** Before a due time that is further away the sockets are looked at: a connection closed meanwhile is not sent on. */
const longestBlindNs = 1e6;

/**
 * A loop for wherever Node runs, over Node's own sockets. While nothing is in flight nothing can come, so it sleeps by itself
 * until the due time, which is precise where timers know whole milliseconds. While something is in flight each read is an
 * occasion to look at the time, and a timer stands behind.
 */
export function createPortableLoop(): Loop {
  return new PortableLoop(sleepUntil);
}

/** `sleep`: keeps the whole thread asleep until a time. */
class PortableLoop implements Loop {
  readonly kind = 'portable';
  readonly nowNs = nowNs;
  readonly at: (timeNs: number, callback: () => void) => Alarm = monotonicClock.at;
  readonly #sleep: (timeNs: number) => void;
  #source: PacedSource | null = null;
  #alarm: Alarm | null = null;
  #isParkPlanned = false;
  #parkCount = 0;
  #sleptNs = 0;

  constructor(sleep: (timeNs: number) => void) {
    this.#sleep = sleep;
  }

  connect({ target }: TargetPoint, listener: SocketListener): Socket {
    return openNodeSocket(target, listener, () => this.#serve());
  }

  pace(source: PacedSource) {
    this.rest();
    this.#source = source;
    this.#prepare();
  }

  rest() {
    this.#source = null;
    this.#alarm?.cancel();
    this.#alarm = null;
  }

  wakeupCount(): number {
    return this.#parkCount + performance.nodeTiming.uvMetricsInfo.loopCount;
  }

  sleptNs(): number {
    return this.#sleptNs;
  }

  close() {
    this.rest();
  }

  /** Serves what is due, and sees to the next waking. */
  readonly #serve = (): void => {
    const source = this.#source;
    const now = nowNs();
    if (source !== null && source.nextDueNs <= now) source.wake(now);
    this.#prepare();
  };

  #prepare() {
    if (this.#source === null || this.#isParkPlanned) return;
    if (this.#source.isQuiet() || this.#source.nextDueNs <= nowNs()) {
      this.#isParkPlanned = true;
      setImmediate(this.#park);
    } else this.#alarm ??= this.at(this.#source.nextDueNs, this.#ring);
  }

  readonly #ring = (): void => {
    this.#alarm = null;
    this.#serve();
  };

  readonly #park = () => {
    this.#isParkPlanned = false;
    const source = this.#source;
    if (source === null || !source.isQuiet()) return this.#serve();
    // One that rings while the loop sleeps costs as much as a request.
    this.#alarm?.cancel();
    this.#alarm = null;
    const beforeNs = nowNs();
    const untilNs = Math.min(source.nextDueNs - marginNs, beforeNs + longestSleepNs);
    if (untilNs > beforeNs) {
      this.#sleep(untilNs);
      this.#parkCount++;
      this.#sleptNs += nowNs() - beforeNs;
    }
    // Between two immediates the loop looks at the sockets once.
    if (untilNs - beforeNs > longestBlindNs) setImmediate(this.#arrive);
    else this.#arrive();
  };

  readonly #arrive = (): void => {
    const dueNs = this.#source?.nextDueNs ?? 0;
    if (dueNs - nowNs() <= marginNs) while (nowNs() < dueNs);
    this.#serve();
  };
}

const cell = new Int32Array(new SharedArrayBuffer(4));

/** By a futex. */
function sleepUntil(timeNs: number) {
  Atomics.wait(cell, 0, 0, (timeNs - nowNs()) / 1e6);
}
