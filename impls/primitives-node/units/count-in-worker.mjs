import { workerData } from 'node:worker_threads';

Atomics.add(workerData, 0, 1);
