import { defineConfig } from 'paceline';

// One service under one server with one, two and four workers.
const gunicorn = (workers: number) => `{build}/bin/gunicorn --bind {host}:{port} --workers ${workers} httpbin:app`;

export default defineConfig({
  service: 'httpbin',
  targets: [
    {
      name: 'workers-1',
      build: 'python3 -m venv {build} && {build}/bin/pip install --quiet -r requirements.txt',
      command: gunicorn(1),
      ready: { path: '/status/200', timeoutSec: 60 },
      sources: ['requirements.txt'],
      runtime: { name: 'python3', versionCommand: ['python3', '--version'] },
    },
    { name: 'workers-2', extends: 'workers-1', command: gunicorn(2) },
    { name: 'workers-4', extends: 'workers-1', command: gunicorn(4) },
  ],
  requests: [
    { path: '/get?n={n}', params: { n: { zipf: 1000 } }, expect: { json: { 'args.n': '{n}' } }, weight: 3 },
    { path: '/bytes/{size}', params: { size: { list: [16, 1024, 16384] } } },
    { path: '/redirect-to?url=/get', expect: { status: 302 } },
  ],
  load: { rates: [25], trials: 3, durationSec: 5, warmupCount: 100 },
});
