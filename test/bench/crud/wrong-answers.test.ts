import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workload as aggregate } from '../../../bench/crud/workloads/aggregate.ts';
import { workload as authenticate } from '../../../bench/crud/workloads/authenticate.ts';
import { workload as history } from '../../../bench/crud/workloads/history.ts';
import { workload as mixed } from '../../../bench/crud/workloads/mixed.ts';
import type { Operation, Workload, WorkloadSession } from '../../../src/model/workload.ts';
import { datasetSeed, openSession } from './all-workloads.ts';
import { type Answer, type FakePlatform, fakePlatform, responseOf } from './fake-platform.ts';

/** One way in which a target may be wrong, and what must be said of it. */
type Spoil = readonly [workload: Workload, operation: string, spoil: (answer: Answer) => void, reason: string];

function setField(key: string, value: unknown): (answer: Answer) => void {
  return (answer) => {
    answer.body = Buffer.from(JSON.stringify({ ...JSON.parse(answer.body.toString()), [key]: value }));
  };
}

function setHeader(name: string, value: string): (answer: Answer) => void {
  return (answer) => {
    answer.headers[name] = value;
  };
}

function setStatus(status: number): (answer: Answer) => void {
  return (answer) => {
    answer.status = status;
  };
}

function flipByte(at: number): (answer: Answer) => void {
  return (answer) => {
    answer.body[at] = (answer.body[at] as number) ^ 1;
  };
}

function setBody(body: Buffer): (answer: Answer) => void {
  return (answer) => {
    answer.body = body;
  };
}

const otherId = '01990000-0000-7000-9000-000000000000';
const otherSeed = fakePlatform(datasetSeed + 1);

/** A right body, but of another file. */
function otherBody(): Buffer {
  const session = history.open({ seed: datasetSeed + 1, ratePerSec: 100, timeoutMs: 5_000, nowNs: () => 0 });
  for (;;) {
    const operation = session.next() as Operation;
    if (operation.name === 'content') return otherSeed.answer(operation.request).body;
  }
}

const spoils: readonly Spoil[] = [
  [authenticate, 'authenticate', setStatus(401), 'status 401 instead of 200'],
  [authenticate, 'authenticate', setField('id', otherId), 'id is not the expected one'],
  [authenticate, 'authenticate', setField('name', 'user-9999'), 'name is not the expected one'],
  [authenticate, 'authenticate', setField('createdAt', '2025-01-01'), 'createdAt is not the expected one'],
  [authenticate, 'authenticate', setHeader('content-type', 'text/html'), 'content-type is not JSON'],
  [authenticate, 'authenticate', setBody(Buffer.from('{"id":')), 'body is not JSON'],
  [authenticate, 'authenticate', setBody(Buffer.from('7')), 'body is not a JSON object'],
  [history, 'read', setStatus(404), 'status 404 instead of 200'],
  [history, 'read', setField('id', otherId), 'id is not the expected one'],
  [history, 'read', setField('version', 7), 'version is not the expected one'],
  [history, 'read', setField('name', 'file-99999'), 'name is not the expected one'],
  [history, 'read', setField('sizeBytes', 4_095), 'sizeBytes is not the expected one'],
  [history, 'read', setField('contentType', 'text/plain'), 'contentType is not the expected one'],
  [history, 'read', setHeader('etag', '"7"'), 'ETag is not the expected one'],
  [history, 'content', setStatus(206), 'status 206 instead of 200'],
  [history, 'content', setHeader('etag', 'W/"1"'), 'ETag is not the expected one'],
  [history, 'content', setHeader('content-type', 'text/plain'), 'content-type is not the one it was written with'],
  [history, 'content', setHeader('x-cache', 'stale'), 'x-cache is neither hit nor miss'],
  [history, 'content', flipByte(2_000), 'body does not end with its CRC-32'],
  [history, 'content', flipByte(4_095), 'body does not end with its CRC-32'],
  [history, 'content', setBody(otherBody()), 'body of another file or version'],
  [history, 'content', setBody(Buffer.alloc(0)), 'body of 0 instead of 4096 bytes'],
  [history, 'revalidate', setStatus(200), 'status 200 instead of 304'],
  [history, 'revalidate', setHeader('etag', '"2"'), 'ETag is not the expected one'],
  [history, 'revalidate', setBody(Buffer.from('x')), 'a 304 with a body'],
  [history, 'list', setStatus(500), 'status 500 instead of 200'],
  [history, 'list', setHeader('content-type', 'text/plain'), 'content-type is not JSON'],
  [history, 'list', setField('files', null), 'no list of files'],
  [history, 'list-next', setField('files', 0), 'no list of files'],
  [history, 'create', setStatus(200), 'status 200 instead of 201'],
  [history, 'create', setField('id', 'ABC'), 'id is not a UUID'],
  [history, 'create', setField('id', otherId.replace('7', 'x')), 'id is not a UUID'],
  [history, 'create', setField('version', 2), 'version is not the expected one'],
  [history, 'create', setField('name', 'other'), 'name is not the expected one'],
  [history, 'create', setHeader('location', '/files/'), 'Location is not that of the file'],
  [history, 'create', setHeader('etag', '"0"'), 'ETag is not the expected one'],
  [history, 'replace', setStatus(412), 'status 412 instead of 200'],
  [history, 'replace', setField('version', 1), 'version is not the expected one'],
  [history, 'replace', setHeader('etag', '"1"'), 'ETag is not the expected one'],
  [history, 'delete', setStatus(404), 'status 404 instead of 204'],
  [mixed, 'log-in', setStatus(401), 'status 401 instead of 201'],
  [mixed, 'log-in', setField('token', 'short'), 'token is not one'],
  [mixed, 'log-in', setField('userId', otherId), 'session of another user'],
  [mixed, 'log-out', setStatus(401), 'status 401 instead of 204'],
  [history, 'use-session', setStatus(401), 'status 401 instead of 200'],
  [history, 'use-ended', setStatus(200), 'status 200 instead of 401'],
  [mixed, 'sign-up', setStatus(409), 'status 409 instead of 201'],
  [mixed, 'sign-up', setField('name', 'other'), 'name is not the expected one'],
  [mixed, 'sign-up', setField('id', 5), 'id is not a UUID'],
  [mixed, 'sign-up', setHeader('location', '/users'), 'Location is not /users/me'],
  [aggregate, 'aggregate', setStatus(404), 'status 404 instead of 202'],
  [aggregate, 'aggregate', setField('status', 'ready'), 'not the answer of an accepted aggregation'],
  [aggregate, 'aggregate', setField('id', null), 'not the answer of an accepted aggregation'],
  [aggregate, 'aggregate', setHeader('location', '/'), 'not the answer of an accepted aggregation'],
  [aggregate, 'read-result', setStatus(404), 'status 404 instead of 200'],
  [aggregate, 'read-result', setHeader('etag', '"2"'), 'ETag is not the expected one'],
  [aggregate, 'read-result', flipByte(3), 'bytes are not the expected ones'],
  [aggregate, 'read-result', flipByte(200_000), 'bytes are not the expected ones'],
  [aggregate, 'read-result', setBody(Buffer.alloc(262_144)), 'bytes are not the expected ones'],
  [aggregate, 'read-result', setBody(Buffer.alloc(8)), 'body of 8 instead of 262144 bytes'],
];

