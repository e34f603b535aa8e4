// test-lane: k6
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildK6, k6Version } from '../../src/k6/program.ts';
import { cacheDir } from '../../src/run/paths.ts';
import { readResult } from '../../src/store/result-file.ts';
import { leftovers } from '../support/leftovers.ts';
import { echoRun, paceline, shareConformance, startPaceline, type Workspace, workspace } from '../support/paceline.ts';

before(async () => {
  await buildK6({
    cacheDir: cacheDir(process.env),
    signal: new AbortController().signal,
    onProgress: console.log,
  });
});

function withK6(space: Workspace): void {
  symlinkSync(join(cacheDir(process.env), 'peers'), join(space.cacheDir, 'peers'));
}

const load = ['--engine', 'k6', '--rate', '20', '--duration', '3', '--warmup', '8'];

test('a trial by k6 has every phase and figure of one, and stands beside one by paceline without being compared', async (context) => {
  const space = await workspace(context);
  withK6(space);
  const [byK6, own] = [space.file('k6.json'), space.file('own.json')];
  const running = startPaceline(echoRun(['echo'], byK6, ...load), space);
  const finished = await running.finished;
  assert.ok([0, 3].includes(finished.exitCode ?? -1), finished.stderr);
  assert.deepEqual(leftovers(running.pid, space), []);
  const [trial] = (await readResult(byK6)).trials;
  const { measurement } = trial ?? assert.fail('no trial');
  const generator = measurement?.load?.generator;
  assert.ok(generator?.engine === 'k6');
  assert.equal(generator.version?.split('.')[0], k6Version.split('.')[0]);
  assert.ok((measurement?.warmupSentCount ?? 0) >= 8);
  assert.ok((measurement?.cpu.target?.perRequestMs ?? 0) > 0 && (measurement?.cpu.generator?.totalMs ?? 0) > 0);
  if (trial?.status !== 'invalid') assert.equal(measurement?.load?.counts.okCount, 60);
  await paceline(echoRun(['echo'], own, '--rate', '20', '--duration', '3'), space);
  const compared = await paceline(['compare', own, byK6], space);
  assert.match(compared.stdout, /generator\.engine differs: base "paceline", head "k6"/);
});

test('virtual users with files of their own are answered rightly, and the rows are those acknowledged', async (context) => {
  const space = await workspace(context);
  await shareConformance(space);
  withK6(space);
  const out = space.file('slots.json');
  const asked = ['--impl', 'crud-node-async', '--workload', 'history-slots', '--trials', '1', '--attempts', '1'];
  const finished = await paceline(['run', 'quick', ...asked, ...load, '--no-report', '--out', out], space);
  const [trial] = (await readResult(out)).trials;
  assert.ok(trial?.status === 'ok' || trial?.status === 'invalid', finished.stderr);
  const { counts, acknowledged } = trial.measurement?.load ?? assert.fail('no load');
  assert.deepEqual([counts.wrongCount, counts.failedCount, counts.unsentCount], [0, 0, 0]);
  assert.ok(acknowledged.createdCount > 0);
});

test('k6 killed in mid-run is the fault of the generator, and nothing is left', async (context) => {
  const space = await workspace(context);
  withK6(space);
  const out = space.file('killed.json');
  const running = startPaceline([...echoRun(['echo'], out, ...load), '--verbose'], space);
  await running.line(/^ +measure/);
  await sleep(1_000);
  process.kill(k6Of(space), 'SIGKILL');
  const finished = await running.finished;
  assert.equal(finished.exitCode, 3, finished.stderr);
  const [trial] = (await readResult(out)).trials;
  assert.ok(trial?.status === 'failed');
  assert.equal(trial.code, 'generator-died');
  assert.match(trial.message, /k6 ended unexpectedly by SIGKILL: the generator's fault, not the target's/);
  assert.deepEqual(leftovers(running.pid, space), []);
});

/** The one that runs in a folder of this workspace. */
function k6Of({ tempDir }: Workspace): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const found = pids.find((pid) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
      return readFileSync(`/proc/${pid}/comm`, 'utf8') === 'k6\n' && environment.includes(tempDir);
    } catch {
      return false;
    }
  });
  return Number(found ?? assert.fail('no k6 runs'));
}
