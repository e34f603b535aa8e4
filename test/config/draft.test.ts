import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { draftConfig } from '../../src/config/draft.ts';
import { configSchema } from '../../src/config/schema.ts';

function folderWith(t: TestContext, files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'paceline-draft-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

async function drafted(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  more: { openapi?: string; url?: string } = {},
) {
  const folder = folderWith(t, files);
  const openapiPath = more.openapi === undefined ? null : join(folder, more.openapi);
  const draft = await draftConfig({ folder, asJson: true, openapiPath, harPath: null, url: more.url ?? null });
  return { ...draft, config: configSchema.parse(JSON.parse(draft.text)) };
}

test('what is found in a folder says how the service is built and started', async (t) => {
  const commandOf = async (files: Readonly<Record<string, string>>) => (await drafted(t, files)).config.targets[0];
  assert.equal((await commandOf({ 'go.mod': 'module x' }))?.build, 'go build -o {build}/server .');
  const node = await commandOf({ 'package.json': '{"scripts":{"start":"node a.js","build":"tsc"}}' });
  assert.deepEqual([node?.command, node?.build], ['node a.js', 'npm ci && npm run build']);
  assert.match(
    String((await commandOf({ 'requirements.txt': 'flask', 'app.py': '' }))?.command),
    /gunicorn .* app:app$/,
  );
  assert.match(String((await commandOf({ 'Cargo.toml': '' }))?.command), /\{build\}\/release\//);
  assert.match((await drafted(t, {})).open.join(), /say in `command`/);
});

test('a URL gives the one request, and the port of a service that cannot be told one', async (t) => {
  const { config } = await drafted(t, {}, { url: 'http://127.0.0.1:8080/items?limit=5' });
  assert.equal(config.requests[0]?.path, '/items?limit=5');
  assert.equal(config.targets[0]?.port, 8080);
  await assert.rejects(drafted(t, {}, { url: 'ftp://x' }), /no http URL/);
});

const description = (paths: object, more: object = {}) =>
  JSON.stringify({ openapi: '3.0.3', info: { title: 't', version: '1' }, paths, ...more });
const ok = { responses: { 201: { description: 'made' } } };

test('an OpenAPI description gives its operations; what writes has weight 0', async (t) => {
  const id = { name: 'item-id', in: 'path', required: true, schema: { type: 'integer', minimum: 5, maximum: 9 } };
  const body = { content: { 'application/json': { schema: { $ref: '#/components/schemas/Item' } } } };
  const Item = {
    type: 'object',
    required: ['name'],
    properties: { name: { type: 'string', example: 'n' }, x: { type: 'integer' } },
  };
  const text = description(
    {
      '/items/{item-id}': { parameters: [id], get: { responses: { 200: { description: 'it' } } } },
      '/items': { post: { ...ok, requestBody: body } },
    },
    { components: { schemas: { Item } } },
  );
  const { config, open } = await drafted(t, { 'api.json': text }, { openapi: 'api.json' });
  const [read, create] = config.requests;
  assert.equal(read?.path, '/items/{item_id}');
  assert.deepEqual(read?.params, { item_id: { int: [5, 9] } });
  assert.deepEqual(
    [create?.method, create?.weight, create?.json, create?.expect.status],
    ['POST', 0, { name: 'n' }, 201],
  );
  assert.match(open.join(), /weight 0/);
});

test('a path that cannot be sent as it stands is written percent-encoded', async (t) => {
  const text = description({ '/größe in m/{a b}': { get: { responses: { 200: { description: 'it' } } } } });
  const { config } = await drafted(t, { 'api.json': text }, { openapi: 'api.json' });
  assert.equal(config.requests[0]?.path, '/gr%C3%B6%C3%9Fe%20in%20m/{a%20b}');
});

test('a description that cannot be used is told with its reason', async (t) => {
  const from = (text: string) => drafted(t, { 'api.json': text }, { openapi: 'api.json' });
  await assert.rejects(
    from(JSON.stringify({ swagger: '2.0', info: { title: 't', version: '1' }, paths: {} })),
    /OpenAPI 2\.0/,
  );
  await assert.rejects(from(description({ '/a': { get: { $ref: '#/nowhere' } } })), /cannot be used: .*nowhere/s);
  await assert.rejects(from(description({})), /describes no operation/);
  await assert.rejects(from('{'), /cannot be used/);
  await assert.rejects(drafted(t, {}, { openapi: 'none.json' }), /cannot be used/);
  const folder = folderWith(t, { 'api.json': '{' });
  const openapiPath = join(folder, 'api.json');
  truncateSync(openapiPath, 4 * 2 ** 30);
  const large = draftConfig({ folder, asJson: true, openapiPath, harPath: null, url: null });
  await assert.rejects(large, /4096 MiB large, more than 64/);
});

test('a reference to another host is not followed', async (t) => {
  const { createServer } = await import('node:http');
  let askedCount = 0;
  const server = createServer((_, response) => {
    askedCount += 1;
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const text = description({ '/a': { $ref: `http://127.0.0.1:${port}/x.json` } });
  await assert.rejects(drafted(t, { 'api.json': text }, { openapi: 'api.json' }), /cannot be used/);
  assert.equal(askedCount, 0);
});
