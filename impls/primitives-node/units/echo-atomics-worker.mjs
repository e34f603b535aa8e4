import { parentPort, workerData } from 'node:worker_threads';

// [turn: 0 the asker's, 1 ours; the value]
const cells = workerData;
parentPort.postMessage('ready');
for (;;) {
  // Looked at again after each waking: a notification may be for the turn before.
  while (Atomics.load(cells, 0) !== 1) Atomics.wait(cells, 0, 0);
  Atomics.store(cells, 1, Atomics.load(cells, 1) + 1);
  Atomics.store(cells, 0, 0);
  Atomics.notify(cells, 0);
}
