import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { record } from '../../../experiments/raft/scenario.ts';
import { scenarios } from '../../../experiments/raft/scenarios/all.ts';
import { parseTranscript, replay, transcriptText } from '../../../experiments/raft/transcript.ts';
import { createNode } from '../../../impls/_node/raft/core/node.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'bench', 'raft', 'vectors');

function transcriptFiles(): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jsonl'));
}

for (const scenario of scenarios) {
  test(`${scenario.name}: ${scenario.title}`, () => {
    const text = transcriptText(record(scenario));
    assert.equal(
      readFileSync(join(folder, `${scenario.name}.jsonl`), 'utf8'),
      text,
      'npm run raft:vectors writes it anew',
    );
  });
}

test('the core replays every transcript byte for byte', () => {
  const files = transcriptFiles();
  assert.ok(files.length >= scenarios.length);
  for (const file of files) {
    const mismatch = replay(parseTranscript(readFileSync(join(folder, file), 'utf8')), createNode);
    assert.equal(mismatch, null, `${file}: ${JSON.stringify(mismatch)}`);
  }
});

test('every transcript by hand has its scenario', () => {
  const byHand = transcriptFiles().filter((name) => !name.startsWith('generated'));
  assert.deepEqual(byHand.sort(), scenarios.map(({ name }) => `${name}.jsonl`).sort());
});
