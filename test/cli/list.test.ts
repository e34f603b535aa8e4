// test-lane: waits
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { bin, paceline } from '../support/paceline.ts';
import { skipUnless } from '../support/tool.ts';

/** A path is never broken. */
function longest(text: string): number {
  const lines = text.split(/\r?\n/).filter((line) => !/^ {2}results\//.test(line));
  return Math.max(...lines.map((line) => line.length));
}

test('no line is wider than a page, and nothing is cut off', async () => {
  const { stdout } = await paceline(['list']);
  assert.ok(longest(stdout) <= 100, stdout);
  assert.match(stdout.replaceAll(/\s+/g, ' '), /aggregation, mixed/);
});

test('on a terminal no line is wider than that', { skip: skipUnless('script', '--version') }, () => {
  const line = `stty cols 70; '${process.execPath}' '${bin}' list`;
  const { stdout } = spawnSync('script', ['-qec', line, '/dev/null'], { encoding: 'utf8' });
  assert.match(stdout, /^Scenarios/);
  assert.ok(longest(stdout) <= 70, stdout);
});

test('a result of primitives alone says what it holds', async () => {
  const { stdout } = await paceline(['list']);
  assert.match(stdout, /primitives complete, 12 primitives \(\d+ of \d+ cases ok\)/);
  assert.doesNotMatch(stdout, /0 of 0/);
});
