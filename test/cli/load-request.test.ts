import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LoadFlags, requestOf } from '../../src/cli/load-request.ts';

const flags: LoadFlags = {
  ...{ rate: 10, duration: 10, arrivals: 'constant', connections: 50, threads: 1, timeout: 10, warmup: 0, seed: 1 },
  firstLook: true,
};
const ask = (part: Partial<LoadFlags>, url = 'http://localhost:80/') => requestOf(url, { ...flags, ...part });
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
  assert.equal((await ask({ rate: 0.01, duration: 0.1 })).profile.measureMs, 100);
});

test('a path is encoded as in a browser, and a fragment stays here', async () => {
  const { spec, origin } = await ask({}, 'http://localhost:81/a%20b/ü//x?q=ä b&c=%2F#part');
  assert.equal(spec.path, '/a%20b/%C3%BC//x?q=%C3%A4%20b&c=%2F');
  assert.equal(origin, 'http://localhost:81');
});
