import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRunDelay } from '../../src/probe/proc-file.ts';

/** Run delay over threads whose counts, in milliseconds, the test sets. */
function withThreads(delayMs: Map<string, number>) {
  const read = (threadId: string) => {
    const value = delayMs.get(threadId);
    return value === undefined ? null : value * 1e6;
  };
  return createRunDelay(() => [...delayMs.keys()], read);
}

test('the delay of all threads is summed', () => {
  const delay = withThreads(
    new Map([
      ['1', 3],
      ['2', 4],
    ]),
  );
  assert.equal(delay.readMs([1]), 7);
});

test('what a thread waited before it ended stays in the sum', () => {
  const threads = new Map([
    ['1', 3],
    ['2', 4],
  ]);
  const delay = withThreads(threads);
  delay.readMs([1]);
  threads.delete('2');
  threads.set('1', 5);
  assert.equal(delay.readMs([1]), 9);
});

test('a new thread with the id of an ended one adds to it', () => {
  const threads = new Map([['1', 30]]);
  const delay = withThreads(threads);
  delay.readMs([1]);
  threads.set('1', 2);
  assert.equal(delay.readMs([1]), 32);
});

test('a kernel without such a count says unknown, not zero', () => {
  assert.equal(
    createRunDelay(
      () => ['1'],
      () => null,
    ).readMs([1]),
    null,
  );
});
