import { Piscina } from 'piscina';
import type { CpuWork } from '../_node/crud/cpu-work.ts';
import type { MeanTask, ScryptTask } from './cpu-tasks.ts';

// Note: piscina derives this type from the last overload of postMessage, which takes options, not a list.
type TransferList = NonNullable<NonNullable<Parameters<Piscina['run']>[1]>['transferList']>;

/** CPU-bound work on `threadCount` worker threads, alive from the start: none of them is made during a request. */
export function startCpuPool(threadCount: number): CpuWork {
  const pool = new Piscina({
    filename: new URL('./cpu-tasks.ts', import.meta.url).href,
    minThreads: threadCount,
    maxThreads: threadCount,
    recordTiming: false,
    workerHistogram: false,
  });
  return {
    scrypt: (password, salt) => pool.run({ password, salt } satisfies ScryptTask, { name: 'scrypt' }),
    // The vectors move to the thread and the mean moves back: nothing is copied.
    mean: (vectors, order) =>
      pool.run({ vectors, order } satisfies MeanTask, {
        name: 'mean',
        transferList: vectors.map(({ buffer }) => buffer) as unknown as TransferList,
      }),
    close: () => pool.destroy(),
  };
}
