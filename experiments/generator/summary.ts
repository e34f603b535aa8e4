import { median } from '../../src/stats/descriptive.ts';
import { type Estimate, meanOf, ratioOf, type Verdict, verdictOf } from './estimate.ts';
import type { TargetMode } from './null-target.ts';

/** A row of the comparison: one target behaviour at one rate. */
export interface Row {
  readonly mode: TargetMode;
  readonly ratePerSec: number;
  readonly connectionCount: number;
}

/** The figures of one run that are compared; null is unknown. */
export interface Figures {
  readonly cpuUs: number | null;
  readonly wholeCpuUs: number | null;
  readonly gapCv: number | null;
  readonly overTwiceEvenRatio: number | null;
  readonly bucketMaxCount: number | null;
  readonly answeredRatio: number | null;
  readonly firstRequestMs: number | null;
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p99Ms: number | null;
  readonly truthP50Ms: number | null;
  readonly truthP90Ms: number | null;
  readonly truthP99Ms: number | null;
}

export type FigureName = keyof Figures;

/** One tool in one row. */
export interface ToolMedians {
  readonly tool: string;
  readonly row: Row;
  readonly runCount: number;
  readonly failures: readonly string[];
  /** Medians. */
  readonly figures: Figures;
  /** By turn; null where it did not run or failed. */
  readonly turns: readonly (Figures | null)[];
}

/** The greatest rate of the ladder that was kept, and the first that was not; null where there is none. */
export interface HighestRate {
  readonly tool: string;
  readonly keptRatePerSec: number | null;
  readonly missedRatePerSec: number | null;
}

export interface Summary {
  readonly cells: readonly ToolMedians[];
  readonly highest: readonly HighestRate[];
}

const figureNames: readonly FigureName[] = [
  ...(['cpuUs', 'wholeCpuUs', 'gapCv', 'overTwiceEvenRatio', 'bucketMaxCount', 'answeredRatio'] as const),
  ...(['firstRequestMs', 'p50Ms', 'p90Ms', 'p99Ms', 'truthP50Ms', 'truthP90Ms', 'truthP99Ms'] as const),
];

export function mediansOf(runs: readonly Figures[]): Figures {
  const entries = figureNames.map((name) => [
    name,
    median(runs.map((run) => run[name]).filter((value) => value !== null)),
  ]);
  return Object.fromEntries(entries) as Figures;
}

/** A median, or null where the tool was not run or does not tell. */
export function figureOf(
  { cells }: Summary,
  tool: string,
  mode: TargetMode,
  ratePerSec: number,
  name: FigureName,
): number | null {
  const cell = cells.find((one) => one.tool === tool && one.row.mode === mode && one.row.ratePerSec === ratePerSec);
  return cell?.figures[name] ?? null;
}

/** One figure of two tools in the turns in which both ran. */
export function pairsOf(
  { cells }: Summary,
  [tool, peer]: readonly [string, string],
  { mode, ratePerSec }: Pick<Row, 'mode' | 'ratePerSec'>,
  name: FigureName,
): (readonly [number, number])[] {
  const turnsOf = (id: string) =>
    cells.find((one) => one.tool === id && one.row.mode === mode && one.row.ratePerSec === ratePerSec)?.turns ?? [];
  const theirs = turnsOf(peer);
  return turnsOf(tool).flatMap((figures, turn) => {
    const [own, other] = [figures?.[name] ?? null, theirs[turn]?.[name] ?? null];
    return own === null || other === null ? [] : [[own, other] as const];
  });
}

/** One figure that paceline means to reach, against what was measured in the same turns of the same run. */
export interface GoalLine {
  readonly goal: string;
  readonly estimate: Estimate | null;
  /** The greatest value that reaches it. */
  readonly bound: number | null;
  readonly verdict: Verdict;
  /** Why the bound is not the one that was set. */
  readonly note: string | null;
}

const ours = 'paceline';
const floor = 'c-sender';
/** As many as an interval must rest on; slow targets are asked in fewer turns, and only the estimate is judged there. */
const leastTurns = 12;
const leastSlowTurns = 3;
/** Where the bare sender itself misses a goal, what is asked for is this much of its figure. */
const kernelShare = 1.1;

const rates = [100, 1_000, 5_000, 20_000] as const;
const costOfOha = { 100: [0.75, 0.65], 1000: [1.1, 1], 5000: [1.6, 1.4], 20000: [1.4, 1.2] } as const;
const costOfFloor = { 100: 1.7, 1000: 2, 5000: 1.7, 20000: 1.7 } as const;

/** The goals, line by line; what was not measured is unknown, never met. */
export function assessGoals(summary: Summary): GoalLine[] {
  return [
    ...rates.flatMap((rate) => costGoals(summary, rate)),
    ...[5_000, 20_000].map((rate) =>
      line(`arrival CV ÷ oha's at ${rate}/s`, ratioAt(summary, ours, 'oha', rate, 'gapCv'), 0.5),
    ),
    ...[1_000, 5_000].flatMap((rate) => latencyGoals(summary, rate)),
    ...truthGoals(summary),
    rateGoal(summary),
  ];
}

