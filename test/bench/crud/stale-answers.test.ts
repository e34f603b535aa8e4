import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workload as blogPostFiles } from '../../../bench/crud/workloads/blog-post-files.ts';
import { workload as history } from '../../../bench/crud/workloads/history.ts';
import { workload as mixed } from '../../../bench/crud/workloads/mixed.ts';
import type { Operation, Workload, WorkloadRequest } from '../../../src/model/workload.ts';
import { datasetSeed, openSession } from './all-workloads.ts';
import { type Answer, type FakePlatform, fakePlatform, responseOf } from './fake-platform.ts';

type Liar = (request: WorkloadRequest, honest: FakePlatform) => Answer;

/** What is found wrong in the first thousand operations, by operation. */
function found(workload: Workload, liar: Liar): Set<string> {
  const [session, honest] = [openSession(workload), fakePlatform(datasetSeed)];
  const wrong = new Set<string>();
  for (let at = 0; at < 1_000; at += 1) {
    const drawn = session.next() as Operation;
    const reason = drawn.check(responseOf(liar(drawn.request, honest)));
    if (reason !== null) wrong.add(`${drawn.name}: ${reason}`);
  }
  return wrong;
}

/** Knows a session for ever once it has been used. */
function remembersSessions(): Liar {
  const known = new Map<string, Answer>();
  return (request, honest) => {
    const token = request.headers.authorization ?? '';
    const isMe = request.path === '/users/me';
    const answer = honest.answer(request);
    if (isMe && answer.status === 200) known.set(token, answer);
    return (isMe && known.get(token)) || answer;
  };
}

/** Answers a read as it did the first time. */
function remembersRows(): Liar {
  const known = new Map<string, Answer>();
  return (request, honest) => {
    const answer = honest.answer(request);
    const isRead = request.method === 'GET' && /^\/files\/[^/]+$/.test(request.path);
    if (!isRead) return answer;
    if (!known.has(request.path)) known.set(request.path, answer);
    return known.get(request.path) as Answer;
  };
}

for (const workload of [history, mixed]) {
  test(`${workload.id}: a cache of sessions is detected soon`, () => {
    assert.deepEqual([...found(workload, remembersSessions())], ['use-ended: status 200 instead of 401']);
  });
}

for (const workload of [history, mixed, blogPostFiles]) {
  test(`${workload.id}: a cache of rows is detected soon`, () => {
    const wrong = [...found(workload, remembersRows())];
    assert.ok(
      wrong.some((reason) => /^read(-changed)?: (ETag|status 200 instead of 404)/.test(reason)),
      wrong.join(),
    );
  });
}

test('a replacement or deletion is mostly read back within a few operations', () => {
  const [session, honest] = [openSession(history), fakePlatform(datasetSeed)];
  const changes = new Map<string, { readonly at: number; readonly name: string }>();
  const waits: Record<string, number[]> = { replace: [], delete: [] };
  for (let at = 0; at < 2_000; at += 1) {
    const drawn = session.next() as Operation;
    const file = drawn.request.path.split('/')[2] ?? '';
    const change = changes.get(file);
    if (drawn.name === 'read-changed' && change !== undefined) waits[change.name]?.push(at - change.at);
    if (drawn.name === 'read-changed') changes.delete(file);
    drawn.check(responseOf(honest.answer(drawn.request)));
    if (drawn.name === 'replace' || drawn.name === 'delete') changes.set(file, { at, name: drawn.name });
  }
  for (const [name, counts] of Object.entries(waits)) {
    const sorted = counts.sort((a, b) => a - b);
    assert.ok(sorted.length > 30, `${name}: ${sorted.length}`);
    assert.ok((sorted[sorted.length >> 1] as number) < 20, `${name}: ${sorted.join()}`);
  }
});
