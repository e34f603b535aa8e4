// npm run raft:elections: which one-way delay makes the published line 150–300 ms, and what it says of the others.
import { parseArgs } from 'node:util';
import { published } from '../../../bench/raft/published.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { electionUs } from './virtual-election.ts';

const help = `usage: npm run raft:elections -- [options]

Elections of the published experiment in virtual time: the core itself on machines that take no time, so that
nothing but the delay of a message differs. Which delay fits the line 150–300, and what follows for the others?

  --count N        elections a line and delay (default 20000)
  --delays LIST    one-way delays in milliseconds (default 0 to 8 by halves)
  --timer-step US  deadlines are met at the next multiple of it (default 1000, as an event loop does)
  --seed N         (default 1)

  npm run raft:elections -- --delays 1,2,3 --count 100000
`;

const halves = Array.from({ length: 17 }, (_, i) => i / 2).join(',');
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '20000' },
    delays: { type: 'string', default: halves },
    'timer-step': { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});

/** Elections behind each published quantile. */
const publishedCount = 1_000;
const fittedLine = '150–300';

if (values.help) process.stdout.write(help);
else report();

function report(): void {
  const lines = Object.keys(published).filter((line) => published[line]?.quantiles.length !== 0);
  const delaysMs = values.delays.split(',').map(Number);
  process.stdout.write(
    `${'delay ms'.padStart(8)}  ${lines.map((line) => line.padStart(17)).join('')}   misfit of ${fittedLine}\n`,
  );
  process.stdout.write(
    `${'published'.padStart(9)} ${lines.map((line) => publishedText(line).padStart(17)).join('')}\n`,
  );
  let best = { delayMs: Number.NaN, misfit: Infinity };
  for (const delayMs of delaysMs) {
    const samples = new Map(lines.map((line) => [line, sample(line, delayMs)]));
    const misfit = misfitOf(samples.get(fittedLine) ?? [], fittedLine);
    if (misfit < best.misfit) best = { delayMs, misfit };
    const texts = lines.map((line) => quantilesText(samples.get(line) ?? []).padStart(17));
    process.stdout.write(`${String(delayMs).padStart(8)}  ${texts.join('')}   ${misfit.toFixed(1)}\n`);
  }
  process.stdout.write(`least misfit: ${best.delayMs} ms\n`);
}

/** Ascending milliseconds. */
function sample(line: string, delayMs: number): Float64Array {
  const [minMs = 0, maxMs = 0] = line.split('–').map(Number);
  const setting = {
    electionTimeoutMinUs: minMs * 1000,
    electionTimeoutMaxUs: maxMs * 1000,
    oneWayDelayUs: delayMs * 1000,
    timerStepUs: Number(values['timer-step']),
  };
  const random = createRandom(Number(values.seed));
  return Float64Array.from({ length: Number(values.count) }, () => electionUs(setting, random) / 1000).sort();
}

/** Squared distances of the published median and p99 from ours, in their standard errors: below 6 is as near as chance allows (5 %). */
function misfitOf(ascendingMs: ArrayLike<number>, line: string): number {
  let sum = 0;
  for (const { probabilityRatio: p, valueMs } of published[line]?.quantiles ?? []) {
    if (p < 1) sum += (shareBelow(ascendingMs, valueMs) - p) ** 2 / ((p * (1 - p)) / publishedCount);
  }
  return sum;
}

function shareBelow(ascendingMs: ArrayLike<number>, valueMs: number): number {
  let count = 0;
  while (count < ascendingMs.length && (ascendingMs[count] as number) <= valueMs) count++;
  return count / ascendingMs.length;
}

function publishedText(line: string): string {
  return (published[line]?.quantiles ?? [])
    .slice(0, 2)
    .map(({ valueMs }) => valueMs)
    .join(' / ');
}

function quantilesText(ascendingMs: ArrayLike<number>): string {
  return [0.5, 0.99].map((p) => (ascendingMs[Math.floor(p * ascendingMs.length)] ?? Number.NaN).toFixed(0)).join(' / ');
}
