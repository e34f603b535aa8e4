// npm run raft:elections: which one-way delay makes the published line 150–300 ms, and what it says of the others.
import { Command, InvalidArgumentError } from 'commander';
import { published } from '../../../bench/raft/published.ts';
import { countOrZero, positiveCount } from '../../../src/cli/options.ts';
import { quantile } from '../../../src/stats/descriptive.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { electionUs } from './virtual-election.ts';

interface Flags {
  readonly count: number;
  readonly delays: readonly number[];
  readonly timerStep: number;
  readonly seed: number;
}

const halves = Array.from({ length: 17 }, (_, i) => i / 2);
/** Votes must come back before the time-outs of the quickest line, 12 to 24 ms. */
const maxDelayMs = 10;
/** Elections behind each published quantile. */
const publishedCount = 1_000;
const fittedLine = '150–300';

const program = new Command('raft:elections')
  .description(
    'Elections of the published experiment in virtual time: the core itself on machines that take no time, so that nothing but the delay of a message differs. Which delay fits the line 150–300, and what follows for the others? A row takes some ten seconds.',
  )
  .option('--count <n>', 'elections a line and delay', positiveCount, 20_000)
  .option('--delays <list>', 'one-way delays in milliseconds, as 1,2.5,3', delayList, halves)
  .option(
    '--timer-step <us>',
    'deadlines are met at the next multiple of it (an event loop: 1000)',
    positiveCount,
    1_000,
  )
  .option('--seed <n>', 'of the time-outs and crashes', countOrZero, 1)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
const flags = program.parse().opts<Flags>();
const lines = Object.keys(published).filter((line) => published[line]?.quantiles.length !== 0);
report();

function delayList(text: string): number[] {
  const delaysMs = text.split(',').map((part) => (/^\d+(\.\d{1,3})?$/.test(part) ? Number(part) : Number.NaN));
  if (!delaysMs.every((delayMs) => delayMs <= maxDelayMs))
    throw new InvalidArgumentError(`They must be milliseconds from 0 to ${maxDelayMs}, as 1,2.5,3.`);
  return delaysMs;
}

function report(): void {
  row('delay ms', lines, `misfit of ${fittedLine}`);
  row('published', lines.map(publishedText), '');
  let best = { delayMs: Number.NaN, misfit: Number.POSITIVE_INFINITY };
  for (const delayMs of flags.delays) {
    const samples = lines.map((line) => sample(line, delayMs));
    const misfit = misfitOf(samples[lines.indexOf(fittedLine)] ?? [], fittedLine);
    if (misfit < best.misfit) best = { delayMs, misfit };
    row(String(delayMs), samples.map(quantilesText), misfit.toFixed(1));
  }
  process.stdout.write(`least misfit: ${best.delayMs} ms\n`);
}

/** Each as soon as it is known: a table that is drawn at the end would be silent for minutes. */
function row(head: string, cells: readonly string[], last: string): void {
  process.stdout.write(
    `${[head.padStart(9), ...cells.map((cell) => cell.padStart(16)), ` ${last}`].join(' ').trimEnd()}\n`,
  );
}

/** Milliseconds. */
function sample(line: string, delayMs: number): number[] {
  const [minMs = 0, maxMs = 0] = line.split('–').map(Number);
  const setting = {
    electionTimeoutMinUs: minMs * 1000,
    electionTimeoutMaxUs: maxMs * 1000,
    oneWayDelayUs: delayMs * 1000,
    timerStepUs: flags.timerStep,
  };
  const random = createRandom(flags.seed);
  return Array.from({ length: flags.count }, () => electionUs(setting, random) / 1000);
}

/** Squared distances of the published median and p99 from ours, in their standard errors: below 6 is as near as chance allows (5 %). */
function misfitOf(timesMs: readonly number[], line: string): number {
  let sum = 0;
  for (const { probability: p, valueMs } of published[line]?.quantiles ?? []) {
    const share = timesMs.filter((timeMs) => timeMs <= valueMs).length / timesMs.length;
    if (p < 1) sum += (share - p) ** 2 / ((p * (1 - p)) / publishedCount);
  }
  return sum;
}

function publishedText(line: string): string {
  const [p50, p99] = published[line]?.quantiles ?? [];
  return `${p50?.valueMs} / ${p99?.valueMs}`;
}

function quantilesText(timesMs: readonly number[]): string {
  return [0.5, 0.99].map((p) => quantile(timesMs, p)?.toFixed(0)).join(' / ');
}
