// Writes bench/raft/vectors anew, from the scenarios and from simulated clusters: npm run raft:vectors.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createNode } from '../../impls/_node/raft/core/node.ts';
import { record } from './scenario.ts';
import { scenarios } from './scenarios/all.ts';
import { recordSeed } from './simulator/recorder.ts';
import { transcriptText } from './transcript.ts';

const seedCount = 210;
const folder = join(import.meta.dirname, '..', '..', 'bench', 'raft', 'vectors');
const generated = join(folder, 'generated');

mkdirSync(generated, { recursive: true });
for (const scenario of scenarios) {
  writeFileSync(join(folder, `${scenario.name}.jsonl`), transcriptText(record(scenario)));
}
for (let seed = 1; seed <= seedCount; seed++) {
  const name = `${String(seed).padStart(3, '0')}.jsonl`;
  writeFileSync(join(generated, name), transcriptText(recordSeed(seed, createNode)));
}
process.stderr.write(`${scenarios.length} vectors by hand and ${seedCount} simulated ones written\n`);
