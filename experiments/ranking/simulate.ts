/*
 * How often the ranking claims what is not so, how often it finds what is, and whether its intervals hold after `--until`:
 * simulated, seeded. `npm run ranking -- [--runs 2000] [--only WORDS]`; about six minutes. With `--only`, of the first table the lines
 * that contain the words, and nothing else.
 */
import type { BlockedValue } from '../../src/stats/block-design.ts';
import { type Difference, type PairIntervals, pairIntervals } from '../../src/stats/pair-intervals.ts';
import { createRandom } from '../../src/stats/random.ts';
import { readCommandLine } from '../command-line.ts';
import { normalDraw } from '../gate/simulated.ts';

const { values: given } = readCommandLine({
  options: { runs: { type: 'string', default: '2000' }, only: { type: 'string' } },
});
const runCount = Number(given.runs);
if (!Number.isInteger(runCount) || runCount < 1) {
  process.stderr.write('usage: npm run ranking -- [--runs 2000] [--only WORDS]\n');
  process.exit(2);
}

const random = createRandom(20_261_130);
const normal = () => normalDraw(random);
/** One value in ten is drawn from a distribution four times as wide. */
const visited = () => normal() * (random.float() < 0.1 ? 4 : 1);

/** Seven implementations are the usual table; all of a trial's numbers are logarithms. */
interface Setting {
  readonly name: string;
  readonly means: readonly number[];
  readonly spreads: readonly number[];
  readonly roundCount: number;
  readonly noise: () => number;
  readonly lostCount: number;
  /** As in src/compare/ranking.ts: above ten, against one. */
  readonly baseline: number | null;
}

function setting(name: string, roundCount: number, changed: Partial<Setting> = {}): Setting {
  const means = changed.means ?? zeros(7);
  const spreads = changed.spreads ?? means.map(() => 0.058);
  return { name, means, spreads, roundCount, noise: normal, lostCount: 0, baseline: null, ...changed };
}

function zeros(count: number): number[] {
  return new Array<number>(count).fill(0);
}

function round({ means, spreads, noise }: Setting, block: number): BlockedValue[] {
  const shared = 0.08 * normal();
  return means.map((mean, treatment) => ({
    treatment,
    block,
    value: mean + shared + (spreads[treatment] ?? 0) * noise(),
  }));
}

function rounds(of: Setting): BlockedValue[] {
  const values = Array.from({ length: of.roundCount }, (_, block) => round(of, block)).flat();
  for (let lost = 0; lost < of.lostCount; lost += 1) values.splice(random.below(values.length), 1);
  return values;
}

function intervalsOf(values: readonly BlockedValue[], { means, baseline }: Pick<Setting, 'means' | 'baseline'>) {
  return pairIntervals(values, means.length, { levelRatio: 0.95, baseline });
}

function everyPair(means: readonly number[], holds: (first: number, second: number) => boolean): boolean {
  return means.every((_, first) => means.every((__, second) => second <= first || holds(first, second)));
}

/** Apart, though they are equal or the other way round. */
function isFalse({ low, high }: Difference, truth: number): boolean {
  return (low > 0 && truth <= 0) || (high < 0 && truth >= 0);
}

function claimsNothingFalse(intervals: PairIntervals, means: readonly number[]): boolean {
  return everyPair(means, (a, b) => !isFalse(intervals.between(a, b), (means[b] ?? 0) - (means[a] ?? 0)));
}

