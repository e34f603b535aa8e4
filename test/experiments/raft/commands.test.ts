// test-lane: waits
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

function run(script: string, ...options: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, '..', '..', '..', 'experiments', 'raft', script), ...options],
    {
      encoding: 'utf8',
    },
  );
  return { status, stdout, stderr };
}

for (const options of [['--seeds', '0'], ['--seeds', 'many'], ['--steps=-1'], ['--threads', '0'], ['--nonsense']]) {
  test(`a simulation ${options.join(' ')} is refused in a line, not passed for one without violations`, () => {
    const { status, stdout, stderr } = run('simulator/cli.ts', ...options);
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(stderr, /^[^\n]*--[a-z]+[^\n]*--help[^\n]*\n$/);
  });
}

test('one seed is simulated, and said to be', () => {
  const { status, stdout } = run('simulator/cli.ts', '--seed', '7', '--steps', '100');
  assert.equal(status, 0);
  assert.match(stdout, /^1 seeds, [\d,]+ steps, .* 0 violations/);
});

for (const options of [
  ['--count', '0'],
  ['--delays', '3,x'],
  ['--delays', '11'],
  ['--timer-step', '0'],
  ['--nonsense'],
]) {
  test(`elections ${options.join(' ')} are refused in a line`, () => {
    const { status, stdout, stderr } = run('elections/cli.ts', ...options);
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(stderr, /^error: [^\n]*--[a-z]+[^\n]*\n$/);
  });
}

test('elections in virtual time name the delay that fits best', () => {
  const { status, stdout } = run('elections/cli.ts', '--count', '200', '--delays', '0,3');
  assert.equal(status, 0);
  assert.match(stdout, /^ *published +287 \/ 1224 .*\n +0 +\d+ \/ \d+ .*\n +3 /m);
  assert.match(stdout, /least misfit: 3 ms\n$/);
});

for (const file of ['nowhere.jsonl', import.meta.filename]) {
  test(`a replay of ${file === import.meta.filename ? 'something else' : 'a file that is not there'} says so in a line`, () => {
    const { status, stderr } = run('replay.ts', file);
    assert.equal(status, 2);
    assert.match(stderr, /^[^\n]+ is no transcript that can be read: [^\n]+\n$/);
  });
}
