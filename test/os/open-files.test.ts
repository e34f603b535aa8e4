import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HarnessError } from '../../src/model/harness-error.ts';
import { assertEnoughOpenFiles } from '../../src/os/open-files.ts';

const limits = (soft: string) => `Limit                     Soft Limit           Hard Limit           Units
Max processes             63410                63410                processes
Max open files            ${soft.padEnd(21)}524288               files
`;

test('too few open files are told with the limit and the remedy, before anything starts', () => {
  assert.throws(
    () => assertEnoughOpenFiles(limits('24')),
    (error: unknown) =>
      error instanceof HarnessError && /only 24 files/.test(error.message) && /ulimit -n 1024/.test(error.remedy),
  );
});

test('enough, no limit, and a system that does not say are no trouble', () => {
  for (const soft of ['96', '1024', 'unlimited']) assertEnoughOpenFiles(limits(soft));
  assertEnoughOpenFiles('');
});
