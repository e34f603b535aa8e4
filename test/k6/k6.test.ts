// test-lane: k6
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { execa } from 'execa';
import { readCsvInstance, readScript } from '../../src/k6/csv-instances.ts';
import { k6Plan, k6Script } from '../../src/k6/export.ts';
import { mergeInstances, readSummary } from '../../src/k6/merge.ts';
import { plannedCount } from '../../src/k6/plan.ts';
import { buildK6, k6Version } from '../../src/k6/program.ts';
import { checkoutProject } from '../../src/run/declarations.ts';
import { cacheDir } from '../../src/run/paths.ts';

const dir = mkdtempSync(join(tmpdir(), 'paceline-k6-'));
const server = createServer((_, response) => response.end('ok'));
const loadPlan = {
  ...{ arrivals: 'constant' as const, ratePerSec: 40, steps: null, warmupCount: 20, warmupRatePerSec: 20 },
  ...{ measureMs: 3_000, drainMs: 1_000, timeoutMs: 1_000, maxInFlightCount: 64, connectionCount: 8, seed: 1 },
};
let k6 = '';
let script = '';

before(async () => {
  const signal = new AbortController().signal;
  k6 = (await buildK6({ cacheDir: cacheDir(process.env), signal, onProgress: console.log })).path;
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const workload = { ...(await checkoutProject.loadWorkload('echo', 'echo')), contractVersion: 1 };
  const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  script = await k6Script(
    workload,
    k6Plan(workload, loadPlan, {
      target,
      expectedP99Ms: 200,
      instanceCount: 3,
      workerCount: 2,
      databaseConnectionCount: 20,
    }),
  );
  writeFileSync(join(dir, 'script.js'), script);
});

after(() => {
  server.close();
  rmSync(dir, { recursive: true, force: true });
});

interface Summary {
  readonly script: { readonly declared: string; readonly actual: string };
  readonly counts: Readonly<Record<string, number>>;
}

async function run(name: string, args: readonly string[] = [], file = 'script.js'): Promise<Summary> {
  const all = ['run', '--quiet', '--address', '', '-e', `SUMMARY=${name}.json`, ...args, file];
  await execa(k6, all, { cwd: dir, env: { K6_NO_USAGE_REPORT: 'true' } });
  return JSON.parse(readFileSync(join(dir, `${name}.json`), 'utf8'));
}

function sumOf(summaries: readonly Summary[], names: RegExp): number {
  const counts = summaries.flatMap((one) => Object.entries(one.counts));
  return counts.reduce((sum, [name, count]) => (names.test(name) ? sum + count : sum), 0);
}

test('k6 inspects and archives the script', async () => {
  const { stdout } = await execa(k6, ['inspect', 'script.js'], { cwd: dir });
  assert.deepEqual(Object.keys(JSON.parse(stdout).scenarios).sort(), ['load', 'warm_up']);
  await execa(k6, ['archive', '-O', 'script.tar', 'script.js'], { cwd: dir });
  assert.ok(existsSync(join(dir, 'script.tar')));
});

test('one instance and three send the planned requests, and each is in a bucket of each histogram', async () => {
  const one = await run('one', ['--out', 'csv=one.csv']);
  const three = await Promise.all(
    ['0:1/3', '1/3:2/3', '2/3:1'].map((segment, index) =>
      run(`part-${index}`, ['--execution-segment', segment, '--execution-segment-sequence', '0,1/3,2/3,1']),
    ),
  );
  for (const summaries of [[one], three]) {
    assert.equal(sumOf(summaries, /^paceline_operation_0_/), plannedCount(loadPlan));
    assert.equal(sumOf(summaries, /^paceline_operation_0_ok$/), plannedCount(loadPlan));
    for (const histogram of ['response', 'service', 'send_delay'])
      assert.equal(sumOf(summaries, new RegExp(`^paceline_${histogram}_\\d`)), plannedCount(loadPlan));
    assert.equal(sumOf(summaries, /^dropped_iterations$/), 0);
  }
  const read = (name: string) => readSummary(readFileSync(join(dir, `${name}.json`), 'utf8'), name);
  const [alone, together] = [['one'], ['part-0', 'part-1', 'part-2']].map((names) => mergeInstances(names.map(read)));
  assert.deepEqual(together?.counts, alone?.counts);
  assert.equal(together?.counts.ok, plannedCount(loadPlan));
  assert.equal(together?.instanceCount, 3);
  assert.equal(together?.version, k6Version);
  const csv = await readCsvInstance(join(dir, 'one.csv'), readScript(script, 'script.js'), {
    index: 0,
    instanceCount: 1,
  });
  assert.deepEqual(mergeInstances([csv]).counts, alone?.counts);
  assert.deepEqual(mergeInstances([csv]).response.buckets, alone?.response.buckets);
});

test('a script that was changed by hand says so in its summary', async () => {
  const changed = script.replace(/"ratePerSec": ?40\b/, '"ratePerSec": 20');
  assert.notEqual(changed, script);
  writeFileSync(join(dir, 'script.js'), changed);
  const { script: hashes } = await run('changed');
  assert.notEqual(hashes.declared, hashes.actual);
});
