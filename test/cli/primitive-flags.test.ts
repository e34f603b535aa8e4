import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { paceline } from '../support/paceline.ts';

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
