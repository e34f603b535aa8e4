import { parentPort } from 'node:worker_threads';
import { monotonicClock } from './clock.ts';
import { leadCell, type PacerOrder, stopCell, wakeCell } from './pacer-order.ts';
import { createSchedule } from './schedule.ts';

const nsPerMs = 1e6;

parentPort?.on('message', (order: PacerOrder) => run(order));

/** Sleeps to a little before each due time in turn and wakes the sending loop. Due times already passed share one wake-up. */
function run({ spec, startAtNs, cells }: PacerOrder): void {
  const schedule = createSchedule(spec);
  const dueNs = (index: number) => startAtNs + schedule.offsetNs(index) - Atomics.load(cells, leadCell);
  let index = 0;
  while (sleepUntil(dueNs(index), cells)) {
    const nowNs = monotonicClock.nowNs();
    while (dueNs(index) <= nowNs) index++;
    Atomics.add(cells, wakeCell, 1);
    Atomics.notify(cells, wakeCell);
  }
  // The loop's last waitAsync would otherwise stay pending for ever.
  Atomics.add(cells, wakeCell, 1);
  Atomics.notify(cells, wakeCell);
}

/** False when stopped before. */
function sleepUntil(timeNs: number, cells: Int32Array<SharedArrayBuffer>): boolean {
  while (Atomics.load(cells, stopCell) === 0) {
    const remainingMs = (timeNs - monotonicClock.nowNs()) / nsPerMs;
    if (remainingMs <= 0) return true;
    Atomics.wait(cells, stopCell, 0, remainingMs);
  }
  return false;
}
