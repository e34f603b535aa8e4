import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { MemoryCase } from '../memory-case.ts';

export const cases = { promise, worker, process: childProcess };

function promise(): MemoryCase {
  const { promise: signal, resolve } = Promise.withResolvers<void>();
  let startedCount = 0;
  let releasedCount = 0;
  let units: Promise<void>[] = [];
  const unit = async () => {
    startedCount += 1;
    await signal;
    releasedCount += 1;
  };
  return {
    processCount: 1,
    async make(size) {
      units = Array.from({ length: size }, unit);
      return startedCount;
    },
    async release() {
      resolve();
      await Promise.all(units);
      return releasedCount;
    },
  };
}

/** How many are being started at a time: more would only wait for a core. */
const maxStarting = 8;

async function inWaves(size: number, start: () => Promise<unknown>): Promise<void> {
  let leftCount = size;
  const starter = async () => {
    for (; leftCount > 0; ) {
      leftCount -= 1;
      await start();
    }
  };
  await Promise.all(Array.from({ length: maxStarting }, starter));
}

const workerFile = new URL('../units/waiting-worker.mjs', import.meta.url);

function worker(): MemoryCase {
  // [started, go, counted]
  const cells = new Int32Array(new SharedArrayBuffer(12));
  const exits: Promise<unknown>[] = [];
  return {
    processCount: 1,
    async make(size) {
      await inWaves(size, async () => {
        const unit = new Worker(workerFile, { workerData: cells });
        exits.push(once(unit, 'exit'));
        await once(unit, 'online');
      });
      for (let seen = 0; seen < size; seen = Atomics.load(cells, 0)) Atomics.wait(cells, 0, seen, 1_000);
      return Atomics.load(cells, 0);
    },
    async release() {
      Atomics.store(cells, 1, 1);
      Atomics.notify(cells, 1);
      await Promise.all(exits);
      return Atomics.load(cells, 2);
    },
  };
}

const childFile = new URL('../units/waiting-child.mjs', import.meta.url);
/** How a child says that it got the order to go on. */
const releasedCode = 42;

function childProcess(): MemoryCase {
  const children: ChildProcess[] = [];
  return {
    get processCount() {
      return 1 + children.length;
    },
    async make(size) {
      await inWaves(size, async () => {
        const child = fork(childFile, { execArgv: [] });
        children.push(child);
        await once(child, 'message');
      });
      return children.length;
    },
    async release() {
      const exits = children.map((child) => once(child, 'exit'));
      for (const child of children) child.send('go');
      const codes = await Promise.all(exits);
      return codes.filter(([exitCode]) => exitCode === releasedCode).length;
    },
  };
}
