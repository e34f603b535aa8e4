import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveToken } from '../../../bench/crud/dataset.ts';
import { workload as aggregate } from '../../../bench/crud/workloads/aggregate.ts';
import { workload as blogPost } from '../../../bench/crud/workloads/blog-post.ts';
import type { Operation, WorkloadSession } from '../../../src/model/workload.ts';
import { datasetSeed, openSession } from './all-workloads.ts';
import { fakePlatform, responseOf } from './fake-platform.ts';

/** A session, its target and a clock to set. */
function begin() {
  const clock = { ns: 0 };
  const platform = fakePlatform(datasetSeed);
  const session = openSession(aggregate, () => clock.ns);
  const accept = () => {
    const operation = drawUntil(session, 'aggregate');
    const answer = responseOf(platform.answer(operation.request));
    return { answer: () => operation.check(answer), data: platform.events.pop() as string };
  };
  const deliver = (data: string, event = 'aggregation') => session.onEvent({ id: '1', event, data });
  return { clock, platform, session, accept, deliver };
}

function drawUntil(session: WorkloadSession, name: string): Operation {
  for (;;) {
    const drawn = session.next() as Operation;
    if (drawn.name === name) return drawn;
  }
}

test('an aggregation is completed by its event, from the moment its 202 was read', () => {
  const { clock, accept, deliver } = begin();
  const [first, second] = [accept(), accept()];
  clock.ns = 1_000;
  first.answer();
  clock.ns = 2_000;
  second.answer();
  clock.ns = 9_000;
  assert.deepEqual(deliver(second.data), { operation: 'aggregation-ready', startedAtNs: 2_000 });
  assert.deepEqual(deliver(first.data), { operation: 'aggregation-ready', startedAtNs: 1_000 });
});

test('a repeated, unreadable or other event, or one of a failed aggregation, completes nothing', () => {
  const { accept, deliver } = begin();
  const { answer, data } = accept();
  answer();
  assert.equal(deliver(data, 'other'), null);
  assert.equal(deliver('{'), null);
  assert.equal(deliver(JSON.stringify({ ...JSON.parse(data), status: 'failed' })), null);
  assert.equal(deliver(JSON.stringify({ ...JSON.parse(data), resultFileId: null })), null);
  assert.notEqual(deliver(data), null);
  assert.equal(deliver(data), null);
});

test('an event that is read before its 202 is remembered: its result is read, nothing stays open', () => {
  const { platform, session, accept, deliver } = begin();
  const { answer, data } = accept();
  assert.equal(deliver(data), null);
  answer();
  assert.equal(deliver(data), null);
  const read = drawUntil(session, 'read-result');
  assert.equal(read.request.path, `/files/${JSON.parse(data).resultFileId}/content`);
  assert.equal(read.check(responseOf(platform.answer(read.request))), null);
});

test('an early event is remembered until 256 others have come', () => {
  const { accept, deliver } = begin();
  const [kept, forgotten] = [accept(), accept()];
  const tellOthers = (count: number, from: number) => {
    for (let at = from; at < from + count; at += 1) {
      const aggregationId = `01990000-0000-7000-9000-${String(at).padStart(12, '0')}`;
      deliver(JSON.stringify({ ...JSON.parse(kept.data), aggregationId }));
    }
  };
  deliver(forgotten.data);
  tellOthers(1, 0);
  deliver(kept.data);
  tellOthers(255, 1);
  kept.answer();
  forgotten.answer();
  assert.equal(deliver(kept.data), null);
  assert.notEqual(deliver(forgotten.data), null);
});

test('while there is no result, an input of the same length is read', () => {
  const { platform, session } = begin();
  const read = drawUntil(session, 'read-result');
  const answer = platform.answer(read.request);
  assert.equal(answer.body.length, 262_144);
  assert.equal(read.check(responseOf(answer)), null);
});

test('the mean that a result must have is not one of its inputs', () => {
  const { platform, session, accept, deliver } = begin();
  const { answer, data } = accept();
  const inputRead = drawUntil(session, 'read-result');
  answer();
  deliver(data);
  // Seven more turns, and it is the first user's again.
  for (let turn = 0; turn < 7; turn += 1) drawUntil(session, 'read-result');
  const resultRead = drawUntil(session, 'read-result');
  assert.match(resultRead.request.path, new RegExp(JSON.parse(data).resultFileId));
  assert.equal(resultRead.check(responseOf(platform.answer(inputRead.request))), 'bytes are not the expected ones');
});

test('each user whose vectors are averaged has a stream, with the token that asks for the aggregation', () => {
  for (const [workload, streamCount] of [
    [aggregate, 8],
    [blogPost, 3],
  ] as const) {
    const session = openSession(workload);
    const authorizations = session.streams.map(({ headers }) => headers.authorization);
    const asked = Array.from({ length: 2 * streamCount }, () => drawUntil(session, 'aggregate'));
    assert.deepEqual(
      authorizations,
      Array.from({ length: streamCount }, (_, user) => `Bearer ${liveToken(datasetSeed, user, 0)}`),
    );
    assert.deepEqual(new Set(asked.map(({ request }) => request.headers.authorization)), new Set(authorizations));
  }
});
