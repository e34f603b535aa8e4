import { workerData } from 'node:worker_threads';
import { parallelSort } from '../parallelSort.mjs';

await parallelSort(workerData);
