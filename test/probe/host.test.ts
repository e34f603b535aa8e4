import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { machineSchema } from '../../src/model/run-result.ts';
import { bracketedOption, describeMachine, kernelOptionIn, machineId } from '../../src/probe/machine.ts';

const facts = { cpuModel: 'A CPU', coreCount: 2, memoryBytes: 24 * 2 ** 30, kernel: 'linux 6.18' };

test('a machine is the same when only the kernel’s own share of memory differs', () => {
  assert.equal(machineId({ ...facts, memoryBytes: facts.memoryBytes - 100e6 }), machineId(facts));
});

test('another kernel, another CPU or another number of cores is another machine', () => {
  const others = [{ kernel: 'linux 6.19' }, { cpuModel: 'B CPU' }, { coreCount: 4 }, { memoryBytes: 2 ** 33 }];
  const ids = [facts, ...others.map((change) => ({ ...facts, ...change }))].map(machineId);
  assert.equal(new Set(ids).size, ids.length);
});

test('a bracketed choice is read out, and an unreadable one is unknown', () => {
  assert.equal(bracketedOption('always [madvise] never'), 'madvise');
  assert.equal(bracketedOption(null), 'unknown');
});

test('an option missing from a known configuration is off, of an unknown one unknown', () => {
  assert.equal(kernelOptionIn('CONFIG_HZ=250\n', 'CONFIG_HZ'), '250');
  assert.equal(kernelOptionIn('# CONFIG_IRQ_TIME_ACCOUNTING is not set\n', 'CONFIG_IRQ_TIME_ACCOUNTING'), 'n');
  assert.equal(kernelOptionIn(null, 'CONFIG_HZ'), 'unknown');
});

test('this machine can be described, and its name is not in it', () => {
  const machine = machineSchema.parse(describeMachine());
  // A name such as `vm` may be part of a kernel's version; a word of its own it must not be.
  const words = JSON.stringify(Object.values(machine)).split(/[^\w.-]+/);
  assert.equal(words.includes(hostname()), false);
});
