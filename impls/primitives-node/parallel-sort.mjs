import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { merge, mergeSort } from './merge-sort.mjs';

const workerFile = new URL('./units/sort-worker.mjs', import.meta.url);

/** The left half in a new worker, the right half here, until there are as many parts as asked for. */
export async function parallelSort({ integers, auxiliary, low, high, partCount }) {
  if (partCount === 1) {
    mergeSort(integers, auxiliary, low, high);
    return;
  }
  const middle = low + ((high - low) >> 1);
  const half = { integers, auxiliary, partCount: partCount / 2 };
  const left = once(new Worker(workerFile, { workerData: { ...half, low, high: middle } }), 'exit');
  await parallelSort({ ...half, low: middle, high });
  await left;
  merge(integers, auxiliary, low, middle, high);
}
