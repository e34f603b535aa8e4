import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openNamedProgram, type SpentResources, spentText } from '../../src/cli/spent-text.ts';
import { HarnessError } from '../../src/model/harness-error.ts';
import { openRunningProgram } from '../../src/probe/running-program.ts';

test('a process that runs is read without being touched', async () => {
  const program = await openRunningProgram({ kind: 'pid', pid: process.pid });
  assert.match(program.title, new RegExp(`^process ${process.pid} \\(.+\\)$`));
  assert.equal(program.isThere(), true);
  const first = program.readEvents();
  const before = await program.probe.read();
  const pages = Array.from({ length: 200 }, () => new Uint8Array(1 << 16).fill(1));
  const second = program.readEvents();
  const after = await program.probe.read();
  assert.equal(pages.length, 200);
  assert.ok((second.faultCount ?? 0) > (first.faultCount ?? 0));
  assert.ok((first.switchCount ?? 0) > 0);
  assert.ok((after.anonBytes ?? 0) > (before.anonBytes ?? 0));
});

async function usageError(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => assert.fail('it was accepted'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof HarnessError);
  assert.equal(error.exitCode, 2);
  return error.message;
}

test('what is not there is told as such', async () => {
  assert.match(await usageError(openRunningProgram({ kind: 'pid', pid: 2 ** 22 + 5 })), /there is no process/);
  assert.match(
    await usageError(openRunningProgram({ kind: 'cgroup', path: '/no/such' })),
    /no control group \/no\/such/,
  );
  assert.match(await usageError(openNamedProgram({ pid: 1, cgroup: '/x' })), /in three ways/);
  assert.equal(await openNamedProgram({}), null);
});

test('a control group is found by its folder, and an empty one is refused', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'paceline-group-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const write = (name: string, text: string) => writeFileSync(join(dir, name), text);
  write('cpu.stat', 'usage_usec 3000\nuser_usec 2000\nsystem_usec 1000\n');
  write('cgroup.events', 'populated 0\n');
  write('cgroup.procs', '');
  assert.match(await usageError(openRunningProgram({ kind: 'cgroup', path: dir })), /nothing runs in/);
  write('cgroup.procs', `${process.pid}\n`);
  const program = await openRunningProgram({ kind: 'cgroup', path: dir });
  const reading = await program.probe.read();
  assert.deepEqual([reading.cpuUserMs, reading.cpuSystemMs], [2, 1]);
  assert.equal(program.isThere(), true);
  const old = join(dir, 'v1');
  mkdirSync(old);
  writeFileSync(join(old, 'cgroup.procs'), '');
  await assert.rejects(openRunningProgram({ kind: 'cgroup', path: old }), /no control group|version 1/);
});

test('what was spent is told per request under a load, else per second', () => {
  const spent: SpentResources = {
    ...{ program: 'process 7 (server)', caveat: null, windowMs: 10_000, cpuUserMs: 300, cpuSystemMs: 100 },
    ...{ peakPrivateBytes: 3 * 2 ** 20, switchCount: 2_000, faultCount: null, samplingCoresUsed: 0.004 },
    ...{ sources: { cpu: 'a', memory: 'b' }, samples: [] },
  };
  assert.equal(
    spentText(spent, 1_000),
    'target: process 7 (server): 4.0 % of a core, 0.400 ms CPU a request, 25 % of it in the kernel, private memory 3.0 MiB at most, 2.00 context switches a request, page faults not known\n  read from a; sampling cost 0.40 % of a core',
  );
  assert.match(spentText({ ...spent, caveat: 'a caveat' }, null), /200 context switches\/s[\s\S]*\n {2}a caveat$/);
});
