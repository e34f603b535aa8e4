import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readSample, spentInWindow } from '../../src/cli/sample-file.ts';
import { draftConfig } from '../../src/config/draft.ts';
import { findProject, openProject } from '../../src/config/find-project.ts';
import { configSchema } from '../../src/config/schema.ts';
import { readLifecycleFile, readVectorFiles, readWireFile } from '../../src/conformance/vectors/contract-file.ts';
import { vectorFileSchema } from '../../src/conformance/vectors/vector.ts';
import { mergeInstances, readSummary } from '../../src/k6/merge.ts';
import { boundsMs, bucketName, outcomeName } from '../../src/k6/plan.ts';
import { implementationSchema } from '../../src/model/implementation.ts';
import { runResultSchema } from '../../src/model/run-result.ts';
import { parseJsonText } from '../../src/os/json-text.ts';
import { readResult } from '../../src/store/result-file.ts';
import { readWaivers } from '../../src/store/waiver-file.ts';
import { scanImplementations } from '../../src/target/manifest.ts';
import { scanRuntimes } from '../../src/target/runtimes.ts';
import { damaged } from './damage.ts';
import type { Reader } from './reader.ts';

const root = resolve(import.meta.dirname, '..', '..');
const parsed = (path: string) => parseJsonText(readFileSync(path, 'utf8'));

function filesIn(folder: string, isWanted: (name: string) => boolean = () => true): readonly unknown[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  const wanted = names.filter((name) => name.endsWith('.json') && isWanted(name)).sort();
  return wanted.map((name) => parsed(join(root, folder, name)));
}

function written(folder: string, name: string, input: Buffer): string {
  const path = join(folder, name);
  mkdirSync(resolve(path, '..'), { recursive: true });
  writeFileSync(path, input);
  return path;
}

/** Of each version, the smaller ones: a large file only takes longer to read. */
const results = filesIn('test/fixtures/results', (name) => !name.includes('raft'));

const resultFile: Reader = {
  id: 'result-file',
  inputs: damaged(results),
  count: 60,
  async read(input, folder) {
    assert.ok(runResultSchema.safeParse(await readResult(written(folder, 'r.json', input))).success);
  },
};

const vectors: Reader = {
  id: 'vectors',
  inputs: damaged(filesIn('bench/crud/vectors')),
  count: 40,
  async read(input, folder) {
    written(folder, 'v.json', input);
    for (const { file: _, ...one } of await readVectorFiles(folder)) assert.ok(vectorFileSchema.safeParse(one).success);
  },
};

const contractFiles: Reader = {
  id: 'contract-files',
  inputs: damaged([parsed(join(root, 'bench/crud/lifecycle.json')), parsed(join(root, 'bench/crud/wire.json'))]),
  count: 60,
  async read(input, folder) {
    const path = written(folder, 'f.json', input);
    await (input.includes('"allowedHeaders"') ? readWireFile(path) : readLifecycleFile(path));
  },
};

const manifest: Reader = {
  id: 'manifest',
  inputs: damaged(filesIn('impls', (name) => /^[^_/][^/]*\/impl\.json$/.test(name))),
  count: 40,
  async read(input, folder) {
    const { id } = Object(jsonOrNull(input)) as { id?: unknown };
    const name = typeof id === 'string' && /^[\w-]{1,60}$/.test(id) ? id : 'other';
    written(folder, `${name}/impl.json`, input);
    for (const { implementation } of await scanImplementations([folder]))
      assert.ok(implementationSchema.safeParse(implementation).success);
  },
};

function jsonOrNull(input: Buffer): unknown {
  try {
    return parseJsonText(input.toString('utf8'));
  } catch {
    return null;
  }
}

const runtimes: Reader = {
  id: 'runtimes',
  inputs: damaged(filesIn('impls', (name) => name.endsWith('runtimes.json'))),
  count: 40,
  async read(input, folder) {
    written(folder, '_own/runtimes.json', input);
    const { problems, byName } = await scanRuntimes([folder]);
    for (const { answer } of byName.values()) new RegExp(answer, 'm');
    // As the commands do: the problems are those of the scan.
    if (problems.length > 0) await scanImplementations([folder]);
  },
};

const configTexts: readonly unknown[] = [
  parsed(join(root, 'examples/json-server/paceline.config.json')),
  {
    service: 'shop',
    targets: [
      {
        name: 'api',
        command: './server --port {port}',
        build: ['make'],
        env: { A: '1' },
        ready: { path: '/', status: 200 },
      },
      { name: 'tuned', extends: 'api', env: { GOGC: '50' }, port: 8080, sources: ['**'], cwd: '.' },
    ],
    database: { kind: 'url', url: 'postgres://{env:USER_NAME}@127.0.0.1/x', reset: 'true' },
    setUp: [{ method: 'POST', path: '/log-in', json: { name: 'a' }, capture: { token: { json: 'token' } } }],
    requests: [
      {
        name: 'read',
        path: '/items/{id}',
        params: { id: { int: [1, 10] } },
        weight: 3,
        expect: { status: [200, 404] },
      },
      { path: '/items?q={q}', params: { q: { list: ['a', 1, null] } }, headers: { authorization: 'Bearer {token}' } },
      { path: '/z/{z}', params: { z: { zipf: 100, exponent: 1.1 } }, expect: { json: { 'a.b': '{z}' } } },
      { method: 'PUT', path: '/c/{c}', params: { c: { csv: 'a.csv', column: 'b' } }, body: 'x {c}' },
      {
        path: '/u/{u}',
        params: { u: { uuid: true }, s: { sequence: 5 } },
        capture: { at: { header: 'x', match: '(.)' } },
      },
    ],
    load: { rates: [10, 20], trials: 3, durationSec: 5, arrivals: 'poisson', warmupCount: 5 },
    limit: { cpuCount: 1, memoryMiB: 64 },
  },
];

