import type { Alarm, Clock } from './clock.ts';

/** The requests without an outcome, in the order they were due. */
export interface InFlight<T> {
  readonly count: number;
  add(flight: T): void;
  remove(flight: T): void;
  /** Takes all out, oldest first. */
  drain(take: (flight: T) => void): void;
  /** No time-out is told after this. */
  close(): void;
}

/**
 * Takes out each flight that is `timeoutNs` old, counted from its due time, and tells it. All have the same limit, so the
 * oldest is always the next to time out and one alarm is enough; it is not moved when a flight ends, only set again when it
 * rings: about one ring in `timeoutNs`, not one a request.
 */
export function createInFlight<T extends { readonly dueNs: number }>(
  clock: Clock,
  timeoutNs: number,
  onTimeout: (flight: T, nowNs: number) => void,
): InFlight<T> {
  const flights = new Set<T>();
  let alarm: Alarm | null = null;

  const arm = (oldest: T) => {
    alarm = clock.at(oldest.dueNs + timeoutNs, ring);
  };
  const ring = () => {
    const nowNs = clock.nowNs();
    alarm = null;
    for (const flight of flights) {
      if (flight.dueNs + timeoutNs > nowNs) return arm(flight);
      flights.delete(flight);
      onTimeout(flight, nowNs);
    }
  };

  return {
    get count() {
      return flights.size;
    },
    add: (flight) => {
      flights.add(flight);
      if (alarm === null) arm(flight);
    },
    remove: (flight) => {
      flights.delete(flight);
    },
    drain: (take) => {
      for (const flight of flights) {
        flights.delete(flight);
        take(flight);
      }
    },
    close: () => alarm?.cancel(),
  };
}
