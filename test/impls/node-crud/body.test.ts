import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createApp } from '../../../impls/_node/crud/app.ts';
import { isJson, isMediaType, jsonBody, rawBody } from '../../../impls/_node/crud/body.ts';
import { credentialsBody, newUserBody } from '../../../impls/_node/crud/schemas.ts';

async function appWithRoutes() {
  const app = createApp('error');
  app.post('/json', { ...jsonBody, schema: { body: newUserBody } }, async () => ({ ok: true }));
  app.post('/log-in', { ...jsonBody, schema: { body: credentialsBody } }, async () => ({ ok: true }));
  app.post('/raw', rawBody, async (request) => request.body);
  app.get('/things/:id', async () => ({ ok: true }));
  app.put('/things/:id', async () => ({ ok: true }));
  await app.ready();
  return app;
}

const app = await appWithRoutes();

async function post(url: string, payload: string | Buffer, contentType: string | undefined = 'application/json') {
  const { statusCode, headers, json } = await app.inject({
    method: 'POST',
    url,
    payload,
    headers: { 'content-type': contentType },
  });
  return { status: statusCode, type: statusCode < 400 ? headers['content-type'] : json().type.split(':').at(-1) };
}

const refused: [why: string, body: string | Buffer, status: number][] = [
  ['an empty body', '', 400],
  ['half a JSON value', '{"name":', 400],
  ['a byte order mark', '\ufeff{}', 400],
  ['JSON that is not UTF-8', Buffer.from('{"name":"\xff"}', 'latin1'), 400],
  ['a body above 65,536 bytes', ' '.repeat(65_537), 413],
  ['null', 'null', 422],
  ['an array', '[]', 422],
  ['a missing key', '{"name":"alice"}', 422],
  ['an unknown key', '{"name":"alice","password":"12345678","x":1}', 422],
  ['__proto__', '{"name":"alice","password":"12345678","__proto__":1}', 422],
  ['a key in another case', '{"Name":"alice","password":"12345678"}', 422],
  ['a number for a string', '{"name":"alice","password":12345678}', 422],
  ['a name with a line end', '{"name":"alice\\n","password":"12345678"}', 422],
  ['seven characters of two UTF-16 units each', `{"name":"alice","password":"${'😀'.repeat(7)}"}`, 422],
];

for (const [why, body, status] of refused) {
  test(`${why} is refused with ${status}`, async () => assert.equal((await post('/json', body)).status, status));
}

test('exactly the listed keys are accepted', async () => {
  assert.equal((await post('/json', `{"name":"a-b_c.9","password":"${'😀'.repeat(128)}"}`)).status, 200);
  assert.equal((await post('/log-in', '{"name":"ANY","password":"x"}')).status, 200);
});

test('the media type is refused before the size, the size before the text', async () => {
  assert.deepEqual(await post('/json', ' '.repeat(65_537), 'text/plain'), {
    status: 415,
    type: 'unsupported-media-type',
  });
  assert.deepEqual(await post('/json', '{'.repeat(65_537)), { status: 413, type: 'content-too-large' });
});

test('a raw body comes through untouched, JSON too', async () => {
  const bytes = Buffer.from([0x7b, 0xff, 0x00]);
  const answer = await app.inject({
    method: 'POST',
    url: '/raw',
    payload: bytes,
    headers: { 'content-type': 'application/json' },
  });
  assert.deepEqual(answer.rawPayload, bytes);
});

test('an unknown route is 404 whatever its body, and a known one has an Allow header', async () => {
  assert.equal((await post('/nothing', ' '.repeat(2_000_000), 'nonsense')).status, 404);
  assert.equal((await app.inject({ method: 'GET', url: '/things/' })).statusCode, 404);
  const answer = await app.inject({ method: 'DELETE', url: '/things/1?x=y' });
  assert.deepEqual([answer.statusCode, answer.headers.allow], [405, 'GET, PUT']);
});

test('a problem has the members of RFC 9457 and its own media type', async () => {
  const answer = await app.inject({ method: 'GET', url: '/nothing' });
  assert.equal(answer.headers['content-type'], 'application/problem+json');
  assert.deepEqual(Object.keys(answer.json()), ['type', 'title', 'status', 'detail']);
});

const good = [
  'text/plain',
  'Application/Vnd.X+json',
  'text/plain;charset=utf-8',
  'text/plain \t; charset=utf-8 ; a=b',
  'a/b; c="d; e, \\" \\\\ f"',
  'a/b; c=""',
  `a/${'b'.repeat(125)}`,
];

const bad = [
  '',
  'text',
  'text/',
  '/plain',
  'text/plain;',
  'text/plain; charset',
  'text/plain; charset=',
  'text/plain; charset =utf-8',
  'text/plain; a="b',
  'text/plain; a="\u00e9"',
  'text/plain, text/html',
  'te xt/plain',
  'text/plain/x',
  `a/${'b'.repeat(126)}`,
];

for (const text of good) {
  test(`${text} is a media type`, () => assert.equal(isMediaType(text), true));
}

for (const text of bad) {
  test(`"${text}" is no media type`, () => assert.equal(isMediaType(text), false));
}

test('JSON is recognized by type and subtype alone, in any case', () => {
  assert.deepEqual(['application/json', 'APPLICATION/JSON; charset=utf-8'].map(isJson), [true, true]);
  assert.deepEqual(['application/json5', 'text/json', 'application/json;', ''].map(isJson), [
    false,
    false,
    false,
    false,
  ]);
});