const config: Reader = {
  id: 'config',
  // A key a line, as people have it.
  inputs: damaged(configTexts, { write: (json) => json.replaceAll(',"', ',\n"') }),
  count: 60,
  async read(input, folder) {
    written(folder, 'paceline.config.json', input);
    written(folder, 'a.csv', Buffer.from('a,b\n1,2\n'));
    const project = await openProject(findProject(folder), { USER_NAME: 'u' });
    const [serviceId = ''] = await project.serviceIds();
    const [workloadId = ''] = await project.workloadIds(serviceId);
    const workload = await project.loadWorkload(serviceId, workloadId);
    // What was accepted can be asked for: every request is drawn without a fault.
    const session = workload.open({ seed: 1, ratePerSec: 1, timeoutMs: 1, nowNs: () => 0, setUp: { token: ['t'] } });
    for (let index = 0; index < 20; index += 1) session.next();
    await project.loadScenario('quick');
  },
};

const k6Plan = {
  ...{ service: 'echo', workload: 'echo', workloadVersion: 1, contractVersion: 1, description: '' },
  ...{ operations: ['echo'], target: 'http://127.0.0.1:8080', ratePerSec: 30, measureMs: 10_000 },
  ...{ warmupCount: 0, warmupRatePerSec: 1, timeoutMs: 1_000, virtualUserCount: 6, ignoresBodies: false, seed: 1 },
  ...{ workerCount: 2, databaseConnectionCount: 8, firstIteration: 0 },
};
const k6Summary = {
  ...{ format: 'paceline-k6', version: 1, script: { declared: 'ab', actual: 'ab' }, plan: k6Plan, segment: '0:1' },
  boundsMs: [...boundsMs],
  counts: { [outcomeName(0, 'ok')]: 300, paceline_started_at_ms: 1_000, [bucketName('response', 10)]: 300 },
  exact: {},
};

const k6: Reader = {
  id: 'import-k6',
  inputs: damaged([k6Summary], { write: (json) => `time="…" level=info msg=x\n${json}\nrunning\n` }),
  count: 60,
  async read(input) {
    const summary = readSummary(input.toString('utf8'), 'pod.log');
    assert.match(summary.segment, /:0*1(\/0*1)?$|\d\/0*[1-9]/);
    const { counts, scheduledCount, plan } = mergeInstances([summary]);
    for (const one of [...Object.values(counts), scheduledCount]) assert.ok(Number.isSafeInteger(one) && one >= 0);
    assert.ok(plan.ratePerSec > 0);
  },
};

const sampleFile = {
  ...{ format: 'paceline-sample', version: 1, startedAtMs: 1_000 },
  spent: {
    program: 'server',
    sources: { cpu: 'cgroup', memory: 'cgroup' },
    samplingCoresUsed: 0.01,
    samples: [0, 1, 2, 3].map((sec) => ({
      ...{ atMs: sec * 1_000, cpuUserMs: sec * 10, cpuSystemMs: sec, anonBytes: sec === 0 ? null : 1e6 },
      ...{ role: 'target', processCount: 1, threadCount: null, rssBytes: null, runDelayMs: null },
    })),
  },
};

const sample: Reader = {
  id: 'sample-file',
  inputs: damaged([sampleFile]),
  count: 40,
  async read(input, folder) {
    const file = await readSample(written(folder, 's.json', input));
    const { cpuMs } = spentInWindow(file, { startedAtMs: 1_500, plan: { ...k6Plan, measureMs: 1_000 } }, 0);
    assert.ok(Number.isFinite(cpuMs));
  },
};

const waivers: Reader = {
  id: 'waivers',
  inputs: damaged([[{ cell: 'crud-go/history/50', reason: 'known', until: '2026-12-31' }]]),
  count: 60,
  async read(input, folder) {
    for (const { until } of await readWaivers(written(folder, 'w.json', input)))
      assert.match(until, /^\d{4}-\d\d-\d\d$/);
  },
};

const packageFile: Reader = {
  id: 'package-json',
  inputs: damaged([{ name: 'x', main: 'a.js', scripts: { start: 'node a.js', build: 'tsc' } }]),
  count: 60,
  async read(input, folder) {
    written(folder, 'package.json', input);
    const { text } = await draftConfig({ folder, asJson: true, openapiPath: null, harPath: null, url: null });
    assert.ok(configSchema.safeParse(JSON.parse(text)).success, text);
  },
};

export const jsonReaders: readonly Reader[] = [
  resultFile,
  vectors,
  contractFiles,
  manifest,
  runtimes,
  config,
  k6,
  sample,
  waivers,
  packageFile,
];
