// test-lane: questions
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fixturesDir, paceline, workspace } from '../support/paceline.ts';

const isRoot = process.getuid?.() === 0;

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

test('the first start of an empty file cache stands apart from the second', {
  skip: isRoot ? false : 'it needs root',
}, async (context) => {
  const space = await workspace(context);
  const flags = ['--empty-cache', '--impls', fixturesDir, '--rate', '20', '--duration', '3', '--starts', '2'];
  await writeFile('/proc/sys/vm/drop_caches', '2');
  const { exitCode, stdout, stderr } = await paceline(['cold-start', 'echo', ...flags], space);
  assert.equal(exitCode, 0, stderr);
  assert.equal((await readFile('/proc/sys/vm/drop_caches', 'utf8')).trim(), '1');
  assert.match(stdout, /start 1, empty cache .*ms[\s\S]*start 2 +\d.*ms/);
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
    ...['right-size', 'needs-64mib', '--rate', '100', '--slo', 'p50=50ms', '--only', 'memory', '--skip-untold'],
    ...shortSteps,
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

test('a target that drops five requests at SIGTERM has lost five of 1,000', async (context) => {
  const { exitCode, answer } = await ask(context, [
    ...['rolling-restart', 'loses-five', '--rate', '100', '--requests', '1000', '--direct'],
  ]);
  assert.equal(exitCode, 0);
  const [{ direct }] = answer.answers;
  assert.deepEqual([direct.acceptedCount, direct.lostCount, direct.wrongCount], [1_000, 5, 0]);
  assert.equal(direct.after.newAnsweredCount, 0);
});

test('a target that ends in order loses nothing at SIGTERM', async (context) => {
  const { exitCode, answer } = await ask(context, [
    ...['rolling-restart', 'echo', '--rate', '100', '--requests', '200', '--direct'],
  ]);
  assert.equal(exitCode, 0);
  const [{ direct }] = answer.answers;
  assert.deepEqual([direct.acceptedCount, direct.lostCount, direct.exitCode], [200, 0, 0]);
});

test('two instances behind the proxy are replaced, and the proxy tries again what one of them drops', async (context) => {
  const { exitCode, answer, stderr } = await ask(context, [
    ...['rolling-restart', 'loses-five', '--rate', '100', '--requests', '50', '--base', '3', '--every', '5'],
  ]);
  assert.equal(exitCode, 0, stderr);
  const [{ proxied }] = answer.answers;
  assert.equal(proxied.status, 'measured', proxied.reason);
  assert.equal(proxied.replacements.length, 2);
  // Each instance has five requests on their way and drops them all: GETs, which the proxy may repeat.
  assert.equal(proxied.lostCount, 0, JSON.stringify(proxied));
  assert.ok(proxied.retriedCount >= 8 && proxied.retriedCount <= 10, `${proxied.retriedCount} tried again`);
});

test('a connection that costs 4 ms of CPU is found to, within 15 %', async (context) => {
  const { exitCode, answer } = await ask(context, [
    ...['churn', 'costly-connection', '--rate', '50', '--rounds', '1', '--duration', '5'],
  ]);
  assert.equal(exitCode, 0);
  const [{ handshakes }] = answer.answers[0].rates;
  const each = handshakes.find((one: { habit: string }) => one.habit === 'each');
  assert.ok(Math.abs(each.cpuMs - 4) <= 0.6, `${each.cpuMs} ms`);
});

test('a target that allocates 256 KiB a request is found to, within the 64 KiB of its own server', async (context) => {
  const { exitCode, answer } = await ask(context, [
    ...['garbage-collection', 'allocates', '--rate', '100', '--duration', '10'],
  ]);
  assert.equal(exitCode, 0);
  const [{ figures }] = answer.answers;
  assert.ok(figures.collectionCount > 0);
  const kib = figures.allocatedBytesPerRequest / 1024;
  assert.ok(kib >= 250 && kib <= 320, `${kib} KiB`);
});

test('a target that makes two context switches a request is found to, within 10 %', async (context) => {
  const space = await workspace(context);
  const out = space.file('switches.json');
  const args = ['known-answers', '--impl', 'two-switches', '--impls', fixturesDir, '--trials', '1', '--attempts', '1'];
  const { stderr } = await paceline(['run', ...args, '--out', out, '--no-report'], space);
  const [{ measurement }] = JSON.parse(await readFile(out, 'utf8').catch(() => assert.fail(stderr))).trials;
  const perRequest = measurement.counters.voluntarySwitchCount / measurement.load.counts.sentCount;
  assert.ok(Math.abs(perRequest - 2) <= 0.2, `${perRequest} switches a request`);
});
