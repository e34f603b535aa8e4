import { parentPort } from 'node:worker_threads';
import { monotonicClock } from './clock.ts';
import { guardCell, leadCell, type PacerOrder, parkedCell, servedCell, stopCell, wakeCell } from './pacer-order.ts';
import { createSchedule, peakRatePerSec } from './schedule.ts';

const nsPerMs = 1e6;
/** Where due times follow each other faster than this, the sending loop is looked after only when it is late by as much. */
const shortestSleepNs = 150_000;

parentPort?.on('message', (order: PacerOrder) => run(order));

/** While on guard: sleeps to a lead before each due time in turn and wakes the sending loop unless it has been there already. */
function run({ spec, startAtNs, cells }: PacerOrder): void {
  const schedule = createSchedule(spec);
  const graceNs = 1e9 / peakRatePerSec(spec) < shortestSleepNs ? shortestSleepNs : 0;
  let index = 0;
  const dueNs = () => startAtNs + schedule.offsetNs(index);
  const skipServed = () => {
    while (((Atomics.load(cells, servedCell) - index) | 0) > 0) index++;
  };
  for (;;) {
    Atomics.wait(cells, guardCell, 0);
    skipServed();
    if (!sleepUntil(dueNs() + graceNs - Atomics.load(cells, leadCell), cells)) break;
    if (((Atomics.load(cells, servedCell) - index) | 0) > 0) continue;
    if (Atomics.load(cells, parkedCell) === 0) wake(cells);
    index++;
    const nowNs = monotonicClock.nowNs();
    while (dueNs() <= nowNs) index++;
  }
  // The loop's last waitAsync would otherwise stay pending for ever.
  wake(cells);
}

function wake(cells: Int32Array<SharedArrayBuffer>): void {
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
