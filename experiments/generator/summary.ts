import { median } from '../../src/stats/descriptive.ts';
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

/** Medians of one tool in one row. */
export interface ToolMedians {
  readonly tool: string;
  readonly row: Row;
  readonly runCount: number;
  readonly failures: readonly string[];
  readonly figures: Figures;
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
  /** Ours: after so many requests, so much; the first entry is after few. */
  readonly memory: readonly {
    readonly requestCount: number;
    readonly rssBytes: number;
    readonly threadCount: number;
  }[];
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

/** One figure that paceline means to reach, against what was measured in the same run. */
export interface GoalLine {
  readonly goal: string;
  readonly measured: number | null;
  /** The greatest value that reaches it; with `isLeast`, the least. */
  readonly bound: number | null;
  readonly isLeast: boolean;
  readonly verdict: 'met' | 'missed' | 'unknown';
}

const ours = 'paceline';

/** The goals of the pace, line by line; what was not measured is unknown, never met. */
export function assessGoals(summary: Summary): GoalLine[] {
  return [
    ...costGoals(summary),
    ...evennessGoals(summary),
    ...latencyGoals(summary),
    ...truthGoals(summary),
    ...capacityGoals(summary),
  ];
}

function costGoals(summary: Summary): GoalLine[] {
  const cpu = (tool: string, rate: number) => figureOf(summary, tool, 'null', rate, 'cpuUs');
  const against = (peer: string, rate: number, share: number, words: string) =>
    line(`CPU a request at ${rate}/s ${words}`, cpu(ours, rate), times(cpu(peer, rate), share));
  return [
    ...[100, 1_000, 5_000].map((rate) => against('oha', rate, 1, "no more than oha's")),
    against('oha', 20_000, 1.5, "no more than 1.5 × oha's"),
    ...[100, 1_000, 5_000].map((rate) => against('k6', rate, 1 / 3, "under a third of k6's")),
  ];
}

function evennessGoals(summary: Summary): GoalLine[] {
  const cv = (tool: string, rate: number) => figureOf(summary, tool, 'null', rate, 'gapCv');
  const bursts = (rate: number) => figureOf(summary, ours, 'null', rate, 'overTwiceEvenRatio');
  return [
    ...[100, 1_000, 5_000].map((rate) =>
      line(`arrival CV at ${rate}/s no more than oha's`, cv(ours, rate), cv('oha', rate)),
    ),
    line('arrival CV at 5000/s below 1 (stretch)', cv(ours, 5_000), 1),
    ...[1_000, 5_000, 20_000].map((rate) =>
      line(`share of 10 ms above twice the even count at ${rate}/s at most 1 %`, bursts(rate), 0.01),
    ),
  ];
}

function latencyGoals(summary: Summary): GoalLine[] {
  const at = (tool: string, rate: number, name: FigureName) => figureOf(summary, tool, 'null', rate, name);
  return [1_000, 5_000].flatMap((rate) => [
    line(`p50 at ${rate}/s within 0.10 ms of oha's`, distance(at(ours, rate, 'p50Ms'), at('oha', rate, 'p50Ms')), 0.1),
    line(`p99 at ${rate}/s within 1.25 × oha's`, at(ours, rate, 'p99Ms'), times(at('oha', rate, 'p99Ms'), 1.25)),
  ]);
}

function truthGoals(summary: Summary): GoalLine[] {
  const at = (mode: 'constant' | 'stall' | 'freeze', name: FigureName) => figureOf(summary, ours, mode, 1_000, name);
  const near = (mode: 'constant' | 'stall') =>
    (
      [
        ['p50', 'p50Ms', 'truthP50Ms'],
        ['p99', 'p99Ms', 'truthP99Ms'],
      ] as const
    ).map(([name, claim, truth]) =>
      line(`${mode}: ${name} within 0.5 ms of the server's own truth`, distance(at(mode, claim), at(mode, truth)), 0.5),
    );
  const truth = at('freeze', 'truthP90Ms');
  const off = distance(at('freeze', 'p90Ms'), truth);
  const offRatio = off === null || truth === null ? null : off / truth;
  return [
    ...near('constant'),
    ...near('stall'),
    line("freeze: p90 within 2 % of the server's own truth", offRatio, 0.02),
  ];
}

const memoryLimitBytes = 200e6;

function capacityGoals(summary: Summary): GoalLine[] {
  const last = summary.memory.at(-1);
  const threadCount = last?.threadCount ?? null;
  const answered = threadCount === 1 ? figureOf(summary, ours, 'null', 20_000, 'answeredRatio') : null;
  return [
    line('20000/s by one sending thread: answered ÷ due at least 0.999', answered, 0.999, true),
    line(`RSS after ${last?.requestCount ?? 0} requests below 200 MB`, last?.rssBytes ?? null, memoryLimitBytes),
  ];
}

function line(goal: string, measured: number | null, bound: number | null, isLeast = false): GoalLine {
  if (measured === null || bound === null) return { goal, measured, bound, isLeast, verdict: 'unknown' };
  const isMet = isLeast ? measured >= bound : measured <= bound;
  return { goal, measured, bound, isLeast, verdict: isMet ? 'met' : 'missed' };
}

function times(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor;
}

function distance(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.abs(a - b);
}
