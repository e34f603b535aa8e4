import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Probe, searchCapacity } from '../../src/run/capacity-search.ts';

/** A target that holds below `limit`, and a generator that can tell below `tellable`. */
function search(
  limit: number,
  { start = 10, least = 0.5, tellable = Number.POSITIVE_INFINITY, twist = (probe: Probe) => probe } = {},
) {
  const asked: number[] = [];
  const probe = async (ratePerSec: number): Promise<Probe> => {
    asked.push(ratePerSec);
    const status = ratePerSec > tellable ? 'unknown' : ratePerSec <= limit ? 'held' : 'failed';
    return twist({ ratePerSec, status, reason: `at ${ratePerSec}` });
  };
  return searchCapacity({ startRatePerSec: start, precisionRatio: 0.05, leastRatePerSec: least, probe }).then(
    (capacity) => ({
      capacity,
      asked,
    }),
  );
}

test('the greatest rate that holds is found within 5 %, wherever the search starts', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.double({ min: 1, max: 1e5, noNaN: true }),
      fc.double({ min: 0.5, max: 1e5, noNaN: true }),
      async (limit, start) => {
        const { capacity, asked } = await search(limit, { start });
        assert.equal(capacity.status, 'found');
        const { ratePerSec } = capacity as { ratePerSec: number };
        // Rates are rounded to three digits.
        assert.ok(ratePerSec <= limit * 1.006 && ratePerSec >= limit / 1.06, `${ratePerSec} for ${limit}`);
        assert.ok(asked.length < 60);
      },
    ),
    { numRuns: 200 },
  );
});

test('what is found was held three times, and a tenth more failed', async () => {
  const { capacity, asked } = await search(330);
  assert.ok(capacity.status === 'found');
  assert.ok(asked.filter((rate) => rate === capacity.ratePerSec).length >= 3);
  assert.ok(asked.filter((rate) => rate === capacity.failedRatePerSec).length >= 2);
  assert.ok(capacity.failedRatePerSec / capacity.ratePerSec > 1.09);
});

test('where the generator cannot tell, the target is never said to have failed', async () => {
  const { capacity } = await search(1e9, { tellable: 500 });
  assert.ok(capacity.status === 'at-least');
  assert.ok(capacity.ratePerSec <= 500 && capacity.ratePerSec > 440, `${capacity.ratePerSec}`);
  assert.equal((await search(100, { tellable: 0.1 })).capacity.status, 'unknown');
});

test('a start at which the generator cannot tell is followed by lower ones', async () => {
  const { capacity } = await search(1e9, { start: 8_000, tellable: 500 });
  assert.ok(capacity.status === 'at-least');
  assert.ok(capacity.ratePerSec <= 500 && capacity.ratePerSec > 440, `${capacity.ratePerSec}`);
  const told = await search(300, { start: 8_000, tellable: 500 });
  assert.equal(told.capacity.status, 'found');
});

test('no rate below the least is asked for', async () => {
  const { capacity, asked } = await search(0, { start: 100, least: 20 });
  assert.deepEqual(asked, [100, 50, 25]);
  assert.deepEqual(capacity, { status: 'below', ratePerSec: 25, reason: 'at 25' });
});

test('one unknown probe is done again', async () => {
  let isFirst = true;
  const { capacity } = await search(100, {
    twist: (probe) => {
      const outcome: Probe = isFirst ? { ...probe, status: 'unknown' } : probe;
      isFirst = false;
      return outcome;
    },
  });
  assert.equal(capacity.status, 'found');
});

test('a target that holds no rate is below the lowest, one that holds only once is unconfirmed', async () => {
  assert.equal((await search(0.1)).capacity.status, 'below');
  const seen = new Set<number>();
  const { capacity } = await search(100, {
    twist: (probe) => {
      if (probe.status !== 'held' || !seen.has(probe.ratePerSec)) {
        seen.add(probe.ratePerSec);
        return probe;
      }
      return { ...probe, status: 'failed' };
    },
  });
  assert.equal(capacity.status, 'unconfirmed');
});
