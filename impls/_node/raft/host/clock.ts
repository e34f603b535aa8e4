/** CLOCK_MONOTONIC in whole microseconds: the same clock in every thread and process. */
export function nowUs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e6 + Math.floor(nanoseconds / 1000);
}

/** One armed timer. A deadline that only moves away leaves the timer alone: it looks again when it rings. */
export interface Alarm {
  /** Rings once, at `atUs` or up to a timer step (1 ms) later, never before. */
  set(atUs: number): void;
  cancel(): void;
}

const maxMs = 2 ** 31 - 1;

export function createAlarm(ring: () => void): Alarm {
  let timer: NodeJS.Timeout | null = null;
  let armedUs = 0;
  let wantedUs = 0;

  function arm(): void {
    if (timer !== null) clearTimeout(timer);
    armedUs = wantedUs;
    const delayMs = Math.ceil((wantedUs - nowUs()) / 1000);
    timer = setTimeout(onTimer, Math.min(Math.max(delayMs, 0), maxMs));
  }

  function onTimer(): void {
    timer = null;
    if (nowUs() < wantedUs) arm();
    else ring();
  }

  return {
    set(atUs) {
      wantedUs = atUs;
      if (timer === null || atUs < armedUs) arm();
    },
    cancel() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}
