import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { draftConfig } from '../../src/config/draft.ts';
import { configSchema } from '../../src/config/schema.ts';

interface Recorded {
  readonly method?: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: readonly [type: string, text: string];
  readonly status?: number;
}

function har(...entries: readonly Recorded[]): string {
  const recorded = entries.map(({ method = 'GET', url, headers = {}, body, status = 200 }) => ({
    request: {
      ...{ method, url, headers: Object.entries(headers).map(([name, value]) => ({ name, value })) },
      ...(body === undefined ? {} : { postData: { mimeType: body[0], text: body[1] } }),
    },
    response: { status },
  }));
  return JSON.stringify({ log: { version: '1.2', entries: recorded } });
}

async function drafted(t: TestContext, text: string | null, url: string | null = null) {
  const folder = mkdtempSync(join(tmpdir(), 'paceline-har-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const harPath = join(folder, 'recording.har');
  if (text !== null) writeFileSync(harPath, text);
  const draft = await draftConfig({ folder, asJson: true, openapiPath: null, harPath, url });
  return { ...draft, said: draft.open.join('\n'), config: configSchema.parse(JSON.parse(draft.text)) };
}

const shop = 'https://shop.example';

test('alike requests of a recording are one, as heavy as they were often', async (t) => {
  const text = har(
    { url: `${shop}/items/7?page=1` },
    { url: `${shop}/items/9?page=2` },
    { url: `${shop}/` },
    { url: `${shop}/old`, status: 302 },
  );
  const { config } = await drafted(t, text);
  const [items, root, old] = config.requests;
  assert.equal(items?.path, '/items/{id2}?page={page}');
  assert.deepEqual(items?.params, { id2: { list: ['7', '9'] }, page: { list: ['1', '2'] } });
  assert.equal(items?.weight, 2);
  assert.deepEqual([root?.path, root?.weight], ['/', 1]);
  assert.equal(old?.expect.status, 302);
});

test('requests of other hosts are left out and counted; --url names another host to take', async (t) => {
  const text = har(
    { url: `${shop}/a` },
    { url: `${shop}/b` },
    { url: 'https://ads.example/x' },
    { url: 'ws://shop.example/s' },
  );
  const { config, said } = await drafted(t, text);
  assert.deepEqual(
    config.requests.map(({ path }) => path),
    ['/a', '/b'],
  );
  assert.match(said, /1 request to ads\.example; 1 request to ws: URL/);
  assert.equal((await drafted(t, text, 'https://ads.example')).config.requests[0]?.path, '/x');
  await assert.rejects(drafted(t, text, 'https://none.example'), /no request to none\.example/);
});

test('no secret of a recording is written: its place is taken by a variable of the environment', async (t) => {
  const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl';
  const headers = {
    ...{ Authorization: 'Bearer tok-abcdef', Cookie: 'sid=cookie-value-1; theme=x', 'X-Api-Key': 'key-123456' },
    ...{ Accept: 'application/json', 'User-Agent': 'browser', 'X-Tenant': 'tenant-secret' },
  };
  const login = JSON.stringify({
    user: 'ann',
    password: 'hunter2',
    author: 'bob',
    nested: { refreshToken: 17, note: jwt },
  });
  const text = har(
    { url: `${shop}/a?access_token=tok-in-query&q=cookie-value-1`, headers },
    { url: `${shop}/files/tok-abcdef`, headers },
    {
      method: 'POST',
      url: `${shop}/login`,
      headers: { 'content-type': 'application/json' },
      body: ['application/json', login],
    },
    { method: 'POST', url: `${shop}/form`, body: ['application/x-www-form-urlencoded', 'user=ann&password=hunter2'] },
  );
  const draft = await drafted(t, text);
  for (const secret of ['tok-', 'cookie-value', 'key-123456', 'tenant-secret', 'hunter2', jwt, '17'])
    assert.ok(!draft.text.includes(secret), `${secret} in ${draft.text}`);
  const [first, file, posted, form] = draft.config.requests;
  assert.deepEqual(first?.headers, {
    authorization: 'Bearer {env:AUTHORIZATION}',
    cookie: '{env:COOKIE}',
    'x-api-key': '{env:X_API_KEY}',
    accept: 'application/json',
    'x-tenant': '{env:X_TENANT}',
  });
  assert.equal(first?.path, '/a?access_token={env:ACCESS_TOKEN}&q={env:COOKIE}');
  assert.equal(file?.path, '/files/{env:AUTHORIZATION}');
  assert.deepEqual(posted?.json, {
    ...{ user: 'ann', password: '{env:PASSWORD}', author: 'bob' },
    nested: { refreshToken: '{env:REFRESHTOKEN}', note: '{env:TOKEN}' },
  });
  assert.equal(form?.body, 'user=ann&password={env:PASSWORD}');
  assert.deepEqual([posted?.weight, form?.weight], [0, 0]);
  assert.match(
    draft.said,
    /set ACCESS_TOKEN, AUTHORIZATION, COOKIE, PASSWORD, REFRESHTOKEN, TOKEN, X_API_KEY, X_TENANT/,
  );
});

test('what cannot be repeated is left out with its reason', async (t) => {
  const text = har(
    { url: `${shop}/` },
    { url: `${shop}/missing`, status: 404 },
    { url: `${shop}/aborted`, status: 0 },
    { method: 'CONNECT', url: `${shop}/x` },
    { method: 'POST', url: `${shop}/up`, body: ['multipart/form-data; boundary=x', '--x'] },
    { method: 'POST', url: `${shop}/bad`, body: ['application/json', '{'] },
    { url: `${shop}/t/%7Bname%7D` },
  );
  const { config, said } = await drafted(t, text);
  assert.equal(config.requests.length, 1);
  for (const why of [
    /answered with 404/,
    /never answered/,
    /method CONNECT/,
    /body of multipart/,
    /body that is no JSON/,
    /name in braces/,
  ])
    assert.match(said, why);
  await assert.rejects(drafted(t, har({ url: `${shop}/`, status: 500 })), /none of its requests/);
});

test('a recording that cannot be used is told with its line, and one of 4 GB is refused before it is read', async (t) => {
  await assert.rejects(drafted(t, '{\n  "log": {\n    "entries": [}\n'), /line 3:/);
  await assert.rejects(drafted(t, '{\n  "log": {"entries": [\n'), /line 2:/);
  await assert.rejects(drafted(t, '{"log": {}}'), /log\.entries/);
  await assert.rejects(drafted(t, har()), /no request to any host/);
  await assert.rejects(drafted(t, null), /cannot be read \(ENOENT\)/);
  const folder = mkdtempSync(join(tmpdir(), 'paceline-har-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const harPath = join(folder, 'large.har');
  writeFileSync(harPath, '');
  truncateSync(harPath, 4 * 2 ** 30);
  const large = draftConfig({ folder, asJson: true, openapiPath: null, harPath, url: null });
  await assert.rejects(large, /4096 MiB large, more than 256/);
});
