/*
 * How often the gate cries wolf where nothing changed. From A/A runs (`ci --aa`: folders with, or names of, `…-aa-base.json` and
 * `…-aa-head.json`) or from a run of one commit (`run noise`): contiguous blocks of trials are judged as pairs that `ci` made, flags
 * are confirmed by the block that follows; and each A/A run is judged as it was recorded, flags being confirmed by the next A/A run.
 * `npm run false-alarms -- [PATH…] [--pairs 12] [--blocks 10000] [--seconds 600]`
 */
import { createRandom } from '../../src/stats/random.ts';
import { readCommandLine } from '../command-line.ts';
import { comparedRun, disjointCount, type Recording, recordedRuns, recordings } from './recorded.ts';
import { type Flagged, flagsOf, shareText, tallied, talliedBlocks } from './tally.ts';

const { values, positionals: paths } = readCommandLine({
  allowPositionals: true,
  options: {
    pairs: { type: 'string', default: '12' },
    blocks: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '600' },
  },
});
const [pairCount, blockCount, maxSeconds] = [values.pairs, values.blocks, values.seconds].map(Number) as [
  number,
  number,
  number,
];
if (![pairCount, blockCount, maxSeconds].every((size) => size > 0)) {
  process.stderr.write('usage: npm run false-alarms -- [PATH…] [--pairs 12] [--blocks 10000] [--seconds 600]\n');
  process.exit(2);
}

const random = createRandom(20_260_101);
const known = recordings(await recordedRuns(paths)).filter(({ isAA }) => isAA);
line('recording', 'judged', 'anything flagged', 'and again by fresh pairs');
line('---', '---', '---:', '---:');
for (const recording of known) {
  printBlocks(recording);
  printRuns(recording);
}
process.stdout.write(`
Anything: any of the gated figures called better or worse. First interval: as if blocks were independent, which they are not, for they
share trials: too narrow. Second: as if only the blocks that share no trial told anything: too wide. The true A/A runs are the check.
`);

function printBlocks(recording: Recording): void {
  const disjoint = disjointCount(recording, pairCount);
  if (disjoint === 0) {
    line(recording.cell, `${recording.series[0]?.length} pairs are too few for a block of ${pairCount}`, '', '');
    return;
  }
  const endMs = performance.now() + (maxSeconds * 1000) / known.length;
  const tally = talliedBlocks(recording, { pairCount, blockCount, random, endMs });
  const share = (count: number, independent: number) => {
    const ratio = count / tally.blockCount;
    const wide = shareText(ratio, Math.max(1, independent)).replace(/^.*\[/, '[');
    return `${shareText(ratio, tally.blockCount)} ${wide}`;
  };
  const cells = ({ onceCount, confirmedCount }: Flagged) => [
    share(onceCount, disjoint),
    tally.hasNext ? share(confirmedCount, disjoint / 2) : 'too few pairs for two blocks',
  ];
  const judged = `${tally.blockCount} blocks of ${pairCount} of ${recording.series[0]?.length} pairs (${disjoint} share no trial)`;
  line(recording.cell, judged, ...cells(tally.any));
  for (const [flag, flagged] of tally.byFlag) line('', flag.slice(recording.cell.length + 1), ...cells(flagged));
}

function printRuns({ runs, cell }: Recording): void {
  const flags = runs.flatMap((run) => comparedRun(run) ?? []).map(flagsOf);
  if (flags.length === 0) return;
  const { any, byFlag } = tallied(
    flags.map((once, index) => ({ once, again: flags[(index + 1) % flags.length] ?? once })),
  );
  const share = (count: number) => `${count} of ${flags.length}: ${shareText(count / flags.length, flags.length)}`;
  const names = [...byFlag].map(([flag, { onceCount }]) => `${flag.slice(cell.length + 1)} ${onceCount}`);
  const judged = `${flags.length} true A/A runs${names.length === 0 ? '' : ` (${names.join(', ')})`}`;
  line(cell, judged, share(any.onceCount), flags.length > 1 ? share(any.confirmedCount) : 'no other run');
}

function line(...cells: string[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}
