import type { ScheduleSpec } from './schedule.ts';

/** What the pacer's thread is asked to run through, until the stop cell holds 1. */
export interface PacerOrder {
  readonly spec: ScheduleSpec;
  readonly startAtNs: number;
  /** Shared with the sending loop. */
  readonly cells: Int32Array<SharedArrayBuffer>;
}

/** Counts wake-ups (and overflows without harm). */
export const wakeCell = 0;
export const stopCell = 1;
/** By how many nanoseconds the wake-ups come before their due times. */
export const leadCell = 2;
export const cellsByteLength = 12;
