import { parentPort, workerData } from 'node:worker_threads';

const { cells, at } = workerData;

/** A mutex in one cell: 0 free, 1 held, 2 held and waited for (Drepper, Futexes Are Tricky, mutex 2). */
function take() {
  let seen = Atomics.compareExchange(cells, at.lock, 0, 1);
  while (seen !== 0) {
    if (seen === 2 || Atomics.compareExchange(cells, at.lock, 1, 2) !== 0) Atomics.wait(cells, at.lock, 2);
    seen = Atomics.compareExchange(cells, at.lock, 0, 2);
  }
}

function giveBack() {
  if (Atomics.sub(cells, at.lock, 1) === 1) return;
  Atomics.store(cells, at.lock, 0);
  Atomics.notify(cells, at.lock, 1);
}

function contend(count) {
  for (let index = 0; index < count; index += 1) {
    take();
    // Not atomic: only the lock keeps it right.
    cells[at.counter] = cells[at.counter] + 1;
    giveBack();
  }
}

let round = 0;
parentPort.postMessage('ready');
for (;;) {
  // Looked at again after each waking: a notification may be for the round before.
  while (Atomics.load(cells, at.round) === round) Atomics.wait(cells, at.round, round);
  round = Atomics.load(cells, at.round);
  contend(Atomics.load(cells, at.share));
  if (Atomics.sub(cells, at.busy, 1) === 1) Atomics.notify(cells, at.busy);
}
