import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Exchange, Pool } from '../../src/load/transport/pool.ts';
import { createVirtualClock } from './virtual-clock.ts';
import { createVirtualLoop } from './virtual-loop.ts';
import { type Behaviour, createVirtualTarget } from './virtual-target.ts';

const nsPerMs = 1e6;

interface Labelled extends Exchange {
  readonly label: string;
}

/** A pool that writes down what it tells, with the time in milliseconds. */
function createDiary(
  behaviour: Behaviour,
  connectionCount: number,
  connectMs = 0,
  requestsPerConnection = Number.POSITIVE_INFINITY,
) {
  const clock = createVirtualClock();
  const target = createVirtualTarget(clock, behaviour, { connectNs: connectMs * nsPerMs });
  const pool = new Pool<Labelled>(target.connect, connectionCount, createVirtualLoop(clock), requestsPerConnection);
  const diary: string[] = [];
  const note = (what: string, { label }: Labelled) => diary.push(`${clock.nowNs() / nsPerMs} ${label} ${what}`);
  pool.listen({
    onSent: (exchange) => note('sent', exchange),
    onAnswer: (exchange, { status }) => note(`answered ${status}`, exchange),
    onFailure: (exchange, reason) => note(`failed: ${reason}`, exchange),
  });
  const submit = (label: string) => {
    const request = { method: 'GET', path: `/${label}`, headers: {}, body: null } as const;
    const timing = { wokeNs: clock.nowNs(), sentNs: Number.NaN };
    const exchange: Labelled = { label, request, ...timing, connection: null, isCancelled: false };
    pool.submit(exchange);
    return exchange;
  };
  return { clock, target, pool, diary, submit };
}

const answerAfter = (ms: number) => ({ kind: 'answer', afterNs: ms * nsPerMs }) as const;

test('connections are opened when all are busy, up to the limit, and then requests wait in order', async () => {
  const { clock, target, diary, submit } = createDiary(() => answerAfter(10), 2);
  for (const label of ['a', 'b', 'c', 'd']) submit(label);
  await clock.runUntil(100 * nsPerMs);
  assert.deepEqual(diary, [
    '0 a sent',
    '0 b sent',
    '10 c sent',
    '10 a answered 200',
    '10 d sent',
    '10 b answered 200',
    '20 c answered 200',
    '20 d answered 200',
  ]);
  assert.equal(target.mostOpenCount(), 2);
});

test('a request whose connection is still opening goes to one that becomes free before', async () => {
  const { clock, diary, submit, target } = createDiary(() => answerAfter(1), 5, 20);
  submit('a');
  await clock.runUntil(20 * nsPerMs);
  submit('b');
  await clock.runUntil(100 * nsPerMs);
  assert.deepEqual(diary, ['20 a sent', '21 b sent', '21 a answered 200', '22 b answered 200']);
  assert.equal(target.openCount(), 2);
});

test('free connections are used in turn, so that none goes cold', async () => {
  const usedBy = new Map<object, string[]>();
  const clock = createVirtualClock();
  const target = createVirtualTarget(clock, () => answerAfter(1));
  const pool = new Pool<Labelled>(
    (listener) => {
      const connection = target.connect(listener);
      const used: string[] = [];
      usedBy.set(connection, used);
      const { send } = connection;
      connection.send = (request) => {
        used.push(request.path);
        return send(request);
      };
      return connection;
    },
    3,
    createVirtualLoop(clock),
  );
  pool.listen({ onSent: () => undefined, onAnswer: () => undefined, onFailure: () => undefined });
  const submit = (path: string) => {
    const request = { method: 'GET', path, headers: {}, body: null } as const;
    pool.submit({
      label: path,
      request,
      wokeNs: clock.nowNs(),
      sentNs: Number.NaN,
      connection: null,
      isCancelled: false,
    });
  };
  for (const path of ['0', '1', '2']) submit(path);
  for (let index = 3; index < 9; index++) {
    await clock.runUntil(index * 10 * nsPerMs);
    submit(String(index));
  }
  assert.deepEqual(
    [...usedBy.values()],
    [
      ['0', '3', '6'],
      ['1', '4', '7'],
      ['2', '5', '8'],
    ],
  );
});

