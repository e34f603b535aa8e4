// Writes bench/raft/vectors/*.jsonl anew from the scenarios: npm run raft:vectors.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { record } from './scenario.ts';
import { scenarios } from './scenarios/all.ts';
import { transcriptText } from './transcript.ts';

const folder = join(import.meta.dirname, '..', '..', 'bench', 'raft', 'vectors');
for (const scenario of scenarios) {
  writeFileSync(join(folder, `${scenario.name}.jsonl`), transcriptText(record(scenario)));
}
process.stderr.write(`${scenarios.length} vectors written\n`);
