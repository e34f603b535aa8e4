import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertAllowed, isLoopback } from '../../src/cli/load-limits.ts';
import { type LoadFlags, requestOf } from '../../src/cli/load-request.ts';
import type { Floor } from '../../src/report/floor.ts';

const flags: LoadFlags = {
  ...{ rate: 1_000, duration: 10, arrivals: 'constant', connections: 50, threads: 1, timeout: 10, warmup: 0, seed: 1 },
  firstLook: true,
};
const floor: Floor = {
  machineId: 'm',
  startedAt: '2026-11-01T00:00:00.000Z',
  rows: [],
  highestRatePerSec: 30_000,
  isLimit: true,
};
const ask = (part: Partial<LoadFlags>, url = 'http://localhost:80/') => requestOf(url, { ...flags, ...part });

test('what the machine kept when it was calibrated is the limit, named with its date', async () => {
  assertAllowed(await ask({ rate: 30_000 }), floor, []);
  const beyond = await ask({ rate: 1e9 });
  assert.throws(() => assertAllowed(beyond, floor, []), /the 30000\/s that this machine kept .*\(2026-11-01\)/);
  assertAllowed(beyond, floor, ['rate']);
});

test('a machine that was never calibrated has a limit too', async () => {
  assertAllowed(await ask({ rate: 20_000 }), null, []);
  await assert.rejects(async () => assertAllowed(await ask({ rate: 20_001 }), null, []), /never calibrated/);
});

test('a ladder that ended while every rate was kept says nothing of a limit', async () => {
  const short = { ...floor, highestRatePerSec: 100, isLimit: false };
  assertAllowed(await ask({ rate: 5_000 }), short, []);
});

test('one allowance does not lift another limit', async () => {
  const far = await ask({ duration: 4_000 }, 'http://192.0.2.7/');
  assert.throws(() => assertAllowed(far, floor, ['duration']), /192\.0\.2\.7 is not this machine/);
  assertAllowed(far, floor, ['duration', 'remote']);
});

test('only this machine is loopback', () => {
  for (const host of ['localhost', 'a.localhost', '127.0.0.1', '127.9.9.9', '::1']) assert.ok(isLoopback(host), host);
  for (const host of ['128.0.0.1', 'localhost.example', '127.0.0.1.example', '::2']) assert.ok(!isLoopback(host), host);
});

test('a body makes it a POST, and a literal IPv6 address loses its brackets', async () => {
  const { spec, host } = await ask({ body: 'x' }, 'http://[::1]:80/');
  assert.equal(spec.method, 'POST');
  assert.equal(host, '::1');
});
