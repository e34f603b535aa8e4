/*
 * The same trials under several gates, each asked whether CPU per request became worse: paceline (one set of pairs, and confirmed by the
 * set that follows), benchstat (p < 0.05 and a rise), and github-action-benchmark's rule (head's value above so many per cent of base's;
 * its default is 200 %). What it finds in a recording of one commit is a false alarm; what it does not in a burdened one is missed.
 * `npm run gates -- NAME=PATH… [--pairs 12] [--blocks 300]`: a name for each recording (files or folders; a name may come again).
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goBenchmarkText } from '../../src/compare/export/trial-formats.ts';
import type { Comparison } from '../../src/model/comparison.ts';
import type { RunResult } from '../../src/model/run-result.ts';
import { createRandom } from '../../src/stats/random.ts';
import { readCommandLine } from '../command-line.ts';
import { goInstalled } from '../generator/install.ts';
import {
  type Blocks,
  comparedBlock,
  disjointCount,
  drawnBlocks,
  namedPaths,
  type RecordedPair,
  type Recording,
  recordedRuns,
  recordings,
  sideOf,
} from './recorded.ts';
import { shareText } from './tally.ts';

const { values, positionals } = readCommandLine({
  allowPositionals: true,
  options: { pairs: { type: 'string', default: '12' }, blocks: { type: 'string', default: '300' } },
});
const [pairCount, blockCount] = [Number(values.pairs), Number(values.blocks)];
const named = namedPaths(positionals);
if (named === null || named.size === 0 || !(pairCount > 0) || !(blockCount > 0)) {
  process.stderr.write('usage: npm run gates -- NAME=PATH… [--pairs 12] [--blocks 300]\n');
  process.exit(2);
}

const thresholds = [1.05, 1.1, 1.5, 2];
const signal = new AbortController().signal;
const benchstat = await goInstalled('benchstat', signal, (text) => process.stderr.write(`${text}\n`));
const random = createRandom(20_260_101);

interface Column {
  readonly name: string;
  /** Cells by gate. */
  readonly shares: ReadonlyMap<string, string>;
}

const columns: Column[] = [];
for (const [name, paths] of named) {
  for (const recording of recordings(await recordedRuns(paths))) columns.push(await columnOf(name, recording));
}
line('gate', ...columns.map(({ name }) => name));
line('---', ...columns.map(() => '---:'));
for (const gate of columns[0]?.shares.keys() ?? []) line(gate, ...columns.map(({ shares }) => shares.get(gate) ?? ''));
process.stdout.write(`
Share of ${blockCount} blocks of ${pairCount} pairs in which the gate calls CPU per request worse; intervals as if only the blocks that
share no trial told anything.
`);

async function columnOf(name: string, recording: Recording): Promise<Column> {
  const disjoint = disjointCount(recording, pairCount);
  const [implementation] = recording.cell.split('/');
  const heading = `${name}: ${implementation}, ${recording.series[0]?.length} pairs`;
  if (disjoint === 0) return { name: heading, shares: new Map() };
  const drawn = Array.from({ length: blockCount }, () => drawnBlocks(recording, pairCount, random));
  const cpu = drawn.map(({ block }) => cpuOf(block, recording));
  const once = cpu.map((one) => one?.verdict.kind === 'worse');
  const share = (found: readonly boolean[], independent: number) =>
    shareText(found.filter((one) => one).length / found.length, independent);
  const confirmed = drawn.map(({ next }, index) => once[index] === true && isAgain(next, recording));
  const shares = new Map([
    ['paceline, one set of pairs', share(once, disjoint)],
    ['paceline, confirmed by fresh pairs', disjoint < 2 ? 'too few pairs' : share(confirmed, disjoint / 2)],
    ['benchstat, p < 0.05', share(await benchstatRises(drawn, recording), disjoint)],
    ...thresholds.map((threshold): [string, string] => [
      `github-action-benchmark at ${Math.round(100 * threshold)} %`,
      share(
        cpu.map((one) => quotient(one) > threshold),
        disjoint,
      ),
    ]),
  ]);
  return { name: heading, shares };
}

function cpuOf(block: readonly RecordedPair[], recording: Recording): Comparison | undefined {
  const { comparisons } = comparedBlock(block, recording);
  return comparisons.find(({ metricId, role }) => metricId === 'cpu-per-request' && role === 'gated');
}

function isAgain(next: Blocks['next'], recording: Recording): boolean {
  return next !== null && cpuOf(next, recording)?.verdict.kind === 'worse';
}

/** Of the values that its export writes: the medians. */
function quotient(cpu: Comparison | undefined): number {
  return (cpu?.head?.value ?? 0) / (cpu?.base?.value ?? Number.POSITIVE_INFINITY);
}

/** One call for all blocks, each a benchmark of its own. "+6.13%" in the column `vs base`; "~" is no difference at p 0.05. */
async function benchstatRises(drawn: readonly Blocks[], { runs }: Recording): Promise<boolean[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'paceline-gates-'));
  try {
    const file = join(scratch, 'trials.txt');
    const exported = (['base', 'head'] as const).map((side) => ({
      side,
      run: together(drawn.map(({ block }) => sideOf(block, side, runs))),
    }));
    await writeFile(file, goBenchmarkText(exported));
    const asked = ['-filter', '.unit:cpu-per-request-sec', '-col', 'side', '-format', 'csv', file];
    const csv = execFileSync(benchstat, asked, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const risen = new Set([...csv.matchAll(/^.*impl=block-(\d+)\/.*,\+[\d.]+%,p=/gm)].map((match) => Number(match[1])));
    return drawn.map((_, index) => risen.has(index));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function together(sides: readonly RunResult[]): RunResult {
  const trials = sides.flatMap((side, index) =>
    side.trials.map((trial) => ({ ...trial, spec: { ...trial.spec, implementation: `block-${index}` } })),
  );
  return { ...(sides[0] as RunResult), trials };
}

function line(...cells: string[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}
