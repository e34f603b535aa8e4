import assert from 'node:assert/strict';
import { test } from 'node:test';
import { service } from '../../../bench/crud/service.ts';
import type { Operation, Workload, WorkloadSession } from '../../../src/model/workload.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { datasetSeed, openSession, workloads } from './all-workloads.ts';
import { type FakePlatform, fakePlatform, responseOf } from './fake-platform.ts';

const drawCount = 2_000;

function deliverEvents(session: WorkloadSession, platform: FakePlatform): void {
  for (const data of platform.events.splice(0)) session.onEvent({ id: null, event: 'aggregation', data });
}

/** Draws and answers operations in a random order, many in flight; returns all drawn and what was found wrong. */
function drive(
  session: WorkloadSession,
  platform: FakePlatform,
  onSent: (sent: Operation, others: Operation[]) => void,
) {
  const random = createRandom(99);
  const inFlight: Operation[] = [];
  const wrong: string[] = [];
  for (let at = 0; at < drawCount + 100; at += 1) {
    const operation = at < drawCount ? session.next() : null;
    if (operation !== null) {
      onSent(operation, inFlight);
      inFlight.push(operation);
    }
    while (inFlight.length > (at < drawCount ? random.below(60) : 0)) {
      const [answered] = inFlight.splice(random.below(inFlight.length), 1) as [Operation];
      const reason = answered.check(responseOf(platform.answer(answered.request)));
      if (reason !== null) wrong.push(`${answered.name}: ${reason}`);
      deliverEvents(session, platform);
    }
  }
  return wrong;
}

/** The file that a request is about. */
function fileOf({ request }: Operation): string | null {
  const isAlone = /^\/files\/([^/?]+)/.exec(request.path);
  return isAlone?.[1] ?? null;
}

for (const workload of workloads) {
  test(`${workload.id}: right answers in any order are right`, () => {
    assert.deepEqual(
      drive(openSession(workload), fakePlatform(datasetSeed), () => {}),
      [],
    );
  });

  test(`${workload.id}: no two operations are in flight on one file`, () => {
    drive(openSession(workload), fakePlatform(datasetSeed), (sent, others) => {
      // What is never written again may be read by any number at once.
      const isOnlyRead = workload.sharesNothing === true && sent.request.method === 'GET';
      if (sent.name === 'read-result' || isOnlyRead || fileOf(sent) === null) return;
      assert.ok(!others.some((other) => fileOf(other) === fileOf(sent)), sent.request.path);
    });
  });

  test(`${workload.id}: the same seed and the same answers give the same requests`, () => {
    const requests = () => {
      const sent: unknown[] = [];
      drive(openSession(workload), fakePlatform(datasetSeed), ({ name, request }) => {
        // The tokens of log-ins are random, as they should be.
        const { authorization: _, ...headers } = request.headers;
        sent.push({ name, ...request, headers, body: request.body && Buffer.from(request.body).toString('base64') });
      });
      return sent;
    };
    assert.deepEqual(requests(), requests());
  });

  // Who has no file of its own to replace or delete makes one instead.
  const skip = workload.sharesNothing === true;
  test(`${workload.id}: the sequence of operations does not depend on when answers come`, { skip }, () => {
    const names: string[] = [];
    drive(openSession(workload), fakePlatform(datasetSeed), ({ name }) => names.push(name));
    const unanswered = openSession(workload);
    assert.deepEqual(
      names.map(() => unanswered.next()?.name),
      names,
    );
  });

  test(`${workload.id}: as many files exist as its acknowledgements say`, () => {
    const [platform, session] = [fakePlatform(datasetSeed), openSession(workload)];
    const before = platform.smallFileCount;
    drive(session, platform, () => {});
    const { createdCount, deletedCount, uncertainCount } = session.acknowledged();
    assert.equal(platform.smallFileCount, before + createdCount - deletedCount);
    assert.equal(uncertainCount, 0);
  });
}

test('sessions of history-slots side by side, one request each, are all answered rightly in its mix', () => {
  const workload = workloads.find(({ id }) => id === 'history-slots') as Workload;
  const platform = fakePlatform(datasetSeed);
  const before = platform.smallFileCount;
  let iteration = 0;
  const context = { seed: datasetSeed, ratePerSec: 100, timeoutMs: 5_000, nowNs: () => 0, iteration: () => iteration };
  const sessions = Array.from({ length: 8 }, () => workload.open(context));
  const drawn = new Map<string, number>();
  for (; iteration < 8_000; iteration += 1) {
    const operation = sessions[iteration % sessions.length]?.next() ?? assert.fail('no operation');
    drawn.set(operation.name, (drawn.get(operation.name) ?? 0) + 1);
    assert.equal(operation.check(responseOf(platform.answer(operation.request))), null, operation.name);
  }
  const acknowledged = sessions.map((session) => session.acknowledged());
  const sumOf = (name: 'createdCount' | 'deletedCount') => acknowledged.reduce((sum, one) => sum + one[name], 0);
  assert.equal(platform.smallFileCount, before + sumOf('createdCount') - sumOf('deletedCount'));
  for (const [name, weight] of Object.entries(workload.mix)) {
    const [count, expected] = [drawn.get(name) ?? 0, (8_000 * weight) / 200];
    assert.ok(Math.abs(count - expected) < 0.3 * expected + 20, `${name}: ${count} of ${expected}`);
  }
});

test('`authenticate` uses both live sessions of every user', () => {
  const session = openSession(workloads.find(({ id }) => id === 'authenticate') as Workload);
  const tokens = new Set(Array.from({ length: 30_000 }, () => session.next()?.request.headers.authorization));
  assert.equal(tokens.size, 2_000);
});

test('another seed gives other requests', () => {
  for (const workload of workloads) {
    const paths = (seed: number) => {
      const session = workload.open({ seed, ratePerSec: 100, timeoutMs: 5_000, nowNs: () => 0 });
      return Array.from({ length: 50 }, () => session.next()?.request).map((request) => JSON.stringify(request));
    };
    assert.notDeepEqual(paths(1), paths(2), workload.id);
  }
});

test('fixed rates are the sum of the mix: 153, 27 and 126 a second', () => {
  const fixed = workloads.filter(({ fixedRatePerSec }) => fixedRatePerSec !== null);
  assert.deepEqual(
    fixed.map(({ id, fixedRatePerSec }) => [id, fixedRatePerSec]),
    [
      ['blog-post', 153],
      ['blog-post-auth', 27],
      ['blog-post-files', 126],
    ],
  );
  for (const { mix, fixedRatePerSec } of fixed) {
    assert.equal(
      Object.values(mix).reduce((sum, weight) => sum + weight, 0),
      fixedRatePerSec,
    );
  }
});

test('the rows that follow from the answers: each uncertain write may or may not have happened', () => {
  const invariant = service.database?.invariants.find(({ id }) => id === 'files-are-those-acknowledged');
  assert.deepEqual(invariant?.expected(10_200, { createdCount: 7, deletedCount: 4, uncertainCount: 2 }), {
    minCount: 10_201,
    maxCount: 10_205,
  });
});
