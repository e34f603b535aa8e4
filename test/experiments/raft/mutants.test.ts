import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDetected, loadTranscripts } from '../../../experiments/raft/mutants/mutant.ts';
import { mutations } from '../../../experiments/raft/mutants/mutations.ts';

test('every small fault put into the core makes it differ from a transcript', async () => {
  const transcripts = loadTranscripts();
  const missed: string[] = [];
  for (const fault of mutations) if (!(await isDetected(fault, transcripts))) missed.push(fault.what);
  assert.ok(mutations.length >= 20);
  assert.deepEqual(missed, []);
});

test('a fault that is none is not noticed', async () => {
  const same = {
    what: 'nothing',
    file: 'config.ts',
    from: 'Math.floor(clusterSize / 2) + 1',
    to: '1 + Math.floor(clusterSize / 2)',
  };
  assert.equal(await isDetected(same, loadTranscripts()), false);
});