test('a connection that its server closes is replaced when requests wait', async () => {
  const fates = [
    { kind: 'close', afterNs: 5 * nsPerMs },
    { kind: 'answer', afterNs: nsPerMs, isLast: true },
    answerAfter(1),
  ] as const;
  const { clock, diary, submit, target } = createDiary((index) => fates[index] ?? assert.fail(), 1);
  for (const label of ['a', 'b', 'c']) submit(label);
  await clock.runUntil(100 * nsPerMs);
  assert.deepEqual(diary, [
    '0 a sent',
    '5 a failed: closed before the answer',
    '5 b sent',
    '6 b answered 200',
    '6 c sent',
    '7 c answered 200',
  ]);
  assert.equal(target.mostOpenCount(), 1);
});

test('a cancelled request is heard of no more and frees its place', async () => {
  const { clock, diary, submit, pool } = createDiary((index) => (index === 0 ? { kind: 'never' } : answerAfter(1)), 1);
  const [stuck, waiting] = [submit('a'), submit('b')];
  submit('c');
  await clock.runUntil(10 * nsPerMs);
  pool.cancel(waiting);
  pool.cancel(stuck);
  await clock.runUntil(100 * nsPerMs);
  assert.deepEqual(diary, ['0 a sent', '10 c sent', '11 c answered 200']);
});

test('a request that finds only dead connections is sent on a new one, once', async () => {
  const fates = [answerAfter(1), answerAfter(1), { kind: 'stale' }, { kind: 'stale' }, answerAfter(1)] as const;
  let meetingCount = 0;
  const { clock, diary, submit, pool } = createDiary(() => fates[meetingCount++] ?? assert.fail(), 2);
  submit('a');
  submit('b');
  await clock.runUntil(10 * nsPerMs);
  submit('c');
  await clock.runUntil(100 * nsPerMs);
  assert.deepEqual(diary.slice(4), ['10 c sent', '11 c answered 200']);
  assert.deepEqual(pool.stats, { openedCount: 3, staleRetryCount: 2 });
});

test('a request taken from the queue by a connection that turns out dead keeps its turn', async () => {
  const fates = [answerAfter(5), { kind: 'stale' }, answerAfter(5), answerAfter(5)] as const;
  let meetingCount = 0;
  const { clock, diary, submit } = createDiary(() => fates[meetingCount++] ?? assert.fail(), 1);
  for (const label of ['a', 'b', 'c']) submit(label);
  await clock.runUntil(100 * nsPerMs);
  assert.deepEqual(
    diary.filter((line) => line.endsWith('sent')),
    ['0 a sent', '5 b sent', '10 c sent'],
  );
});

test('no connection is opened for a request that was cancelled while it waited', async () => {
  const { clock, submit, pool, target } = createDiary(() => answerAfter(1), 5, 20);
  pool.cancel(submit('a'));
  submit('b');
  await clock.runUntil(100 * nsPerMs);
  assert.equal(target.mostOpenCount(), 1);
});

test('a connection is closed after so many answers, and the next request finds a new one', async () => {
  const { clock, diary, submit, pool, target } = createDiary(() => answerAfter(1), 1, 2, 2);
  for (const label of ['a', 'b', 'c']) submit(label);
  await clock.runUntil(100 * nsPerMs);
  assert.deepEqual(diary, [
    '2 a sent',
    '3 b sent',
    '3 a answered 200',
    '4 b answered 200',
    '6 c sent',
    '7 c answered 200',
  ]);
  assert.deepEqual([pool.stats.openedCount, target.openCount(), target.mostOpenCount()], [2, 1, 1]);
});
