import { defineConfig } from 'paceline';

const build = (version: string) =>
  `GOBIN={build} GOFLAGS=-mod=mod go install miniflux.app/v2@${version} && mv {build}/miniflux.app {build}/miniflux`;
const basic = `Basic ${btoa('bench:bench-password')}`;
const headers = { 'x-auth-token': '{token}' };

// A feed reader on PostgreSQL, in two versions. It makes its own schema and its own rows: seed.mjs starts it once.
export default defineConfig({
  service: 'miniflux',
  targets: [
    {
      name: 'head',
      build: build('v2.3.5'),
      command: '{build}/miniflux',
      env: { LISTEN_ADDR: '{host}:{port}', DISABLE_SCHEDULER_SERVICE: '1', LOG_LEVEL: 'error' },
      ready: { path: '/healthcheck', status: 200 },
      sources: ['paceline.config.ts'],
      runtime: { name: 'go', versionCommand: ['go', 'version'] },
    },
    { name: 'base', extends: 'head', build: build('v2.3.3') },
  ],
  database: { kind: 'postgres', prepare: 'node seed.mjs v2.3.5' },
  setUp: [
    {
      method: 'POST',
      path: '/v1/api-keys',
      headers: { authorization: basic },
      json: { description: 'bench' },
      expect: { status: 201 },
      capture: { token: { json: 'token' } },
    },
    { path: '/v1/entries?limit=100', headers, capture: { entry: { json: 'entries.*.id' } } },
  ],
  requests: [
    { name: 'list', path: '/v1/entries?limit=20&order=id', headers, expect: { json: { total: 200 } }, weight: 4 },
    { name: 'read', path: '/v1/entries/{entry}', headers, expect: { json: { id: '{entry}' } }, weight: 6 },
    { name: 'feeds', path: '/v1/feeds', headers, expect: { json: { '0.title': 'Two hundred entries' } } },
    {
      name: 'mark',
      method: 'PUT',
      path: '/v1/entries',
      headers,
      json: { entry_ids: ['{entry}'], status: 'read' },
      expect: { status: 204 },
    },
    {
      name: 'category',
      method: 'POST',
      path: '/v1/categories',
      headers,
      json: { title: 'category {id}' },
      params: { id: { uuid: true } },
      expect: { status: 201 },
    },
  ],
  load: { rates: [50], trials: 3, durationSec: 5, warmupCount: 200 },
});
