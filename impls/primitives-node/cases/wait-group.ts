import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import type { Settings } from '../settings.ts';
import { counted, type TimedCase } from '../timed-case.ts';

export const cases = { 'promise-all': promiseAll, piscina };

function promiseAll({ size }: Settings): TimedCase {
  let counter = 0;
  const unit = async () => {
    counter += 1;
  };
  return {
    isAsync: true,
    async run(count) {
      for (let index = 0; index < count; index += 1) await Promise.all(Array.from({ length: size }, unit));
    },
    finish: counted(() => counter / size),
  };
}

async function piscina({ size }: Settings): Promise<TimedCase> {
  const counter = new Int32Array(new SharedArrayBuffer(4));
  const threads = Math.min(size, availableParallelism());
  const filename = new URL('../units/count-in-pool.mjs', import.meta.url).href;
  const pool = new Piscina({ filename, name: 'count', minThreads: threads, maxThreads: threads });
  const unit = () => pool.run(counter);
  await Promise.all(Array.from({ length: threads }, unit));
  Atomics.store(counter, 0, 0);
  return {
    isAsync: true,
    async run(count) {
      for (let index = 0; index < count; index += 1) await Promise.all(Array.from({ length: size }, unit));
    },
    finish: counted(
      () => Atomics.load(counter, 0) / size,
      () => pool.destroy(),
    ),
  };
}
