import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertAllowed, type LoadFlags, loadRequestOf } from '../../src/cli/load-request.ts';
import { isThisMachine } from '../../src/os/this-machine.ts';
import type { Baseline } from '../../src/report/baseline.ts';

const limitFlags: LoadFlags = {
  ...{ rate: 1_000, duration: 10, arrivals: 'constant', connections: 50, threads: 1, timeout: 10, warmup: 0, seed: 1 },
};
const floor: Baseline = {
  machineId: 'm',
  startedAt: '2026-11-01T00:00:00.000Z',
  rows: [],
  highestRatePerSec: 30_000,
  isLimit: true,
};
const askWithLimits = (part: Partial<LoadFlags>, url = 'http://localhost:80/') =>
  loadRequestOf(url, { ...limitFlags, ...part });

test('what the machine sustained when it was calibrated is the limit, named with its date', async () => {
  assertAllowed(await askWithLimits({ rate: 30_000 }), floor, []);
  const beyond = await askWithLimits({ rate: 1e9 });
  assert.throws(() => assertAllowed(beyond, floor, []), /the 30000\/s that this machine sustained .*\(2026-11-01\)/);
  assertAllowed(beyond, floor, ['rate']);
});

test('a machine that was never calibrated has a limit too', async () => {
  assertAllowed(await askWithLimits({ rate: 20_000 }), null, []);
  await assert.rejects(async () => assertAllowed(await askWithLimits({ rate: 20_001 }), null, []), /never calibrated/);
});

test('a ladder that ended while every rate was kept says nothing of a limit', async () => {
  const short = { ...floor, highestRatePerSec: 100, isLimit: false };
  assertAllowed(await askWithLimits({ rate: 5_000 }), short, []);
});

test('one allowance does not lift another limit', async () => {
  const far = await askWithLimits({ duration: 4_000 }, 'http://192.0.2.7/');
  assert.throws(() => assertAllowed(far, floor, ['duration']), /192\.0\.2\.7 is not this machine/);
  assertAllowed(far, floor, ['duration', 'remote']);
});

test('this machine is known by every way to write its addresses', () => {
  for (const host of [
    'localhost',
    'a.localhost',
    '127.0.0.1',
    '127.9.9.9',
    '::1',
    '0.0.0.0',
    '::',
    '::ffff:7f00:1',
    '::ffff:127.0.0.1',
  ])
    assert.ok(isThisMachine(host), host);
  for (const host of ['128.0.0.1', 'localhost.example', '127.0.0.1.example', '::2', '0.0.0.1', '::ffff:8.8.8.8'])
    assert.ok(!isThisMachine(host), host);
});

test('a body makes it a POST, and a literal IPv6 address loses its brackets', async () => {
  const { spec, host } = await askWithLimits({ body: 'x' }, 'http://[::1]:80/');
  assert.equal(spec.method, 'POST');
  assert.equal(host, '::1');
});

const flags: LoadFlags = {
  ...{ rate: 10, duration: 10, arrivals: 'constant', connections: 50, threads: 1, timeout: 10, warmup: 0, seed: 1 },
};
const ask = (part: Partial<LoadFlags>, url = 'http://localhost:80/') => loadRequestOf(url, { ...flags, ...part });
const headersOf = async (...header: string[]) => (await ask({ header })).spec.headers;

test('a header given twice keeps both values', async () => {
  assert.deepEqual(await headersOf('X-A: 1', 'x-a: 2', 'Cookie: a=1', 'cookie: b=2'), {
    'x-a': '1, 2',
    cookie: 'a=1; b=2',
  });
});

test('a host can be given, once; what says where a message ends cannot', async () => {
  assert.deepEqual(await headersOf('Host: shop.example'), { host: 'shop.example' });
  await assert.rejects(headersOf('host: a', 'Host: b'), /"host" is given twice/);
  await assert.rejects(headersOf('Content-Length: 3'), /"Content-Length" is set by the transport/);
});

test('a header holds any byte but control characters; what is no byte is refused by its name', async () => {
  assert.deepEqual(await headersOf('x: caf\u00e9\t1', 'empty:'), { x: 'caf\u00e9\t1', empty: '' });
  for (const value of ['\u20ac 5', 'a\u0001b', 'a\u007fb'])
    await assert.rejects(headersOf(`price: ${value}`), /--header "price" holds a character that no header can carry/);
});

test('a load in which nothing would fall due is refused', async () => {
  await assert.rejects(ask({ rate: 0.01, duration: 0.1, arrivals: 'poisson' }), /no request falls due within 0\.1 s/);
  assert.equal((await ask({ rate: 0.01, duration: 0.1 })).loadPlan.measureMs, 100);
});

test('a path is encoded as in a browser, and a fragment stays here', async () => {
  const { spec, origin } = await ask({}, 'http://localhost:81/a%20b/ü//x?q=ä b&c=%2F#part');
  assert.equal(spec.path, '/a%20b/%C3%BC//x?q=%C3%A4%20b&c=%2F');
  assert.equal(origin, 'http://localhost:81');
});
