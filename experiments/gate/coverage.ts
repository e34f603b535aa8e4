/*
 * How often the intervals hold what they claim, and what the gate's rule finds: simulated, seeded.
 * `npm run coverage [-- RUNS]`; 2,000 simulations a line by default, about four minutes.
 */
import { gate } from '../../bench/gate.ts';
import type { Change, Correction } from '../../src/model/comparison.ts';
import { median } from '../../src/stats/descriptive.ts';
import { type Interval, medianEstimate } from '../../src/stats/interval.ts';
import { createRandom } from '../../src/stats/random.ts';
import { rankSumEstimate, signedRankEstimate } from '../../src/stats/rank-tests.ts';
import { bootstrapInterval } from './bootstrap.ts';
import { correctionOfPairs, criteria, isCorrectedWorse, isWorse, normalDraw, pairedChange } from './simulated.ts';

const runCount = Number(process.argv[2] ?? 2_000);
if (!Number.isInteger(runCount) || runCount < 1) {
  process.stderr.write('usage: npm run coverage [-- RUNS]\n');
  process.exit(2);
}

const random = createRandom(20_260_101);
const levelRatio = 0.95;

/** Noise around 0 with scale 1, as drawn by a seeded source. */
type Noise = () => number;

const normal: Noise = () => normalDraw(random);
/** One value in ten is drawn from a distribution four times as wide: a visiting neighbour. */
const visited: Noise = () => normal() * (random.float() < 0.1 ? 4 : 1);

function drawn(noise: Noise, count: number): number[] {
  return Array.from({ length: count }, noise);
}

const intervals: readonly { name: string; of(noise: Noise, count: number): Interval | null }[] = [
  {
    name: 'paired, Hodges–Lehmann, exact',
    of: (noise, n) => signedRankEstimate(drawn(noise, n), levelRatio)?.interval ?? null,
  },
  {
    name: 'two-sample, Hodges–Lehmann, exact',
    of: (noise, n) => rankSumEstimate(drawn(noise, n), drawn(noise, n), levelRatio)?.interval ?? null,
  },
  { name: 'median, order statistics', of: (noise, n) => medianEstimate(drawn(noise, n), levelRatio)?.interval ?? null },
  {
    name: 'median, percentile bootstrap',
    of: (noise, n) =>
      bootstrapInterval(drawn(noise, n), (sample) => median(sample) ?? Number.NaN, {
        random,
        levelRatio,
        resampleCount: 300,
      }),
  },
];

/** Every statistic's true value is 0. */
function coverage(of: (noise: Noise, count: number) => Interval | null, noise: Noise, count: number): string {
  let held = 0;
  for (let run = 0; run < runCount; run += 1) {
    const interval = of(noise, count);
    if (interval === null) return 'none';
    if (interval.low <= 0 && interval.high >= 0) held += 1;
  }
  return percent(held / runCount);
}

interface Setting {
  readonly cvRatio: number;
  readonly pairCount: number;
  readonly familyCount: number;
}

/** Whether pairs of trials with this repeat noise (coefficient of variation of one trial) are judged worse. */
function isFound({ cvRatio, pairCount, familyCount }: Setting, effectRatio: number): boolean {
  const pairs = Array.from({ length: pairCount }, () => ({
    base: Math.exp(cvRatio * normal()),
    head: (1 + effectRatio) * Math.exp(cvRatio * normal()),
  }));
  const change = pairedChange(pairs);
  return change !== null && isWorse(change, familyCount);
}

