import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Settings } from '../settings.ts';
import { counted, type TimedCase } from '../timed-case.ts';

export const cases = { atomics, promise };

/** Cells of the shared memory, 64 bytes apart so that they do not share a cache line. */
const at = { lock: 0, counter: 16, round: 32, share: 48, busy: 64 } as const;
const slotCount = 80;

/** A round begins with a signal to all contenders and ends when all have reported, without the event loop. */
async function atomics({ size }: Settings): Promise<TimedCase> {
  const cells = new Int32Array(new SharedArrayBuffer(slotCount * 4));
  const file = new URL('../units/lock-worker.mjs', import.meta.url);
  const workers = Array.from({ length: size }, () => new Worker(file, { workerData: { cells, at } }));
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  return {
    isAsync: false,
    multiple: size,
    run(count) {
      Atomics.store(cells, at.share, count / size);
      Atomics.store(cells, at.busy, size);
      Atomics.add(cells, at.round, 1);
      Atomics.notify(cells, at.round);
      for (let left = size; left > 0; left = Atomics.load(cells, at.busy)) Atomics.wait(cells, at.busy, left);
    },
    finish: counted(
      () => Atomics.load(cells, at.counter),
      () => Promise.all(workers.map((worker) => worker.terminate())),
    ),
  };
}

interface Mutex {
  /** Resolves when it is the caller's; first come, first served. */
  take(): Promise<void>;
  giveBack(): void;
}

function createMutex(): Mutex {
  let held = false;
  const waiting: (() => void)[] = [];
  return {
    take() {
      if (held) return new Promise((resolve) => waiting.push(resolve));
      held = true;
      return Promise.resolve();
    },
    giveBack() {
      const next = waiting.shift();
      if (next === undefined) held = false;
      else next();
    },
  };
}

function promise({ size }: Settings): TimedCase {
  const mutex = createMutex();
  let counter = 0;
  const contend = async (count: number) => {
    for (let index = 0; index < count; index += 1) {
      await mutex.take();
      const seen = counter;
      // Without a turn for the others in between, no lock would be needed.
      await undefined;
      counter = seen + 1;
      mutex.giveBack();
    }
  };
  return {
    isAsync: true,
    multiple: size,
    async run(count) {
      await Promise.all(Array.from({ length: size }, () => contend(count / size)));
    },
    finish: counted(() => counter),
  };
}
