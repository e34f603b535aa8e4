// test-lane: waits
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { InvalidArgumentError } from 'commander';
import { countOrZero, limitOption, positiveCount, rateList } from '../../src/cli/options.ts';
import { paceline } from '../support/paceline.ts';

test('a limit names cores and memory in the units people use', () => {
  assert.deepEqual(limitOption('cpu=2,memory=4GiB'), { cpuCount: 2, memoryBytes: 4 * 2 ** 30 });
  assert.deepEqual(limitOption('memory=500MB'), { cpuCount: null, memoryBytes: 5e8 });
});

test('a limit of something else, or of no size, is refused', () => {
  assert.throws(() => limitOption('disk=1'), InvalidArgumentError);
  assert.throws(() => limitOption('memory=lots'), InvalidArgumentError);
  assert.throws(() => limitOption('memory=4'), InvalidArgumentError);
  assert.throws(() => limitOption('cpu=0'), InvalidArgumentError);
});

test('rates are a list of numbers above 0, with fractions', () => {
  assert.deepEqual(rateList('0.2,25,100'), [0.2, 25, 100]);
  assert.throws(() => rateList('25,1e9'), /at most 100000/);
  for (const text of ['', '25,', '0', '-1', 'Infinity', 'fast'])
    assert.throws(() => rateList(text), InvalidArgumentError);
});

test('counts are whole', () => {
  assert.throws(() => positiveCount('1.5'), InvalidArgumentError);
  assert.equal(countOrZero('0'), 0);
  assert.throws(() => countOrZero('-1'), InvalidArgumentError);
});

describe('flags of requests are refused where only primitives are measured', { concurrency: 2 }, () => {
  for (const args of [
    ['run', 'primitives', '--rate', '5', '--duration', '3'],
    ['run', 'quick', '--impl', 'primitives-node', '--rate', '5', '--duration', '3'],
  ]) {
    test(args.join(' '), async () => {
      const { stderr, exitCode } = await paceline(args);
      assert.match(stderr, /^paceline: --rate and --duration cannot be used here: only primitives are measured/);
      assert.equal(exitCode, 2);
    });
  }
});
