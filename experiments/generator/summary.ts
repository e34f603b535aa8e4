import { median } from '../../src/stats/descriptive.ts';
import { type Estimate, meanOf, ratioOf, type Verdict, verdictOf } from './estimate.ts';
import type { TargetMode } from './null-target.ts';
import type { QuickTurn } from './quick.ts';

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
  /** Of those that say so. */
  readonly residentMib: number | null;
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
  readonly quick: readonly QuickTurn[];
}

const figureNames: readonly FigureName[] = [
  ...(['cpuUs', 'wholeCpuUs', 'gapCv', 'overTwiceEvenRatio', 'bucketMaxCount', 'answeredRatio'] as const),
  ...(['firstRequestMs', 'residentMib', 'p50Ms', 'p90Ms', 'p99Ms', 'truthP50Ms', 'truthP90Ms', 'truthP99Ms'] as const),
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
/** As many as an interval must rest on. */
const leastTurns = 12;
/** Where the bare sender itself misses a goal, what is asked for is this much of its figure. */
const kernelShare = 1.1;

const rates = [100, 1_000, 5_000, 20_000] as const;
const costOfOha = { 100: [0.75, 0.65], 1000: [1.1, 1], 5000: [1.6, 1.4], 20000: [1.4, 1.2] } as const;
const costOfFloor = { 100: 1.7, 1000: 2, 5000: 1.7, 20000: 1.7 } as const;

/** The goals, line by line; what was not measured is unknown, never met. */
export function assessGoals(summary: Summary): GoalLine[] {
  return [
    ...rates.flatMap((rate) => costGoals(summary, rate)),
    ...[5_000, 20_000].map((rate) => shared(summary, "arrival CV ÷ oha's", 'oha', rate, 'gapCv', 0.5)),
    ...[1_000, 5_000].flatMap((rate) => latencyGoals(summary, rate)),
    ...truthGoals(summary),
    rateGoal(summary),
    line('start of `load` to its first request, ms', meanOf(ownFigures(summary, 'null', 1_000, 'firstRequestMs')), 300),
    line('resident memory at 20000/s, MiB', meanOf(ownFigures(summary, 'null', 20_000, 'residentMib')), 120),
    ...quickGoals(summary),
  ];
}

function costGoals(summary: Summary, rate: (typeof rates)[number]): GoalLine[] {
  const [bound, stretch] = costOfOha[rate];
  const ofFloor = ratioAt(summary, ours, floor, rate, 'cpuUs');
  return [
    shared(summary, "CPU ÷ oha's", 'oha', rate, 'cpuUs', bound),
    shared(summary, "CPU ÷ oha's", 'oha', rate, 'cpuUs', stretch, ' (stretch)'),
    shared(summary, "CPU ÷ k6's", 'k6', rate, 'cpuUs', 1 / 3),
    line(`CPU ÷ the bare sender's at ${rate}/s`, ofFloor, costOfFloor[rate]),
    line(`CPU ÷ the bare sender's at ${rate}/s (stretch)`, ofFloor, 1.3),
  ];
}

/** A goal against a peer, or against the bare sender where that misses it too. */
function shared(
  summary: Summary,
  words: string,
  peer: string,
  rate: number,
  name: FigureName,
  set: number,
  suffix = '',
): GoalLine {
  const goal = `${words} at ${rate}/s${suffix}`;
  const own = ratioAt(summary, ours, peer, rate, name);
  return withKernelShare(goal, own, set, ratioAt(summary, floor, peer, rate, name), (value) => kernelShare * value);
}

function withKernelShare(
  goal: string,
  own: Estimate | null,
  set: number,
  kernel: Estimate | null,
  shareOf: (value: number) => number,
): GoalLine {
  if (kernel === null || kernel.value <= set) return line(goal, own, set);
  const note = `the kernel's share: the bare sender is at ${kernel.value.toFixed(2)}, above ${Number(set.toPrecision(3))}`;
  return line(goal, own, shareOf(kernel.value), note);
}

function latencyGoals(summary: Summary, rate: number): GoalLine[] {
  const p99 = (peer: string) => ratioAt(summary, ours, peer, rate, 'p99Ms');
  const shares = [scaled(p99(floor), 1 / 1.1), scaled(p99('oha'), 1 / 1.25)].filter((share) => share !== null);
  const share = shares.toSorted((a, b) => a.value - b.value)[0] ?? null;
  return [
    p50Goal(summary, rate),
    line(`p99 ÷ the larger of 1.1 × the bare sender's and 1.25 × oha's at ${rate}/s`, share, 1),
  ];
}

function p50Goal(summary: Summary, ratePerSec: number): GoalLine {
  const row = { mode: 'null', ratePerSec } as const;
  const behindOha = (tool: string) =>
    meanOf(pairsOf(summary, [tool, 'oha'], row, 'p50Ms').map(([own, other]) => own - other));
  const floorMs = figureOf(summary, floor, 'null', ratePerSec, 'p50Ms') ?? 0;
  // A tenth of what the bare sender measures, on top of its distance.
  const shareOf = (value: number) => value + (kernelShare - 1) * floorMs;
  return withKernelShare(`p50 − oha's at ${ratePerSec}/s, ms`, behindOha(ours), 0.05, behindOha(floor), shareOf);
}

function scaled(estimate: Estimate | null, factor: number): Estimate | null {
  if (estimate === null) return null;
  const { value, low, high, turnCount } = estimate;
  return { value: value * factor, low: low * factor, high: high * factor, turnCount };
}

const truths = [
  ['p50', 'p50Ms', 'truthP50Ms'],
  ['p90', 'p90Ms', 'truthP90Ms'],
  ['p99', 'p99Ms', 'truthP99Ms'],
] as const;

function truthGoals(summary: Summary): GoalLine[] {
  return (['constant', 'stall', 'freeze'] as const).flatMap((mode) =>
    truths.map(([quantile, claim, truth]) => {
      const isRatio = mode === 'freeze' && quantile === 'p90';
      const off = ownTurns(summary, mode, 1_000).flatMap((figures) => {
        const [told, known] = [figures[claim], figures[truth]];
        return told === null || known === null ? [] : [Math.abs(told - known) / (isRatio ? known : 1)];
      });
      const goal = `${mode}: ${quantile} off the server's own truth, ${isRatio ? 'ratio' : 'ms'}`;
      return line(goal, meanOf(off), isRatio ? 0.01 : 0.5);
    }),
  );
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

function quickGoals({ quick }: Summary): GoalLine[] {
  const pairs = quick.flatMap(({ ours: own, former }) =>
    own === null || former === null ? [] : [[own.cpuMs, former.cpuMs] as const],
  );
  const lateMs = quick.flatMap(({ ours: own }) => own?.wokeLateP50Ms ?? []);
  return [
    line("quick, crud-go at 100/s: CPU ÷ the former generator's", ratioOf(pairs), 0.55),
    line('quick, crud-go at 100/s: woke late p50, ms', meanOf(lateMs), 0.05),
  ];
}

function ownTurns({ cells }: Summary, mode: TargetMode, ratePerSec: number): Figures[] {
  const cell = cells.find(({ tool, row }) => tool === ours && row.mode === mode && row.ratePerSec === ratePerSec);
  return (cell?.turns ?? []).filter((figures) => figures !== null);
}

function ownFigures(summary: Summary, mode: TargetMode, ratePerSec: number, name: FigureName): number[] {
  return ownTurns(summary, mode, ratePerSec).flatMap((figures) => figures[name] ?? []);
}

function ratioAt(summary: Summary, tool: string, peer: string, ratePerSec: number, name: FigureName): Estimate | null {
  return ratioOf(pairsOf(summary, [tool, peer], { mode: 'null', ratePerSec }, name));
}

function line(goal: string, estimate: Estimate | null, bound: number, note: string | null = null): GoalLine {
  return { goal, estimate, bound, verdict: verdictOf(estimate, bound, leastTurns), note };
}
