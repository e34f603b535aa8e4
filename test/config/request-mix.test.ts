import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWorkload, type MixRequest, type RequestMix } from '../../src/config/request-mix.ts';
import type { WorkloadRequest, WorkloadResponse } from '../../src/model/workload.ts';

const plain: MixRequest = {
  ...{ name: 'one', method: 'GET', path: '/', headers: {}, body: null, params: {}, weight: 1 },
  ...{ statuses: null, expected: {}, captures: {} },
};

function mixOf(requests: readonly Partial<MixRequest>[], setUp: readonly Partial<MixRequest>[] = []): RequestMix {
  const whole = (one: Partial<MixRequest>) => ({ ...plain, ...one });
  return { service: 'shop', description: 'a mix', setUp: setUp.map(whole), requests: requests.map(whole) };
}

const context = { seed: 7, ratePerSec: 1, timeoutMs: 1_000, nowNs: () => 0 };

function answer(status: number, body: unknown = '', headers: Readonly<Record<string, string>> = {}): WorkloadResponse {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, header: (name) => headers[name] ?? null, body: new TextEncoder().encode(text) };
}

function paths(mix: RequestMix, count: number, setUp?: unknown): (string | null)[] {
  const session = createWorkload(mix).open({ ...context, setUp });
  return Array.from({ length: count }, () => session.next()?.request.path ?? null);
}

function complaint(request: Partial<MixRequest>, response: WorkloadResponse): string | null {
  const operation = createWorkload(mixOf([request]))
    .open(context)
    .next();
  return operation?.check(response) ?? null;
}

test('the same seed draws the same requests', () => {
  const mix = mixOf([{ path: '/{a}', params: { a: { kind: 'int', low: 1, high: 1_000_000 } } }]);
  assert.deepEqual(paths(mix, 20), paths(mix, 20));
  assert.ok(new Set(paths(mix, 20)).size > 15);
});

test('parameters keep to what they say', () => {
  const drawn = (parameter: MixRequest['params'][string], count = 2_000) =>
    paths(mixOf([{ path: '/{a}', params: { a: parameter } }]), count).map((path) => String(path).slice(1));
  const numbers = drawn({ kind: 'int', low: 3, high: 5 }).map(Number);
  assert.deepEqual([...new Set(numbers)].sort(), [3, 4, 5]);
  assert.deepEqual(drawn({ kind: 'sequence', first: 8 }, 3), ['8', '9', '10']);
  assert.ok(
    drawn({ kind: 'uuid' }).every((id) => /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/.test(id)),
  );
  assert.deepEqual(new Set(drawn({ kind: 'list', values: ['a b', 'c/d'] })), new Set(['a%20b', 'c%2Fd']));
  const zipf = drawn({ kind: 'zipf', count: 100, exponent: 1, first: 10 }).map(Number);
  assert.ok(Math.min(...zipf) === 10 && Math.max(...zipf) <= 109);
  // The first of 100 has a share of 1 / H(100) = 19 %.
  const share = zipf.filter((value) => value === 10).length / zipf.length;
  assert.ok(share > 0.15 && share < 0.24, String(share));
});

test('weights decide how often a request is drawn, and none is never', () => {
  const all = paths(
    mixOf([
      { path: '/a', weight: 9 },
      { path: '/b', weight: 1, name: 'b' },
      { path: '/c', weight: 0, name: 'c' },
    ]),
    2_000,
  );
  const share = all.filter((path) => path === '/a').length / all.length;
  assert.ok(share > 0.86 && share < 0.94, String(share));
  assert.ok(!all.includes('/c'));
});

test('a body in JSON keeps numbers, and a text keeps what is no placeholder', () => {
  const params = { n: { kind: 'sequence', first: 5 } } as const;
  const bodyOf = (body: MixRequest['body']) => {
    const request = createWorkload(mixOf([{ method: 'POST', body, params }]))
      .open(context)
      .next()?.request;
    return { text: Buffer.from(request?.body ?? []).toString(), headers: request?.headers };
  };
  const json = bodyOf({ kind: 'json', value: { id: '{n}', name: 'n{n}', deep: [{ id: '{n}' }] } });
  assert.equal(json.text, '{"id":5,"name":"n5","deep":[{"id":5}]}');
  assert.deepEqual(json.headers, { 'content-type': 'application/json' });
  assert.equal(bodyOf({ kind: 'text', text: '{"a": {b}, "n": {n}}' }).text, '{"a": {b}, "n": 5}');
});

test('any 2xx is right unless the config says otherwise', () => {
  assert.equal(complaint({}, answer(204)), null);
  assert.equal(complaint({}, answer(404)), 'status 404 instead of a 2xx');
  assert.equal(complaint({ statuses: [201, 409] }, answer(409)), null);
  assert.equal(complaint({ statuses: [201, 409] }, answer(200)), 'status 200 instead of 201 or 409');
});

test('a redirect is not followed, and is told as one', () => {
  assert.match(complaint({}, answer(302)) ?? '', /redirects are not followed/);
  assert.equal(complaint({ statuses: [302] }, answer(302)), null);
});

