import { workerData } from 'node:worker_threads';
import { parallelSort } from '../parallel-sort.mjs';

await parallelSort(workerData);