function holdsAll(intervals: PairIntervals, means: readonly number[]): boolean {
  return everyPair(means, (a, b) => {
    const { low, high } = intervals.between(a, b);
    const truth = (means[b] ?? 0) - (means[a] ?? 0);
    return low <= truth && truth <= high;
  });
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`;
}

function line(...cells: readonly string[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

function table(title: string, heads: readonly string[]): void {
  process.stdout.write(`\n${title}\n\n`);
  line(...heads);
  line(...heads.map((_, index) => (index === 0 ? '---' : '---:')));
}

/** The share of runs for which it is so; a run that cannot be ranked claims nothing. */
function share(holds: () => boolean): number {
  let count = 0;
  for (let run = 0; run < runCount; run += 1) count += holds() ? 1 : 0;
  return count / runCount;
}

const groups = [0, 0, 0, 0.1, 0.1, 0.2, 0.2];
const fourfold = (isWide: (index: number) => boolean) => zeros(7).map((_, index) => (isWide(index) ? 0.16 : 0.04));
const kinds: readonly (readonly [string, Partial<Setting>])[] = [
  ['normal', {}],
  ['three of seven spread four times as wide', { spreads: fourfold((index) => index > 3) }],
  ['one of seven spreads four times as wide', { spreads: fourfold((index) => index === 0) }],
  ['spreads from one to four times', { spreads: zeros(7).map((_, index) => 0.04 * 4 ** (index / 6)) }],
  ['one trial in ten four times as wide', { noise: visited }],
  ['a trial lost', { lostCount: 1 }],
  ['two trials lost, groups', { lostCount: 2, means: groups }],
  ['groups of 3, 2 and 2, 10 % apart', { means: groups }],
  ['groups, spreads from one to four times', { means: groups, spreads: groups.map((_, i) => 0.04 * 4 ** (i / 6)) }],
  ['three implementations', { means: zeros(3) }],
  ['three, one four times as wide', { means: zeros(3), spreads: [0.04, 0.04, 0.16] }],
  ['twelve, against one', { means: zeros(12), baseline: 4 }],
];

table(`A false claim anywhere in the table, share of ${runCount} runs (mean half-width)`, [
  'noise of a trial',
  '3 rounds',
  '4 rounds',
  '5 rounds',
  '6 rounds',
]);
for (const [name, changed] of kinds) {
  if (!name.includes(given.only ?? '')) continue;
  line(name, ...[3, 4, 5, 6].map((roundCount) => falseClaims(setting(name, roundCount, changed))));
}
if (given.only !== undefined) process.exit(0);

function falseClaims(of: Setting): string {
  let widths = 0;
  const claimed = share(() => {
    const intervals = intervalsOf(ranked(rounds(of), of), of);
    if (intervals === null) return false;
    widths += halfWidth(intervals, of.means, of.baseline) / runCount;
    return !claimsNothingFalse(intervals, of.means);
  });
  return `${percent(claimed)} (${percent(Math.expm1(widths))})`;
}

/** Implementations left with under three trials are not ranked: their trials are drawn again, as equally likely ones. */
function ranked(values: readonly BlockedValue[], of: Setting): readonly BlockedValue[] {
  const counts = of.means.map((_, index) => values.filter(({ treatment }) => treatment === index).length);
  if (of.roundCount > 3 && counts.some((count) => count < 3)) return ranked(rounds(of), of);
  return values;
}

function halfWidth(intervals: PairIntervals, means: readonly number[], baseline: number | null): number {
  const from = baseline === null ? means.map((_, index) => index) : [baseline];
  const widths = from.flatMap((a) =>
    means.flatMap((_, b) => {
      const { low, high } = intervals.between(a, b);
      return b === a ? [] : [(high - low) / 2];
    }),
  );
  return Math.max(...widths);
}

/** The machine's speed moves trial and yardstick alike; the yardstick has noise of its own. */
function yardstickRun(
  yardstickNoise: number,
  factor: number,
  means: readonly number[],
): { intervals: PairIntervals; isCorrected: boolean } {
  const slope = 0.74;
  const trials = Array.from({ length: 5 }, (_, block) =>
    means.map((mean, treatment) => {
      const speed = 0.07 * normal();
      const value = mean + speed + 0.04 * normal();
      return { treatment, block, value, corrected: value - slope * (speed + yardstickNoise * normal()) };
    }),
  ).flat();
  const of = { means, baseline: null };
  const raw = intervalsOf(trials, of) as PairIntervals;
  const corrected = intervalsOf(
    trials.map((trial) => ({ ...trial, value: trial.corrected })),
    of,
  ) as PairIntervals;
  const isCorrected = corrected.errorDeviation < raw.errorDeviation * factor;
  return { intervals: isCorrected ? corrected : raw, isCorrected };
}

table('Choosing between raw and corrected figures within the run, 5 rounds of seven: a false claim (corrected used)', [
  'noise of the yardstick',
  'whichever spreads less',
  'corrected where it spreads a quarter less',
]);
for (const yardstickNoise of [0.02, 0.06, 0.09, 0.15]) {
  line(percent(yardstickNoise), ...[1, 0.75].map((factor) => yardstickClaims(yardstickNoise, factor)));
}

function yardstickClaims(yardstickNoise: number, factor: number): string {
  let correctedCount = 0;
  const claimed = share(() => {
    const { intervals, isCorrected } = yardstickRun(yardstickNoise, factor, zeros(7));
    correctedCount += isCorrected ? 1 : 0;
    return !claimsNothingFalse(intervals, zeros(7));
  });
  return `${percent(claimed)} (${percent(correctedCount / runCount)})`;
}

const minUntilRoundCount = 5;
const maxUntilRoundCount = 30;

table('After `--until`: stopped on the width, at least five rounds, at most thirty', [
  'spread of a trial; asked for',
  'all intervals hold',
  'false claim',
  'rounds, mean',
  'width reached',
]);
for (const [spread, targetRatio] of [
  [0.037, 0.05],
  [0.058, 0.05],
  [0.058, 0.08],
  [0.087, 0.08],
  [0.087, 0.1],
] as const) {
  const of = setting('', 0, { means: groups, spreads: groups.map(() => spread) });
  let [roundSum, reachedCount, falseCount] = [0, 0, 0];
  const held = share(() => {
    const { intervals, roundCount, isReached } = stopped(of, targetRatio);
    roundSum += roundCount;
    reachedCount += isReached ? 1 : 0;
    falseCount += claimsNothingFalse(intervals, of.means) ? 0 : 1;
    return holdsAll(intervals, of.means);
  });
  line(
    `${percent(spread)}; ${percent(targetRatio)}`,
    percent(held),
    percent(falseCount / runCount),
    (roundSum / runCount).toFixed(1),
    percent(reachedCount / runCount),
  );
}

function stopped(of: Setting, targetRatio: number) {
  const values = Array.from({ length: minUntilRoundCount - 1 }, (_, block) => round(of, block)).flat();
  for (let roundCount = minUntilRoundCount; ; roundCount += 1) {
    values.push(...round(of, roundCount - 1));
    const intervals = intervalsOf(values, of) as PairIntervals;
    const isReached = Math.expm1(halfWidth(intervals, of.means, null)) <= targetRatio;
    if (isReached || roundCount === maxUntilRoundCount) return { intervals, roundCount, isReached };
  }
}

table('Two of seven that truly differ are told apart', [
  'spread of a trial; rounds',
  '8 %',
  '10 %',
  '20 %',
  'half-width',
]);
// 3.0 %: the first quiet run of `quick` at 400/s; 3.7 %: what five rounds need for ± 8 %; the others: older runs at 100/s.
for (const spread of [0.03, 0.037, 0.058, 0.087]) {
  for (const roundCount of [3, 4, 5, 6]) {
    let widths = 0;
    const found = [0.08, 0.1, 0.2].map((effectRatio) => {
      const means = [0, Math.log1p(effectRatio), 0.5, 0.6, 0.7, 0.8, 1];
      const of = setting('', roundCount, { means, spreads: means.map(() => spread) });
      return share(() => {
        const intervals = intervalsOf(rounds(of), of) as PairIntervals;
        widths += halfWidth(intervals, means, null) / runCount / 3;
        return intervals.between(0, 1).low > 0;
      });
    });
    line(`${percent(spread)}; ${roundCount}`, ...found.map(percent), percent(Math.expm1(widths)));
  }
}