const openTargets = new Map(
  [authenticate, history, mixed, aggregate].map((workload) => [
    workload,
    { session: openSession(workload), platform: fakePlatform(datasetSeed) },
  ]),
);

/** Spoils the answers to one operation until one is judged wrong; four at most, because pages are looked into one by four. */
function wrongAfter(workload: Workload, operation: string, spoil: (answer: Answer) => void): string | null {
  const { session, platform } = openTargets.get(workload) as { session: WorkloadSession; platform: FakePlatform };
  for (let spoiltCount = 0; spoiltCount < 4; ) {
    const drawn = session.next() as Operation;
    const answer = platform.answer(drawn.request);
    const isSpoilt = drawn.name === operation;
    if (isSpoilt) spoil(answer);
    spoiltCount += isSpoilt ? 1 : 0;
    const wrong = drawn.check(responseOf(answer));
    if (isSpoilt && wrong !== null) return wrong;
    assert.equal(wrong, null);
  }
  return null;
}

for (const [workload, operation, spoil, reason] of spoils) {
  test(`${operation}: an answer is wrong with “${reason}”`, () => {
    assert.equal(wrongAfter(workload, operation, spoil), reason);
  });
}

function wrongListsAfter(spoil: (answer: Answer) => void): (string | null)[] {
  const platform = fakePlatform(datasetSeed);
  const session = openSession(history);
  const judgements: (string | null)[] = [];
  while (judgements.length < 8) {
    const drawn = session.next() as Operation;
    const answer = platform.answer(drawn.request);
    if (drawn.name === 'list') spoil(answer);
    const judgement = drawn.check(responseOf(answer));
    if (drawn.name === 'list') judgements.push(judgement);
  }
  return judgements;
}

test('one list in four is checked in full, status and type of every list', () => {
  const wrong = 'no list of files';
  assert.deepEqual(wrongListsAfter(setField('files', null)), [wrong, null, null, null, wrong, null, null, null]);
  assert.deepEqual(wrongListsAfter(setStatus(500)), new Array(8).fill('status 500 instead of 200'));
  assert.deepEqual(wrongListsAfter(setHeader('content-type', 'a/b')), new Array(8).fill('content-type is not JSON'));
});
