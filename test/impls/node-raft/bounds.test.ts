import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { maxWaiting } from '../../../impls/_node/raft/host/links.ts';
import { Problem } from '../../../impls/_node/raft/host/problem.ts';
import type { Parcel } from '../../../impls/_node/raft/host/remote-node.ts';
import { createRequests } from '../../../impls/_node/raft/host/requests.ts';
import type { Slot } from '../../../impls/_node/raft/host/slot.ts';
import { openSocketLink } from '../../../impls/raft-node-processes/socket-link.ts';
import { linkCountsIn } from '../../../impls/raft-node-workers/protocol.ts';

const max = 65_536;
const isRefused = (error: unknown): boolean => error instanceof Problem && error.type === 'no-leader';

test('a request more than nodes may owe an answer is refused at once, those timed out counted', async () => {
  // A node that says nothing.
  const slot = { propose: () => {}, read: () => {} } as unknown as Slot;
  const requests = createRequests(1);
  const unanswered = Array.from({ length: max }, () => requests.get(1, slot, 'k').catch(() => 'refused'));
  await Promise.all(unanswered);
  assert.throws(() => requests.put(1, slot, 'k', 'v'), isRefused);
  requests.answered([{ id: 7, outcome: 'read', index: 1, term: 1, value: null }]);
  await assert.rejects(requests.get(1, slot, 'k'), /no answer in time/);
  requests.crashed(1);
  await assert.rejects(requests.put(1, slot, 'k', 'v'), /no answer in time/);
});

async function serverAt(t: TestContext, name: string): Promise<{ server: Server; lineCount: () => number }> {
  let count = 0;
  const server = createServer((socket) => createInterface(socket).on('line', () => (count += 1)));
  await new Promise<void>((resolve) => server.listen(name, resolve));
  t.after(() => server.close());
  return { server, lineCount: () => count };
}

test('a socket link takes so many messages that are not written, and goes on when they are', async (t) => {
  const name = `\0paceline-test:${process.pid}`;
  const { lineCount } = await serverAt(t, name);
  const link = openSocketLink(name, () => {});
  t.after(() => link.close());
  const message = { type: 'requestVotesReply', from: 1, to: 2, term: 1, granted: true } as const;
  const parcel: Parcel = { message, sentUs: 0, epoch: 1 };
  for (let i = 0; i < max + 10; i++) link.send(parcel);
  while (lineCount() < max) await delay(10);
  link.send(parcel);
  while (lineCount() < max + 1) await delay(10);
  await delay(50);
  assert.equal(lineCount(), max + 1);
});

test('a thread sends so many messages ahead of what was taken, also when the counts come round', () => {
  const shared = new Int32Array(new SharedArrayBuffer(4 * 9));
  shared.fill(2 ** 31 - 5);
  const counts = linkCountsIn(shared, 3);
  const admits = counts.admission(2, 3);
  for (let i = 0; i < maxWaiting; i++) assert.ok(admits());
  assert.equal(admits(), false);
  counts.delivered(3, 2);
  assert.equal(admits(), false);
  for (let i = 0; i < 10; i++) counts.delivered(2, 3);
  for (let i = 0; i < 10; i++) assert.ok(admits());
  assert.equal(admits(), false);
  assert.equal(maxWaiting, max);
});
