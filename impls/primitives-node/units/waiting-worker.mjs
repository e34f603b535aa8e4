import { workerData } from 'node:worker_threads';

// [started, go, counted]
const cells = workerData;
Atomics.add(cells, 0, 1);
Atomics.notify(cells, 0);
Atomics.wait(cells, 1, 0);
Atomics.add(cells, 2, 1);
