/*
 * How often the gate cries wolf: recorded trials of one commit (`npm run bench -- run noise --trials 200 --impl crud-go`), of which
 * contiguous blocks are taken as pairs of "base" and "head", as `ci` would have made them at that time.
 * `npm run false-alarms -- FILE [PAIRS] [BLOCKS] [SECONDS]`; 12 pairs, 10,000 blocks, at most 600 seconds. Blocks share trials, so the
 * interval is too narrow by an unknown part: true A/A runs (`ci --aa`) are the check.
 */

import { gate } from '../../bench/gate.ts';
import { compareRuns } from '../../src/compare/compare-runs.ts';
import { needsConfirmation } from '../../src/compare/confirm.ts';
import type { RunResult } from '../../src/model/run-result.ts';
import type { OkTrial } from '../../src/model/trial.ts';
import { createRandom } from '../../src/stats/random.ts';
import { normalQuantile } from '../../src/stats/student.ts';
import { readResult } from '../../src/store/result-file.ts';

const [path, ...sizes] = process.argv.slice(2);
const [pairCount = 12, blockCount = 10_000, secondsMost = 600] = sizes.map(Number);
if (path === undefined || ![pairCount, blockCount, secondsMost].every((size) => size > 0)) {
  process.stderr.write('usage: npm run false-alarms -- FILE [PAIRS] [BLOCKS] [SECONDS]\n');
  process.exit(2);
}

const random = createRandom(20_260_101);
const options = { policy: gate, minEffectRatio: null, floors: new Map<string, number>(), waivers: [], today: '' };
const result = await readResult(path);
const byImplementation = Map.groupBy(
  result.trials.filter((trial) => trial.status === 'ok'),
  ({ spec }) => spec.implementation,
);
for (const [id, trials] of byImplementation) process.stdout.write(`${id}: ${alarms(trials)}\n`);

function alarms(trials: readonly OkTrial[]): string {
  const size = 2 * pairCount;
  if (trials.length < 2 * size) return `${trials.length} trials are too few for two blocks of ${size}`;
  const endMs = performance.now() + (secondsMost * 1000) / byImplementation.size;
  let done = 0;
  let flagged = 0;
  let confirmed = 0;
  for (; done < blockCount && performance.now() < endMs; done += 1) {
    const start = random.below(trials.length - size + 1);
    const first = flagsOf(trials, start);
    if (first.size === 0) continue;
    flagged += 1;
    // Fresh pairs come right after, as far as the recording goes.
    const next = start + 2 * size <= trials.length ? start + size : Math.max(0, start - size);
    const again = flagsOf(trials, next);
    if ([...first].some((flag) => again.has(flag))) confirmed += 1;
  }
  const shares = `flagged once ${share(flagged, done)}, with fresh pairs that say so again ${share(confirmed, done)}`;
  return `${trials.length} trials, ${done} blocks of ${pairCount} pairs: ${shares}`;
}

/** What of the block is judged better or worse, though nothing changed. */
function flagsOf(trials: readonly OkTrial[], start: number): ReadonlySet<string> {
  const sides: { base: OkTrial[]; head: OkTrial[] } = { base: [], head: [] };
  let turn = 0;
  for (let number = 1; number <= pairCount; number += 1) {
    if (number % 2 === 1) turn = random.below(2);
    const order = (number + turn) % 2 === 0 ? (['base', 'head'] as const) : (['head', 'base'] as const);
    for (const [place, side] of order.entries()) {
      const trial = trials[start + 2 * (number - 1) + place] as OkTrial;
      const spec = { ...trial.spec, repetition: number, attempt: 1, pair: { sessionId: 'block', number } };
      sides[side].push({ ...trial, spec });
    }
  }
  const run = (side: 'base' | 'head'): RunResult => ({ ...result, runId: side, trials: sides[side] });
  const { comparisons } = compareRuns(run('base'), run('head'), options);
  return new Set(comparisons.filter(needsConfirmation).map(({ id, verdict }) => `${id} ${verdict.kind}`));
}

/** With its 95 % interval (Wilson 1927), as if blocks were independent. */
function share(count: number, of: number): string {
  const z = normalQuantile(0.975);
  const middle = (count + z ** 2 / 2) / (of + z ** 2);
  const reach = (z / (of + z ** 2)) * Math.sqrt((count * (of - count)) / of + z ** 2 / 4);
  const percent = (ratio: number) => (100 * Math.max(0, ratio)).toFixed(2);
  return `${percent(count / of)} % [${percent(middle - reach)}, ${percent(middle + reach)}]`;
}
