import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createValues, put, read } from '../../../bench/raft/operations.ts';
import { workload as election } from '../../../bench/raft/workloads/election.ts';
import { workload as mixed } from '../../../bench/raft/workloads/mixed.ts';
import type { Operation, WorkloadResponse } from '../../../src/model/workload.ts';

/** As the generator's own, it cannot be asked for a header that is taken off it. */
class Answer implements WorkloadResponse {
  readonly status: number;
  readonly body: Buffer;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(status: number, body: string, headers: Readonly<Record<string, string>>) {
    this.status = status;
    this.body = Buffer.from(body);
    this.#headers = headers;
  }

  header(name: string): string | null {
    return this.#headers[name] ?? null;
  }
}

function answer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): WorkloadResponse {
  return new Answer(status, body, headers);
}

const committed = (index: number) => answer(200, JSON.stringify({ index, term: 1 }));
const writtenBy = ({ request }: Operation) => Buffer.from(request.body ?? []).toString();

/** One key only, so that every operation meets the others. */
function oneKey() {
  return { ...createValues(1), drawKey: () => 'key' };
}

test('a put writes 64 bytes that were never written before', () => {
  const values = oneKey();
  const [first, second] = [put(values), put(values)];
  assert.equal(first.request.body?.length, 64);
  assert.notEqual(writtenBy(first), writtenBy(second));
});

test('an index that is not newer than one acknowledged before the put was sent is wrong', () => {
  const values = oneKey();
  const beside = put(values);
  assert.equal(put(values).check(committed(7)), null);
  assert.match(put(values).check(committed(7)) ?? '', /not newer than 7/);
  assert.equal(beside.check(committed(5)), null);
});

test('a read sees the last acknowledged write of its key or a later one, never an older', () => {
  const values = oneKey();
  const [older, newer, unknown] = [put(values), put(values), put(values)];
  assert.equal(older.check(committed(1)), null);
  assert.equal(newer.check(committed(2)), null);
  unknown.abandon();
  const seen = (operation: Operation) => read(values).check(answer(200, writtenBy(operation)));
  assert.equal(seen(newer), null);
  assert.equal(seen(unknown), null);
  assert.match(seen(older) ?? '', /stale/);
  assert.match(read(values).check(answer(200, 'ghost')) ?? '', /nobody wrote/);
});

test('a key that is not there is right only before anything was acknowledged', () => {
  const values = oneKey();
  const early = read(values);
  put(values).check(committed(1));
  assert.equal(early.check(answer(404, '')), null);
  assert.match(read(values).check(answer(404, '')) ?? '', /acknowledged/);
});

test('503 with Retry-After and 504 are refusals; 503 without it is not', () => {
  const operation = put(oneKey());
  assert.equal(operation.refused?.(answer(503, '', { 'retry-after': '1' })), '503 no leader');
  assert.equal(operation.refused?.(answer(504, '')), '504 outcome unknown');
  assert.equal(operation.refused?.(answer(503, '')), null);
  assert.equal(operation.refused?.(committed(1)), null);
  assert.match(operation.check(answer(503, '')) ?? '', /503/);
});

test('mixed draws three reads for each put, the same for the same seed', () => {
  const context = { seed: 3, ratePerSec: 100, timeoutMs: 1_000, nowNs: () => 0 };
  const draw = () => {
    const session = mixed.open(context);
    return Array.from({ length: 4_000 }, () => session.next()?.name);
  };
  const names = draw();
  const putCount = names.filter((name) => name === 'put').length;
  assert.ok(Math.abs(putCount - 1_000) < 140, `${putCount}`);
  assert.deepEqual(names, draw());
});

test('where nothing is sent nothing is drawn', () => {
  const session = election.open({ seed: 1, ratePerSec: 0, timeoutMs: 1_000, nowNs: () => 0 });
  assert.equal(session.next(), null);
  assert.equal(election.fixedRatePerSec, 0);
});
