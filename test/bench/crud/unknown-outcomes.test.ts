import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workload as history } from '../../../bench/crud/workloads/history.ts';
import type { Operation, WorkloadSession } from '../../../src/model/workload.ts';
import { datasetSeed, openSession } from './all-workloads.ts';
import { type FakePlatform, fakePlatform, responseOf } from './fake-platform.ts';

function drawUntil(session: WorkloadSession, name: string, platform = fakePlatform(datasetSeed)): Operation {
  for (;;) {
    const drawn = session.next() as Operation;
    if (drawn.name === name) return drawn;
    drawn.check(responseOf(platform.answer(drawn.request)));
  }
}

for (const [name, uncertainCount] of [
  ['create', 1],
  ['delete', 1],
  ['replace', 0],
  ['read', 0],
] as const) {
  test(`a ${name} that gets no answer makes ${uncertainCount} rows uncertain`, () => {
    const session = openSession(history);
    const before = session.acknowledged();
    const operation = drawUntil(session, name);
    const drawn = session.acknowledged();
    operation.abandon();
    assert.equal(before.uncertainCount, 0);
    assert.deepEqual(session.acknowledged(), { ...drawn, uncertainCount });
  });
}

for (const name of ['create', 'delete'] as const) {
  test(`a ${name} answered with 500 may have happened all the same`, () => {
    const session = openSession(history);
    drawUntil(session, name).check(responseOf({ status: 500, headers: {}, body: Buffer.alloc(0) }));
    assert.equal(session.acknowledged().uncertainCount, 1);
  });
}

/** Whether a file of the first operations of that name comes up again once they are settled; one of five is nearly always popular. */
function isAskedAgain(name: string, settle: (operation: Operation, platform: FakePlatform) => void): boolean {
  const session = openSession(history);
  const platform = fakePlatform(datasetSeed);
  const fileOf = ({ request }: Operation) => request.path.split('/')[2];
  const firsts = Array.from({ length: 5 }, () => {
    const operation = drawUntil(session, name, platform);
    settle(operation, platform);
    return fileOf(operation);
  });
  for (let at = 0; at < 20_000; at += 1) {
    const drawn = session.next() as Operation;
    if (drawn.request.path.startsWith('/files/') && firsts.includes(fileOf(drawn))) return true;
    drawn.check(responseOf(platform.answer(drawn.request)));
  }
  return false;
}

test('a file whose replacement got no answer is never asked for again, one whose read got none is', () => {
  const abandon = (operation: Operation) => operation.abandon();
  assert.equal(isAskedAgain('replace', abandon), false);
  for (const name of ['read', 'content', 'revalidate']) assert.equal(isAskedAgain(name, abandon), true, name);
});

test('a file is free again once its operation is answered, wrong reads included', () => {
  const answer = (operation: Operation, platform: FakePlatform) =>
    operation.check(responseOf(platform.answer(operation.request)));
  const refuse = (operation: Operation) =>
    operation.check(responseOf({ status: 500, headers: {}, body: Buffer.alloc(0) }));
  for (const name of ['read', 'content', 'revalidate', 'replace']) assert.equal(isAskedAgain(name, answer), true, name);
  for (const name of ['read', 'content', 'revalidate']) assert.equal(isAskedAgain(name, refuse), true, name);
  assert.equal(isAskedAgain('replace', refuse), false);
});

test('a body is used again only after its answer', () => {
  const session = openSession(history);
  const first = drawUntil(session, 'create');
  const copy = Buffer.from(first.request.body as Buffer);
  const second = drawUntil(session, 'create');
  assert.notEqual(first.request.body, second.request.body);
  assert.notDeepEqual(first.request.body, second.request.body);
  assert.deepEqual(first.request.body, copy);
  second.abandon();
  assert.notEqual(drawUntil(session, 'replace').request.body, second.request.body);
});

test('when every file is in flight there is nothing to send', () => {
  const session = openSession(history);
  const drawn = new Set<Operation | null>();
  for (let at = 0; at < 30_000; at += 1) drawn.add(session.next());
  assert.ok(drawn.has(null));
});
