/** What an exported script was made of: it stands in the script and in every summary, so that an import needs nothing else. */
export interface K6Plan {
  readonly service: string;
  readonly workload: string;
  readonly workloadVersion: number;
  readonly contractVersion: number;
  readonly description: string;
  /** In their order: counters name an operation by its place. */
  readonly operations: readonly string[];
  readonly target: string;
  readonly ratePerSec: number;
  readonly measureMs: number;
  readonly warmupCount: number;
  readonly warmupRatePerSec: number;
  readonly timeoutMs: number;
  readonly virtualUserCount: number;
  /** What the target is to be given, as in the scenario. */
  readonly workerCount: number;
  readonly databaseConnectionCount: number;
  readonly ignoresBodies: boolean;
  readonly seed: number;
  /** What the first iteration draws as: a warm-up in several loads goes on where the last one ended. */
  readonly firstIteration: number;
}

/** How a measured request ended. */
export const outcomes = ['ok', 'wrong', 'failed', 'timed_out', 'unsent'] as const;
export type Outcome = (typeof outcomes)[number];

/** Begins the script's second line, which has the plan. */
export const planMark = '// plan: ';

const firstBoundMs = 0.1;
const lastBoundMs = 60_000;
export const boundFactor = 1.25;

/**
 * Upper ends of the counters that make up a histogram, in ms; what is longer has a counter of its own. Sums over instances are exact.
 * Multiplied up, as k6's powers differ from Node's in the last digit.
 */
export const boundsMs: readonly number[] = multipliedUp();

function multipliedUp(): number[] {
  const bounds = [firstBoundMs];
  for (let last = firstBoundMs; last < lastBoundMs; bounds.push(last)) last *= boundFactor;
  return bounds;
}

/** The place of the first bound that is not below; `boundsMs.length` above all. */
export function boundPlace(ms: number): number {
  if (ms <= firstBoundMs) return 0;
  const near = Math.max(0, Math.floor(Math.log(ms / firstBoundMs) / Math.log(boundFactor)) - 1);
  for (let place = near; place < boundsMs.length; place += 1) if (ms <= (boundsMs[place] as number)) return place;
  return boundsMs.length;
}

export const histograms = ['response', 'service', 'send_delay'] as const;

export type HistogramName = (typeof histograms)[number];

/** Of one instance that sent everything, beside the counters. */
export function exactName(histogram: HistogramName): string {
  return `paceline_exact_${histogram}`;
}

/** k6's names of what is known exactly of a distribution. */
export const exactStats = ['count', 'min', 'avg', 'p(50)', 'p(90)', 'p(99)', 'p(99.9)', 'max'] as const;
export type ExactFigures = Readonly<Record<(typeof exactStats)[number], number>>;

/** By the field of `acknowledged`. */
/** k6's own count of what no virtual user was free for: of the load alone, not of the warm-up before it. */
export const droppedOfLoad = 'dropped_iterations{scenario:load}';

export const acknowledgedNames = {
  createdCount: 'paceline_acknowledged_created',
  deletedCount: 'paceline_acknowledged_deleted',
  uncertainCount: 'paceline_acknowledged_uncertain',
} as const;

export function bucketName(histogram: HistogramName, place: number): string {
  return `paceline_${histogram}_${String(place).padStart(2, '0')}`;
}

export function outcomeName(operation: number, outcome: Outcome): string {
  return `paceline_operation_${operation}_${outcome}`;
}

/** k6 takes whole iterations in a unit of time: 12.5/s are 25 in 2 s. null: it cannot be said so with a unit of at most 1,000 s. */
export function wholeRate(ratePerSec: number): { readonly rate: number; readonly timeUnitSec: number } | null {
  const thousandths = Math.round(ratePerSec * 1_000);
  if (thousandths < 1 || Math.abs(thousandths / 1_000 - ratePerSec) > 1e-9) return null;
  const divisor = greatestCommonDivisor(thousandths, 1_000);
  return { rate: thousandths / divisor, timeUnitSec: 1_000 / divisor };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Those due within the window: k6 starts one more, due at its end. */
export function plannedCount({ ratePerSec, measureMs }: Pick<K6Plan, 'ratePerSec' | 'measureMs'>): number {
  return Math.ceil((ratePerSec * measureMs) / 1_000 - 1e-9);
}
