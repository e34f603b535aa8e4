import type { Socket, SocketListener, TargetPoint } from '../transport/socket.ts';

/** What is due when: the sender's side of the bargain. */
export interface PacedSource {
  /** When `wake` has something to do next; moves on within `wake` only. */
  readonly nextDueNs: number;
  /** Whether nothing can come from the target now. */
  isQuiet(): boolean;
  /** Called at or soon after each due time, never before; due times that have passed together share a call. */
  wake(nowNs: number): void;
}

/** The one loop of a sending thread: it sleeps until a request is due or bytes have come, whichever is first. */
export interface Loop extends Clock {
  readonly kind: 'native' | 'portable';
  /** Never calls the listener back within this call. */
  connect(point: TargetPoint, listener: SocketListener): Socket;
  /** Serves the due times of `source`, in place of the one before, until `rest`. */
  pace(source: PacedSource): void;
  rest(): void;
  /** How often it has slept and been woken. */
  wakeupCount(): number;
  /** Time slept that Node's own loop counts as work. */
  sleptNs(): number;
  /** Ends the loop; its sockets are closed by those who opened them. */
  close(): void;
}

/** Time as the generator sees it; tests pass a virtual one. */
export interface Clock {
  /** CLOCK_MONOTONIC in nanoseconds, whole for the first 104 days of a machine's uptime. */
  nowNs(): number;
  /** Calls back once, at `timeNs` or a little later, never before and never within this call. */
  at(timeNs: number, callback: () => void): Alarm;
}

export interface Alarm {
  cancel(): void;
}

const nsPerMs = 1e6;
/** Longer delays overflow Node's timers. */
const maxDelayMs = 2 ** 31 - 1;

/** The clock of Node's own loop. */
export const monotonicClock: Clock = { nowNs, at };

export function nowNs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e9 + nanoseconds;
}

/** Node's timers may fire up to a millisecond early: looks again until the time has come. */
function at(timeNs: number, callback: () => void): Alarm {
  let cancel: () => void;
  const arm = () => {
    const delayMs = Math.min(Math.ceil((timeNs - nowNs()) / nsPerMs), maxDelayMs);
    if (delayMs <= 0) {
      const immediate = setImmediate(callback);
      cancel = () => clearImmediate(immediate);
    } else {
      const timer = setTimeout(arm, delayMs);
      cancel = () => clearTimeout(timer);
    }
  };
  arm();
  return { cancel: () => cancel() };
}
