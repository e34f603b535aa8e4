// test-lane: waits
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { boundsMs, bucketName, outcomeName, planMark } from '../../src/k6/plan.ts';
import { readResult } from '../../src/store/result-file.ts';
import { paceline, workspace } from '../support/paceline.ts';

const plan = {
  ...{ service: 'crud', workload: 'authenticate', workloadVersion: 1, contractVersion: 2, description: 'one path' },
  ...{ operations: ['authenticate'], target: 'http://10.0.0.7:8080', ratePerSec: 30, measureMs: 10_000 },
  ...{ warmupCount: 0, warmupRatePerSec: 1, timeoutMs: 1_000, virtualUserCount: 6, ignoresBodies: false, seed: 1 },
  ...{ firstIteration: 0, workerCount: 2, databaseConnectionCount: 20 },
};
const startedAtMs = Date.UTC(2026, 0, 1);

/** 100 right answers of some 1 ms. */
function counts(change: Readonly<Record<string, number>> = {}): Record<string, number> {
  const buckets = (['response', 'service', 'send_delay'] as const).map((one) => [
    bucketName(one, one === 'send_delay' ? 0 : 11),
    100,
  ]);
  const own = { [outcomeName(0, 'ok')]: 100, paceline_started_at_ms: startedAtMs, paceline_k6_version: 1_008_001 };
  return { ...own, ...Object.fromEntries(buckets), ...change };
}

function summary(part: number, change: Readonly<Record<string, number>> = {}): string {
  const whole = { format: 'paceline-k6', version: 1, script: { declared: 'ab', actual: 'ab' }, plan, exact: {} };
  return JSON.stringify({ ...whole, segment: `${part}/3:${part + 1}/3`, boundsMs, counts: counts(change) });
}

test('instances become a trial of a result file that report, compare and the gate read', async (context) => {
  const space = await workspace(context);
  const files = [0, 1, 2].map((part) => space.file(`${part}.json`));
  for (const [part, file] of files.entries())
    writeFileSync(file, summary(part, { paceline_started_at_ms: startedAtMs + 7 * part }));
  const sample = space.file('target.json');
  const samples = Array.from({ length: 15 }, (_, second) => ({
    ...{ atMs: second * 1_000, role: 'target', processCount: 3, threadCount: 9, rssBytes: null, runDelayMs: null },
    ...{ cpuUserMs: 30 * second, cpuSystemMs: 15 * second, anonBytes: 2 ** 20 },
  }));
  const spent = { program: 'p', sources: { cpu: 'cgroup', memory: 'smaps' }, samplingCoresUsed: 0.01, samples };
  writeFileSync(
    sample,
    JSON.stringify({ format: 'paceline-sample', version: 1, startedAtMs: startedAtMs - 1_500, spent }),
  );
  const out = space.file('out.json');
  const flags = ['--out', out, '--impl', 'crud-go', '--sample', sample, '--clock-offset', '500'];
  const { exitCode, stderr } = await paceline(['import', 'k6', ...files, ...flags], space);
  assert.equal(exitCode, 0, stderr);
  const result = await readResult(out);
  const [trial] = result.trials;
  assert.ok(trial?.status === 'ok');
  const { load, cpu, memory, startupMs } = trial.measurement;
  assert.deepEqual(load?.generator, {
    ...{ engine: 'k6', version: '1.8.1', instanceCount: 3, virtualUserCount: 6, scriptHash: 'ab' },
    ...{ niceness: null, counterRatio: 1.25, startSkewMs: [0, 7, 14] },
  });
  assert.equal(load?.counts.okCount, 300);
  assert.ok(Math.abs((load?.responseTime.p50Ms ?? 0) / (boundsMs[11] as number) - 1) < 0.125);
  assert.equal(cpu.target?.totalMs, 450);
  assert.equal(cpu.target?.perRequestMs, 1.5);
  assert.equal(memory.medianBytes, 2 ** 20);
  assert.equal(startupMs, null);
  assert.match(trial.warnings.map(({ message }) => message).join(), /clock offset of 500 ms as given/);
  assert.match(result.warnings.map(({ message }) => message).join(), /imported: the machine is the one/);
  const report = await paceline(['report', out, '--format', 'text', '--details'], space);
  assert.equal(report.exitCode, 0, report.stderr);
  assert.match(report.stdout, /crud-go/);
  const compared = await paceline(['compare', out, out], space);
  assert.match(compared.stdout + compared.stderr, /same run/);
});

test('without a sampler the target costs nobody knows what, and a load with a gap is an invalid trial', async (context) => {
  const space = await workspace(context);
  const files = [0, 1, 2].map((part) => space.file(`${part}.json`));
  for (const [part, file] of files.entries())
    writeFileSync(file, summary(part, part === 2 ? { dropped_iterations: 4, [outcomeName(0, 'ok')]: 96 } : {}));
  const out = space.file('out.json');
  const { exitCode, stdout } = await paceline(['import', 'k6', ...files, '--out', out, '--impl', 'crud-go'], space);
  assert.equal(exitCode, 3);
  assert.match(
    stdout,
    /invalid: 4 of 300 due requests were not sent: no virtual user was free for them, or an instance ended early or its file is missing \(too-few-sent\)/,
  );
  const [trial] = (await readResult(out)).trials;
  assert.ok(trial?.status === 'invalid');
  assert.deepEqual(
    trial.reasons.map(({ code }) => code),
    ['too-few-sent'],
  );
  assert.equal(trial.measurement.cpu.target, null);
  assert.equal(trial.measurement.probe, null);
  const report = await paceline(['report', out, '--format', 'text', '--details'], space);
  assert.equal(report.exitCode, 0, report.stderr);
});