function costGoals(summary: Summary, rate: (typeof rates)[number]): GoalLine[] {
  const cpu = (tool: string, peer: string) => ratioAt(summary, tool, peer, rate, 'cpuUs');
  const kernel = cpu(floor, 'oha');
  const [bound, stretch] = costOfOha[rate];
  const ofOha = (words: string, set: number) =>
    kernel !== null && kernel.value > set
      ? line(
          `CPU ÷ oha's at ${rate}/s${words}`,
          cpu(ours, 'oha'),
          kernelShare * kernel.value,
          `the kernel's share: the bare sender is at ${kernel.value.toFixed(2)}, above ${set}`,
        )
      : line(`CPU ÷ oha's at ${rate}/s${words}`, cpu(ours, 'oha'), set);
  return [
    ofOha('', bound),
    ofOha(' (stretch)', stretch),
    line(`CPU ÷ k6's at ${rate}/s`, cpu(ours, 'k6'), 1 / 3),
    line(`CPU ÷ the bare sender's at ${rate}/s`, cpu(ours, floor), costOfFloor[rate]),
    line(`CPU ÷ the bare sender's at ${rate}/s (stretch)`, cpu(ours, floor), 1.3),
  ];
}

function latencyGoals(summary: Summary, rate: number): GoalLine[] {
  const row = { mode: 'null', ratePerSec: rate } as const;
  const p50s = pairsOf(summary, [ours, 'oha'], row, 'p50Ms');
  const p99 = (peer: string) => ratioAt(summary, ours, peer, rate, 'p99Ms');
  const shares = [scaled(p99(floor), 1 / 1.1), scaled(p99('oha'), 1 / 1.25)].filter((share) => share !== null);
  const share = shares.toSorted((a, b) => a.value - b.value)[0] ?? null;
  return [
    line(`p50 − oha's at ${rate}/s, ms`, meanOf(p50s.map(([own, other]) => own - other)), 0.05),
    line(`p99 ÷ the larger of 1.1 × the bare sender's and 1.25 × oha's at ${rate}/s`, share, 1),
  ];
}

function scaled(estimate: Estimate | null, factor: number): Estimate | null {
  if (estimate === null) return null;
  const { value, low, high, turnCount } = estimate;
  return { value: value * factor, low: low * factor, high: high * factor, turnCount };
}

const truths = [
  ['constant', 'p50', 'p50Ms', 'truthP50Ms'],
  ['constant', 'p99', 'p99Ms', 'truthP99Ms'],
  ['stall', 'p50', 'p50Ms', 'truthP50Ms'],
  ['stall', 'p99', 'p99Ms', 'truthP99Ms'],
  ['freeze', 'p50', 'p50Ms', 'truthP50Ms'],
] as const;

function truthGoals(summary: Summary): GoalLine[] {
  const offBy = (mode: 'constant' | 'stall' | 'freeze', claim: FigureName, truth: FigureName, isRelative: boolean) => {
    const cell = summary.cells.find(({ tool, row }) => tool === ours && row.mode === mode && row.ratePerSec === 1_000);
    const off = (cell?.turns ?? []).flatMap((figures) => {
      const [told, known] = [figures?.[claim] ?? null, figures?.[truth] ?? null];
      return told === null || known === null ? [] : [Math.abs(told - known) / (isRelative ? known : 1)];
    });
    return meanOf(off);
  };
  return [
    ...truths.map(([mode, quantile, claim, truth]) =>
      slow(`${mode}: ${quantile} off the server's own truth, ms`, offBy(mode, claim, truth, false), 0.5),
    ),
    slow("freeze: p90 off the server's own truth, ratio", offBy('freeze', 'p90Ms', 'truthP90Ms', true), 0.01),
  ];
}

/** A rate is kept or not; there is nothing to estimate. */
function rateGoal({ highest }: Summary): GoalLine {
  const goal = '40,000/s kept where oha keeps it';
  const keptBy = (id: string) => highest.find(({ tool }) => tool === id)?.keptRatePerSec ?? null;
  const [own, peer] = [keptBy(ours), keptBy('oha')];
  const isKnown = highest.some(({ tool }) => tool === ours) && highest.some(({ tool }) => tool === 'oha');
  const isMet = (own ?? 0) >= 40_000 || (peer ?? 0) < 40_000;
  const note = isKnown ? `paceline keeps ${own ?? 'none'}, oha ${peer ?? 'none'}` : null;
  return { goal, estimate: null, bound: null, verdict: isKnown ? (isMet ? 'met' : 'missed') : 'unknown', note };
}

function ratioAt(summary: Summary, tool: string, peer: string, ratePerSec: number, name: FigureName): Estimate | null {
  return ratioOf(pairsOf(summary, [tool, peer], { mode: 'null', ratePerSec }, name));
}

function line(goal: string, estimate: Estimate | null, bound: number, note: string | null = null): GoalLine {
  return { goal, estimate, bound, verdict: verdictOf(estimate, bound, leastTurns), note };
}

function slow(goal: string, estimate: Estimate | null, bound: number): GoalLine {
  return { goal, estimate, bound, verdict: verdictOf(estimate, bound, leastSlowTurns), note: null };
}
