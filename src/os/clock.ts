/** Time as a load or a probe sees it; tests pass a virtual one. */
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
