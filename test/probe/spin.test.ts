import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { slowdownFactor } from '../../src/probe/slowdown-factor.ts';

let directory: string;
let nowMs: number;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spin-'));
  nowMs = 0;
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A machine on which a million rounds take a given time. */
function ratioAt(msPerMillion: number, machineId = 'here'): number {
  const work = (roundCount: number) => {
    nowMs += (roundCount / 1e6) * msPerMillion;
  };
  return slowdownFactor({ referencePath: join(directory, 'deep', 'spin.json'), machineId, nowMs: () => nowMs, work });
}

test('the first spin of a machine makes its reference and is quiet by it', () => {
  assert.equal(ratioAt(2).toFixed(6), '1.000000');
});

test('a machine that has slowed down shows by how much', () => {
  ratioAt(2);
  assert.equal(ratioAt(3).toFixed(3), '1.500');
});

test('a reference made on a busy machine is replaced by a faster spin', () => {
  ratioAt(3);
  ratioAt(2);
  assert.equal(ratioAt(3).toFixed(3), '1.500');
});

test("another machine's reference is not used", () => {
  ratioAt(2, 'there');
  assert.equal(ratioAt(3).toFixed(6), '1.000000');
});

test('a torn reference file is made anew', () => {
  ratioAt(2);
  writeFileSync(join(directory, 'deep', 'spin.json'), '{"key":');
  assert.equal(ratioAt(3).toFixed(6), '1.000000');
});

test('on this machine a second spin takes about as long as the first', () => {
  const options = { referencePath: join(directory, 'real.json'), machineId: 'here' };
  slowdownFactor(options);
  const ratio = slowdownFactor(options);
  assert.ok(ratio > 0.5 && ratio < 5, `${ratio}`);
});