test('a 401 to what was logged in with a captured token says that it may have expired', async () => {
  const mix = mixOf([{ headers: { authorization: 'Bearer {token}' } }]);
  const session = createWorkload(mix).open({ ...context, setUp: { token: ['t'] } });
  assert.match(session.next()?.check(answer(401)) ?? '', /may have expired/);
  assert.equal(complaint({}, answer(401)), 'status 401 instead of a 2xx');
});

test('values of the answer are compared by their path', () => {
  const expected = { 'items.1.id': 2, name: '{n}' };
  const params = { n: { kind: 'list', values: ['ann'] } } as const;
  const asked = { expected, params };
  assert.equal(complaint(asked, answer(200, { items: [{}, { id: 2 }], name: 'ann' })), null);
  assert.equal(complaint(asked, answer(200, { items: [{}, { id: 3 }], name: 'ann' })), 'items.1.id is not 2');
  assert.equal(complaint(asked, answer(200, { items: [], name: 'ann' })), 'the answer has nothing at items.1.id');
  assert.equal(
    complaint(asked, answer(200, 'hello', { 'content-type': 'text/html; x' })),
    'the body is no JSON (text/html, 5 bytes)',
  );
});

async function setUpWith(
  setUp: readonly Partial<MixRequest>[],
  respond: (request: WorkloadRequest) => WorkloadResponse,
): Promise<unknown> {
  return createWorkload(mixOf([{}], setUp)).setUp?.(async (request) => respond(request));
}

test('the set-up captures what later requests are made with', async () => {
  const mix = mixOf(
    [{ path: '/items/{id}', headers: { authorization: 'Bearer {token}' } }],
    [
      { method: 'POST', path: '/login', captures: { token: { kind: 'json', path: 'auth.token' } } },
      { path: '/list', headers: { authorization: '{token}' }, captures: { id: { kind: 'json', path: 'items.*.id' } } },
    ],
  );
  const workload = createWorkload(mix);
  const seen: string[] = [];
  const found = await workload.setUp?.(async ({ path, headers }) => {
    seen.push(`${path} ${headers.authorization ?? '-'}`);
    return path === '/login' ? answer(200, { auth: { token: 'T' } }) : answer(200, { items: [{ id: 4 }, { id: 5 }] });
  });
  assert.deepEqual(seen, ['/login -', '/list T']);
  const session = workload.open({ ...context, setUp: found });
  const drawn = Array.from({ length: 30 }, () => session.next()?.request);
  assert.deepEqual(new Set(drawn.map((request) => request?.path)), new Set(['/items/4', '/items/5']));
  assert.equal(drawn[0]?.headers.authorization, 'Bearer T');
});

test('a set-up that captures nothing, or is answered wrongly, says which request', async () => {
  const capture = (kind: MixRequest['captures'][string]) => [
    { name: 'log-in', path: '/login', captures: { token: kind } },
  ];
  const json = capture({ kind: 'json', path: 'token' });
  await assert.rejects(
    setUpWith(json, () => answer(200, { other: 1 })),
    /log-in: GET \/login: capture "token": the answer has nothing at token/,
  );
  await assert.rejects(
    setUpWith(json, () => answer(200, 'x')),
    /the body is no JSON/,
  );
  await assert.rejects(
    setUpWith(json, () => answer(500)),
    /status 500 instead of a 2xx/,
  );
  const header = capture({ kind: 'header', header: 'Location', match: '(\\d+)$' });
  await assert.rejects(
    setUpWith(header, () => answer(201)),
    /has no header Location/,
  );
  await assert.rejects(
    setUpWith(header, () => answer(201, '', { location: '/a' })),
    /does not match/,
  );
  assert.deepEqual(await setUpWith(header, () => answer(201, '', { location: '/a/17' })), { token: ['17'] });
});

test('a captured value never becomes a line of the request', () => {
  const setUp = { token: ['a\r\nx-b: 1', 'ü✓'] };
  const session = createWorkload(mixOf([{ path: '/{token}', headers: { authorization: '{token}' } }])).open({
    ...context,
    setUp,
  });
  const drawn = Array.from({ length: 20 }, () => session.next()?.request.headers.authorization);
  assert.deepEqual(new Set(drawn), new Set(['a%0D%0Ax-b: 1', 'ü%E2%9C%93']));
});

test('what needs a value that no answer has given gives way, and a taken value is used once', () => {
  const captures = { id: { kind: 'json', path: 'id' } } as const;
  const mix = mixOf([
    { name: 'create', method: 'POST', path: '/items', captures, weight: 1 },
    {
      name: 'delete',
      method: 'DELETE',
      path: '/items/{gone}',
      params: { gone: { kind: 'captured', from: 'id', take: true } },
      weight: 1_000,
    },
  ]);
  const workload = createWorkload(mix);
  assert.equal(workload.isStateless, undefined);
  const session = workload.open(context);
  const first = session.next();
  assert.equal(first?.name, 'create');
  first?.check(answer(201, { id: 9 }));
  assert.equal(session.next()?.request.path, '/items/9');
  assert.equal(session.next()?.name, 'create');
});

test('only what looks at bodies keeps them, and only what captures needs one thread', () => {
  const stateless = createWorkload(mixOf([{}]));
  assert.equal(stateless.ignoresBodies, true);
  assert.equal(stateless.isStateless, true);
  assert.equal(createWorkload(mixOf([{ expected: { a: 1 } }])).ignoresBodies, undefined);
});
