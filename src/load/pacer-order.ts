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
/** 1: the thread stands guard over the due times; 0: it sleeps until this changes. */
export const guardCell = 2;
/** 1: the sending loop sleeps by itself until the next due time and needs no waking. */
export const parkedCell = 3;
/** How many due times the sending loop has served (and overflows without harm). */
export const servedCell = 4;
/** How many nanoseconds before a due time the loop is woken. */
export const leadCell = 5;
export const cellsByteLength = 24;
