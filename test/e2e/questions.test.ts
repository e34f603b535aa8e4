// test-lane: questions
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixturesDir, paceline, workspace } from '../support/paceline.ts';

/** The answers of a question, asked of fixtures. */
async function ask(context: Parameters<typeof workspace>[0], args: readonly string[]) {
  const space = await workspace(context);
  const { exitCode, stdout, stderr } = await paceline([...args, '--impls', fixturesDir, '--json'], space);
  assert.notEqual(stdout, '', stderr);
  return { exitCode, stderr, answer: JSON.parse(stdout) };
}

test('a target that is dear for its first 2,000 requests is steady after them', async (context) => {
  const { exitCode, answer } = await ask(context, [
    ...['cold-start', 'slow-first', '--rate', '250', '--duration', '24', '--starts', '1'],
  ]);
  assert.equal(exitCode, 0);
  const [start] = answer.answers[0].starts;
  // 2,000 answers at 250/s are eight seconds, which begin with the first right answer.
  const trueSec = 8 + start.firstRightMs / 1000;
  assert.ok(Math.abs(start.steady.afterSec - trueSec) <= 1, `${start.steady.afterSec} s for ${trueSec} s`);
  // 1.5 ms each, and what starting costs.
  assert.ok(start.steady.extraCpuMs > 2_000 && start.steady.extraCpuMs < 5_000, `${start.steady.extraCpuMs} ms`);
});

test('a program that cannot get its port is an answer', async (context) => {
  const { exitCode, answer } = await ask(context, [
    ...['cold-start', 'port-taken-later', '--rate', '20', '--duration', '3', '--starts', '1'],
  ]);
  assert.equal(exitCode, 1);
  assert.match(answer.answers[0].starts[0].reason, /did not answer|ended/);
});

test('a target that is ill for three seconds after a burst is well again then', async (context) => {
  const { exitCode, answer } = await ask(context, [
    ...['overload', 'ill-after-burst', '--rate', '50', '--capacity', '200', '--factor', '2'],
    ...['--base', '4', '--burst', '3', '--watch', '12'],
  ]);
  assert.equal(exitCode, 0);
  const [{ plan, overload }] = answer.answers;
  assert.equal(plan.burstPerSec, 400);
  assert.ok([3, 4].includes(overload.recoveredAfterSec), `${overload.recoveredAfterSec} s`);
  assert.ok(overload.burst.inTimePerSec < 100, `${overload.burst.inTimePerSec}/s in time`);
  assert.ok(overload.base.inTimePerSec > 45, `${overload.base.inTimePerSec}/s in time`);
});

test('a base that is no less than the burst is a usage mistake', async (context) => {
  const space = await workspace(context);
  const flags = ['--impls', fixturesDir, '--rate', '50', '--capacity', '10'];
  const { exitCode, stderr } = await paceline(['overload', 'echo', ...flags], space);
  assert.equal(exitCode, 2);
  assert.match(stderr, /--rate 50 is not below the burst of 30\/s/);
});

/** Short steps, so that a search takes a minute. */
const shortSteps = ['--duration', '1', '--warmup', '40'];

test('the least memory of a target that needs 64 MiB is found within 10 %', async (context) => {
  const { exitCode, answer } = await ask(context, [
    ...['right-size', 'needs-64mib', '--rate', '100', '--slo', 'p50=50ms', '--only', 'memory', ...shortSteps],
  ]);
  assert.equal(exitCode, 0);
  const { value, reason } = answer.answers[0].memory;
  assert.ok(value >= 64 * 2 ** 20 && value <= 1.1 * 64 * 2 ** 20, `${value / 2 ** 20} MiB`);
  assert.match(reason, /out of memory/);
});

test('the least CPU of a target that burns 0.2 cores lies above that, by its own server at most', async (context) => {
  const { exitCode, answer } = await ask(context, [
    ...['right-size', 'burn', '--rate', '40', '--slo', 'p50=60ms', '--only', 'cpu', ...shortSteps],
  ]);
  assert.equal(exitCode, 0);
  const { value, reason } = answer.answers[0].cpu;
  assert.ok(value >= 0.19 && value <= 0.3, `${value} cores`);
  assert.match(reason, /throttled in \d+ periods/);
});