test('a load as asked for that nobody answered is not called valid and no more', async (context) => {
  const space = await workspace(context);
  const files = [0, 1, 2].map((part) => space.file(`${part}.json`));
  for (const [part, file] of files.entries())
    writeFileSync(file, summary(part, { [outcomeName(0, 'ok')]: 0, [outcomeName(0, 'failed')]: 100 }));
  const { exitCode, stdout } = await paceline(['import', 'k6', ...files], space);
  assert.equal(exitCode, 1);
  assert.match(stdout, /valid load, but 300 of 300 requests were not answered rightly/);
});

test('a flag without effect and an unknown target are refused before anything is printed', async (context) => {
  const space = await workspace(context);
  const files = [0, 1, 2].map((part) => space.file(`${part}.json`));
  for (const [part, file] of files.entries()) writeFileSync(file, summary(part));
  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [['--impl', 'crud-go'], /--impl names the target of a result file/],
    [['--clock-offset', '5'], /--clock-offset joins a sample/],
    [['--script', 'script.js'], /--script is for CSV files/],
    [['--out', space.file('out.json'), '--impl', 'nope'], /unknown .*"nope"/],
  ];
  for (const [flags, message] of refused) {
    const { exitCode, stdout, stderr } = await paceline(['import', 'k6', ...files, ...flags], space);
    assert.deepEqual([exitCode, stdout], [2, '']);
    assert.match(stderr, message);
  }
});

test('a target without a name, or with one that nobody knows, is refused', async (context) => {
  const space = await workspace(context);
  const files = [0, 1, 2].map((part) => space.file(`${part}.json`));
  for (const [part, file] of files.entries()) writeFileSync(file, summary(part));
  const unnamed = await paceline(['import', 'k6', ...files, '--out', space.file('out.json')], space);
  assert.equal(unnamed.exitCode, 2);
  assert.match(unnamed.stderr, /the target of this load has no name: .*\n?.*--impl: /s);
  const unknown = await paceline(
    ['import', 'k6', ...files, '--out', space.file('out.json'), '--impl', 'crud-gi'],
    space,
  );
  assert.equal(unknown.exitCode, 2);
  assert.match(unknown.stderr, /crud-gi/);
  for (const [part, file] of files.entries()) writeFileSync(file, summary(part).replace('"crud"', '"echo"'));
  const none = await paceline(['import', 'k6', ...files, '--out', space.file('out.json'), '--impl', 'crud-go'], space);
  assert.equal(none.exitCode, 2);
  assert.match(none.stderr, /echo has no implementation here/);
});

test('CSV of instances adds up like their summaries; of another script, or without it, it is refused', async (context) => {
  const space = await workspace(context);
  const body = `${planMark}${JSON.stringify(plan)}\nthe script\n`;
  const hash = createHash('sha256').update(body).digest('hex');
  writeFileSync(space.file('script.js'), `// sha256 of what follows: ${hash}\n${body}`);
  const csv = (tag: string) => {
    const rows = Object.entries(counts()).flatMap(([name, total]) =>
      total === 100 ? Array.from({ length: 100 }, () => [name, 1]) : [[name, total]],
    );
    return `metric_name,timestamp,metric_value,scenario,extra_tags\n${rows.map(([name, value]) => `${name},1,${value},load,script=${tag}&workload=authenticate`).join('\n')}\n`;
  };
  const files = [0, 1, 2].map((part) => space.file(`${part}.csv`));
  for (const file of files) writeFileSync(file, csv(hash.slice(0, 12)));
  const script = ['--script', space.file('script.js')];
  const { stdout, stderr, exitCode } = await paceline(['import', 'k6', ...files, ...script, '--json'], space);
  assert.equal(exitCode, 0, stderr);
  assert.equal(JSON.parse(stdout).load.counts.ok, 300);
  const short = await paceline(['import', 'k6', ...files.slice(0, 2), ...script], space);
  assert.equal(short.exitCode, 3);
  const twice = await paceline(['import', 'k6', ...files.slice(0, 2), files[0] as string, ...script], space);
  assert.equal(twice.exitCode, 2);
  assert.match(twice.stderr, /0\.csv is named twice/);
  const without = await paceline(['import', 'k6', ...files], space);
  assert.match(without.stderr, /a CSV does not say what was asked/);
  writeFileSync(
    files[1] as string,
    csv(hash.slice(0, 12)).replace(`${outcomeName(0, 'ok')},1,1`, `${outcomeName(0, 'ok')},1,abc`),
  );
  const damaged = await paceline(['import', 'k6', ...files, ...script], space);
  assert.equal(damaged.exitCode, 2);
  assert.match(damaged.stderr, /1\.csv is no CSV of this script: "abc" is no count of paceline_operation_0_ok/);
  writeFileSync(files[1] as string, csv('0123456789ab'));
  const other = await paceline(['import', 'k6', ...files, ...script], space);
  assert.equal(other.exitCode, 2);
  assert.match(other.stderr, /1\.csv is no CSV of this script/);
});
