// npm run raft:mutants: small faults put into the core one at a time, and who notices.
import Table from 'cli-table3';
import { loadTranscripts, testMutant } from './mutant.ts';
import { mutations } from './mutations.ts';

const seedCount = 300;
const transcripts = loadTranscripts();
const table = new Table({
  head: ['fault', 'transcripts that differ', 'first of them', 'simulator: rule broken', 'seed'],
});
let missedCount = 0;
for (const fault of mutations) {
  const { what, vector, differingCount, rule, seed } = await testMutant(fault, transcripts, seedCount);
  if (vector === null && rule === null) missedCount += 1;
  table.push([what, differingCount, vector ?? '–', rule ?? '–', seed ?? '–']);
}
process.stdout.write(
  `${table}\n${mutations.length} faults, ${missedCount} not noticed; ${transcripts.length} transcripts\n`,
);
if (missedCount > 0) process.exitCode = 1;
