/*
 * What the gate finds: recordings of two commits of which the newer is known to be worse (`npm run burden`; files or folders), of
 * which contiguous blocks of several sizes are judged as `ci` would have, flags being confirmed by the block that follows.
 * `npm run power -- [PATH…] [--pairs 6,8,10,12,16,20] [--blocks 1000] [--seconds 600]`
 */
import { changeText } from '../../src/compare/text.ts';
import type { Comparison } from '../../src/model/comparison.ts';
import { createRandom } from '../../src/stats/random.ts';
import { readCommandLine } from '../command-line.ts';
import { burdenEstimate, burdenText } from './burden-estimate.ts';
import { comparedBlock, disjointCount, type Recording, recordedRuns, recordings } from './recorded.ts';
import { shareText, type Tally, talliedBlocks } from './tally.ts';

const { values, positionals: paths } = readCommandLine({
  allowPositionals: true,
  options: {
    pairs: { type: 'string', default: '6,8,10,12,16,20' },
    blocks: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '600' },
  },
});
const sizes = values.pairs.split(',').map(Number);
const [blockCount, maxSeconds] = [Number(values.blocks), Number(values.seconds)];
if (![...sizes, blockCount, maxSeconds].every((size) => size > 0)) {
  process.stderr.write('usage: npm run power -- [PATH…] [--pairs 6,8,10,12,16,20] [--blocks 1000] [--seconds 600]\n');
  process.exit(2);
}

const random = createRandom(20_260_101);
const known = recordings(await recordedRuns(paths)).filter(({ isAA }) => !isAA);
for (const recording of known) printRecording(recording);
process.stdout.write(`
Found: judged worse by one block. Confirmed: by the block that follows, too. Intervals: as if only the blocks that share no pair told
anything, for the others repeat them; the share itself is of all blocks.
`);

function printRecording(recording: Recording): void {
  const [pairs = []] = recording.series;
  const whole = comparedBlock(pairs, recording).comparisons;
  const gated = whole.filter(({ role, metricId }) => role === 'gated' && metricId !== 'errors');
  const endMs = performance.now() + (maxSeconds * 1000) / known.length;
  const fitting = sizes.filter((pairCount) => pairCount <= pairs.length);
  const tallies = fitting.map((pairCount) => ({
    pairCount,
    tally: talliedBlocks(recording, { pairCount, blockCount, random, endMs }),
  }));
  const estimate = burdenEstimate(recording);
  if (estimate !== null) process.stdout.write(`${burdenText(recording.cell, estimate)}\n\n`);
  process.stdout.write(`${recording.cell}, ${pairs.length} pairs; found, confirmed\n\n`);
  line('gated', 'change, all pairs', ...fitting.map((pairCount) => `${pairCount} pairs`));
  line('---', '---:', ...fitting.map(() => '---:'));
  for (const comparison of gated) {
    const cells = tallies.map(({ pairCount, tally }) =>
      foundText(comparison, tally, disjointCount(recording, pairCount)),
    );
    line(comparison.label, comparison.change === null ? '' : changeText(comparison.change), ...cells);
  }
}

function foundText({ id }: Comparison, { byFlag, blockCount: count, hasNext }: Tally, disjoint: number): string {
  const { onceCount, confirmedCount } = byFlag.get(`${id} worse`) ?? { onceCount: 0, confirmedCount: 0 };
  const confirmed = hasNext ? shareText(confirmedCount / count, disjoint / 2) : 'too few pairs';
  return `${shareText(onceCount / count, disjoint)}, ${confirmed}`;
}

function line(...cells: string[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}
