import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { endChildren, otherProcessesOf, startChildren } from '../children.ts';
import type { Settings } from '../settings.ts';
import { counted, type TimedCase } from '../timed-case.ts';

export const cases = { promise, 'message-port': messagePort, ipc };

const queueRoom = 1_024;

/** Producer i of n sends the integers from i × share on: the sum of all is known. */
interface Order {
  readonly first: number;
  readonly count: number;
}

function orders(count: number, producerCount: number): Order[] {
  const share = count / producerCount;
  return Array.from({ length: producerCount }, (_, index) => ({ first: index * share, count: share }));
}

function sumBelow(count: number): number {
  return (count * (count - 1)) / 2;
}

function promise({ size }: Settings): TimedCase {
  const queue = createBoundedQueue<number>(queueRoom);
  const tally = createTally();
  const produce = async ({ first, count }: Order) => {
    for (let value = first; value < first + count; value += 1) await queue.push(value);
  };
  return {
    isAsync: true,
    multiple: size,
    async run(count) {
      const producers = orders(count, size).map(produce);
      const done = tally.expect(count);
      for (let index = 0; index < count; index += 1) tally.add(await queue.take());
      await Promise.all([done, ...producers]);
    },
    finish: counted(tally.rightCount),
  };
}

async function messagePort({ size }: Settings): Promise<TimedCase> {
  const file = new URL('../units/produce-in-worker.mjs', import.meta.url);
  const workers = Array.from({ length: size }, () => new Worker(file));
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const tally = createTally();
  for (const worker of workers) worker.on('message', tally.add);
  return {
    isAsync: true,
    multiple: size,
    async run(count) {
      const done = tally.expect(count);
      for (const [index, order] of orders(count, size).entries()) workers[index]?.postMessage(order);
      await done;
    },
    finish: counted(tally.rightCount, () => Promise.all(workers.map((worker) => worker.terminate()))),
  };
}

async function ipc({ size }: Settings): Promise<TimedCase> {
  const children = await startChildren(new URL('../units/produce-in-child.mjs', import.meta.url), size);
  const tally = createTally();
  for (const child of children) {
    child.on('message', (value) => {
      if (typeof value === 'number') tally.add(value);
    });
  }
  return {
    isAsync: true,
    multiple: size,
    async run(count) {
      const done = tally.expect(count);
      for (const [index, order] of orders(count, size).entries()) children[index]?.send(order);
      await done;
    },
    others: otherProcessesOf(children),
    finish: counted(tally.rightCount, () => endChildren(children)),
  };
}

/** Counts what the consumer receives; a batch whose sum is wrong counts for nothing. */
function createTally() {
  let expectedCount = 0;
  let receivedCount = 0;
  let sum = 0;
  let rightCount = 0;
  let finished: () => void = () => {};
  return {
    expect(count: number): Promise<void> {
      expectedCount = count;
      receivedCount = 0;
      sum = 0;
      return new Promise((resolve) => {
        finished = resolve;
      });
    },
    add(value: number): void {
      receivedCount += 1;
      sum += value;
      if (receivedCount < expectedCount) return;
      if (sum === sumBelow(expectedCount)) rightCount += expectedCount;
      finished();
    },
    rightCount: () => rightCount,
  };
}

/** A queue between async functions: `push` waits while it is full, `take` while it is empty. */
export interface BoundedQueue<T> {
  push(item: T): Promise<void> | void;
  take(): Promise<T> | T;
}

export function createBoundedQueue<T>(room: number): BoundedQueue<T> {
  const items: T[] = [];
  let head = 0;
  let waitingTaker: ((item: T) => void) | null = null;
  const waitingPushers: (() => void)[] = [];
  const length = () => items.length - head;

  /** Drops what was taken, now and then: shifting at each take would move the whole queue. */
  function forget(): void {
    if (head < room) return;
    items.splice(0, head);
    head = 0;
  }

  return {
    push(item) {
      if (waitingTaker !== null) {
        const take = waitingTaker;
        waitingTaker = null;
        take(item);
        return;
      }
      items.push(item);
      if (length() < room) return;
      return new Promise((resolve) => waitingPushers.push(resolve));
    },
    take() {
      if (length() === 0) {
        return new Promise((resolve) => {
          waitingTaker = resolve;
        });
      }
      const item = items[head] as T;
      head += 1;
      forget();
      waitingPushers.shift()?.();
      return item;
    },
  };
}
