import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { parse } from 'yaml';
import { draftConfig } from '../../src/config/draft.ts';
import { findProject, openProject } from '../../src/config/find-project.ts';
import { configSchema } from '../../src/config/schema.ts';
import { damaged } from './damage.ts';
import type { Reader } from './reader.ts';

const ok = { 200: { description: 'ok' } };
const small = {
  openapi: '3.0.3',
  info: { title: 't', version: '1' },
  security: [{ bearer: [] }],
  paths: {
    '/items/{item-id}': {
      parameters: [
        { name: 'item-id', in: 'path', required: true, schema: { type: 'integer', minimum: 5, maximum: 9 } },
      ],
      get: { operationId: 'read', responses: ok },
      delete: { responses: { 204: { description: 'gone' } } },
    },
    '/items': {
      get: {
        parameters: [
          { name: 'q', in: 'query', required: true, schema: { type: 'string', enum: ['a', 'b'] } },
          { name: 'since', in: 'query', required: true, schema: { type: 'string', format: 'uuid' }, example: 'x' },
          { name: 'x-trace', in: 'header', schema: { type: 'boolean' } },
        ],
        responses: ok,
      },
      post: {
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Item' } } } },
        responses: { 201: { description: 'made' } },
      },
    },
  },
  components: {
    securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    schemas: {
      Item: {
        type: 'object',
        required: ['name'],
        properties: {
          ...{
            name: { type: 'string', example: 'n' },
            count: { type: 'integer', minimum: 3 },
            at: { format: 'date-time' },
          },
          ...{ tags: { type: 'array', items: { type: 'string' } }, parent: { $ref: '#/components/schemas/Item' } },
          size: { oneOf: [{ type: 'number', default: 1.5 }, { type: 'string' }] },
        },
      },
    },
  },
};
const own: unknown = parse(readFileSync(resolve(import.meta.dirname, '../../bench/crud/openapi.yaml'), 'utf8'));

/** `init --openapi` and `--har`: what is accepted becomes a config that is accepted, as JSON and as TypeScript, and runs nothing. */
async function draft(input: Buffer, folder: string, source: 'openapiPath' | 'harPath'): Promise<void> {
  const path = join(folder, 'source.json');
  writeFileSync(path, input);
  const asked = { folder, openapiPath: null, harPath: null, url: null, [source]: path };
  const { text } = await draftConfig({ ...asked, asJson: true });
  assert.ok(configSchema.safeParse(JSON.parse(text)).success, 'the drafted config is refused');
  const typed = (await draftConfig({ ...asked, asJson: false })).text;
  assert.deepEqual(evaluated(typed), JSON.parse(text));
  writeFileSync(join(folder, 'paceline.config.json'), text);
  // What may be a secret is asked of the environment: every variable is there.
  await openProject(findProject(folder), new Proxy({}, { get: (_, name) => `value of ${String(name)}` }));
}

const openapi: Reader = {
  id: 'openapi',
  inputs: damaged([small, small, small, small, own]),
  count: 20,
  read: (input, folder) => draft(input, folder, 'openapiPath'),
};

const recorded = (method: string, url: string, more: object = {}) => ({
  request: { method, url, headers: [{ name: 'authorization', value: 'Bearer abc' }], ...more },
  response: { status: 200 },
});
const recording = {
  log: {
    entries: [
      recorded('GET', 'http://shop.example/items/1?page=2'),
      recorded('GET', 'http://shop.example/items/2?page=3'),
      recorded('POST', 'http://shop.example/items', {
        postData: { mimeType: 'application/json', text: '{"name":"a"}' },
      }),
      recorded('POST', 'http://shop.example/log-in', {
        postData: { mimeType: 'text/plain', text: 'user=a&password=b' },
      }),
      recorded('GET', 'https://other.example/x.js'),
    ],
  },
};

const har: Reader = {
  id: 'har',
  inputs: damaged([recording]),
  count: 40,
  read: (input, folder) => draft(input, folder, 'harPath'),
};

export const draftReaders: readonly Reader[] = [openapi, har];

/** What the module exports, in a world where nothing can be reached. */
function evaluated(typed: string): unknown {
  const script = typed
    .replace("import { defineConfig } from 'paceline';", '')
    .replace('export default defineConfig(', 'JSON.stringify(');
  return JSON.parse(runInContext(script, createContext(Object.create(null)), { timeout: 5_000 }) as string);
}
