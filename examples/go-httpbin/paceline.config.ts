import { defineConfig } from 'paceline';

const build = (version: string) =>
  `GOBIN={build} GOFLAGS=-mod=mod go install github.com/mccutchen/go-httpbin/v2/cmd/go-httpbin@${version}`;

// Two versions of a service, and one of them with another setting of its garbage collector: three rows of one table.
export default defineConfig({
  service: 'go-httpbin',
  targets: [
    {
      name: 'head',
      build: build('v2.26.0'),
      command: '{build}/go-httpbin -host {host} -port {port}',
      ready: { path: '/status/200' },
      sources: ['paceline.config.ts'],
      runtime: { name: 'go', versionCommand: ['go', 'version'] },
    },
    { name: 'base', extends: 'head', build: build('v2.23.1') },
    { name: 'head-gogc50', extends: 'head', env: { GOGC: '50' } },
  ],
  requests: [
    { path: '/get?n={n}', params: { n: { int: [1, 1000] } }, expect: { json: { 'args.n.0': '{n}' } }, weight: 6 },
    { path: '/uuid', weight: 2 },
    { path: '/status/{code}', params: { code: { list: [200, 201, 204] } } },
    {
      method: 'POST',
      path: '/post',
      json: { n: '{n}' },
      params: { n: { sequence: 1 } },
      expect: { json: { 'json.n': '{n}' } },
    },
  ],
  load: { rates: [100], trials: 3, durationSec: 5, warmupCount: 300 },
});
