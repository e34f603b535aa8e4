import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faults } from './mutants/faults.ts';
import { isNoticed, loadTranscripts } from './mutants/prove.ts';

test('every small fault put into the core makes it differ from a transcript', async () => {
  const transcripts = loadTranscripts();
  const missed: string[] = [];
  for (const fault of faults) if (!(await isNoticed(fault, transcripts))) missed.push(fault.what);
  assert.ok(faults.length >= 20);
  assert.deepEqual(missed, []);
});

test('a fault that is none is not noticed', async () => {
  const same = {
    what: 'nothing',
    file: 'config.ts',
    from: 'Math.floor(clusterSize / 2) + 1',
    to: '1 + Math.floor(clusterSize / 2)',
  };
  assert.equal(await isNoticed(same, loadTranscripts()), false);
});