function found(setting: Setting, effectRatio: number): { once: number; confirmed: number } {
  let once = 0;
  let confirmed = 0;
  for (let run = 0; run < runCount; run += 1) {
    if (!isFound(setting, effectRatio)) continue;
    once += 1;
    if (isFound(setting, effectRatio)) confirmed += 1;
  }
  return { once: once / runCount, confirmed: confirmed / runCount };
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(ratio > 0 && ratio < 0.02 ? 2 : 1)} %`;
}

function line(...cells: string[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

function table(heads: string[]): void {
  line(...heads);
  line(...heads.map((_, index) => (index === 0 ? '---' : '---:')));
}

const counts = [6, 10, 12, 20, 30];
process.stdout.write(`Share of ${runCount} simulations in which the 95 % interval held the truth\n\n`);
table(['interval', ...counts.map((n) => `n = ${n}`)]);
for (const { name, of } of intervals) {
  for (const [words, noise] of [
    ['normal', normal],
    ['one in ten four times as wide', visited],
  ] as const) {
    line(`${name}; ${words}`, ...counts.map((n) => coverage(of, noise, n)));
  }
}

process.stdout.write(
  `\nShare judged worse, once / with fresh pairs that say so again (CPU per request, smallest effect ${percent(criteria.minEffectRatio)}, alpha ${gate.alpha} over so many gated comparisons)\n\n`,
);
table(['repeat noise, pairs, comparisons', 'no change', 'true rise 5 %', 'true rise 10 %']);
for (const [cvRatio, pairCount, familyCount] of [
  [0.02, 10, 1],
  [0.03, 10, 1],
  [0.03, 16, 1],
  [0.03, 20, 1],
  [0.02, 12, 5],
  [0.03, 20, 5],
  [0.02, 12, 35],
  [0.03, 20, 35],
] as const) {
  const cell = (effectRatio: number) => {
    const { once, confirmed } = found({ cvRatio, pairCount, familyCount }, effectRatio);
    return `${percent(once)} / ${percent(confirmed)}`;
  };
  line(`CV ${percent(cvRatio)}, ${pairCount}, ${familyCount}`, cell(0), cell(0.05), cell(0.1));
}

/** Coefficients of variation: of the machine's speed, common to all three, and of each for itself. */
interface ControlSetting {
  readonly machineRatio: number;
  readonly ownRatio: number;
  readonly controlRatio: number;
  readonly referenceRatio: number;
  readonly pairCount: number;
  /** What the commit does to the database: the control is then none. */
  readonly controlEffectRatio: number;
  /** Whether it shows in the statements that the commit sends. */
  readonly changesStatements: boolean;
}

/** One comparison of pairs in which target, database and generator share the machine. */
function correctedRun(setting: ControlSetting, effectRatio: number): Correction | null {
  const side = (target: number, control: number) => {
    const speed = setting.machineRatio * normal();
    return {
      target: Math.exp(speed + setting.ownRatio * normal()) * (1 + target),
      control: Math.exp(speed + setting.controlRatio * normal()) * (1 + control),
      reference: Math.exp(speed + setting.referenceRatio * normal()),
    };
  };
  const pairs = Array.from({ length: setting.pairCount }, () => ({
    base: side(0, 0),
    head: side(effectRatio, setting.controlEffectRatio),
  }));
  return correctionOfPairs(pairs, { changesStatements: setting.changesStatements });
}

interface ControlShares {
  readonly held: number;
  readonly rawHeld: number;
  readonly worse: number;
  readonly confirmed: number;
  readonly rawWorse: number;
  readonly correctedUsed: number;
}

/** Over a family of one: how often the interval holds the truth, and the verdict is "worse", with and without the control. */
function controlShares(setting: ControlSetting, effectRatio: number): ControlShares {
  const runs = Array.from({ length: 2 * runCount }, () => correctedRun(setting, effectRatio)).filter(
    (one) => one !== null,
  );
  const share = (holds: (one: Correction) => boolean) => runs.filter(holds).length / runs.length;
  const holdsTruth = ({ interval }: Change) =>
    interval !== null && interval.lowRatio <= effectRatio && interval.highRatio >= effectRatio;
  const worse = share((one) => isCorrectedWorse(one, 1));
  return {
    held: share(({ used, ...changes }) => holdsTruth(changes[used])),
    rawHeld: share(({ raw }) => holdsTruth(raw)),
    worse,
    confirmed: worse ** 2,
    rawWorse: share(({ raw }) => isWorse(raw, 1)),
    correctedUsed: share(({ used }) => used === 'corrected'),
  };
}

process.stdout.write(
  '\nWith a control: the interval used holds the truth (raw alone) | judged worse, once / confirmed (raw alone)\n\n',
);
table([
  'machine, own, control, generator; pairs; database',
  'no change: holds',
  'no change: worse',
  '5 %: worse',
  '10 %: worse',
  'corrected used',
]);
for (const [machineRatio, ownRatio, controlRatio, referenceRatio, pairCount, controlEffectRatio, changesStatements] of [
  [0.16, 0.04, 0, 0.06, 12, 0, false],
  [0.16, 0.03, 0.03, 0.06, 12, 0, false],
  [0.16, 0.03, 0.03, 0.06, 20, 0, false],
  [0.02, 0.02, 0.02, 0.02, 12, 0, false],
  [0, 0.02, 0.04, 0.06, 12, 0, false],
  [0.16, 0.03, 0.03, 0.06, 12, -0.03, false],
  [0.16, 0.03, 0.03, 0.06, 12, -0.1, false],
  [0.16, 0.03, 0.03, 0.06, 12, -0.3, false],
  [0.16, 0.03, 0.03, 0.06, 12, -0.03, true],
  [0.16, 0.03, 0.03, 0.06, 12, -0.1, true],
] as const) {
  const setting = {
    machineRatio,
    ownRatio,
    controlRatio,
    referenceRatio,
    pairCount,
    controlEffectRatio,
    changesStatements,
  };
  const [none, five, ten] = [0, 0.05, 0.1].map((effect) => controlShares(setting, effect)) as [
    ControlShares,
    ControlShares,
    ControlShares,
  ];
  const worse = ({ worse: once, confirmed, rawWorse }: ControlShares) =>
    `${percent(once)} / ${percent(confirmed)} (${percent(rawWorse)})`;
  line(
    `${[machineRatio, ownRatio, controlRatio, referenceRatio].map(percent).join(', ')}; ${pairCount}; ${percent(controlEffectRatio)}${changesStatements ? ', other statements' : ''}`,
    `${percent(none.held)} (${percent(none.rawHeld)})`,
    worse(none),
    worse(five),
    worse(ten),
    percent(none.correctedUsed),
  );
}
