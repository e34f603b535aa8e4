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
