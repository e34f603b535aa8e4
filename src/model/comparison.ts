import type { CellKey } from './cell-key.ts';
import type { Waiver } from './gate-policy.ts';
import type { Metric } from './metric.ts';
import type { Warning } from './warning.ts';

/** What is compared: a metric of the table, or `errors`, which is a count and has rules of its own. */
interface ComparedMetric extends Pick<Metric, 'label' | 'unit' | 'better'> {
  readonly metricId: string;
}

/** One cell and one metric of base and head, with everything that led to the verdict. */
export interface Comparison extends ComparedMetric {
  /** `crud-go/history/warm/100/cpu-per-request`: what `explain` and `--waive` call it. */
  readonly id: string;
  readonly cell: CellKey;
  /** gated: of the family over which p is adjusted, and able to fail a commit; informative: shown, p as it is. */
  readonly role: 'gated' | 'informative';
  /** null: this side never measured the cell. */
  readonly base: ComparedSide | null;
  readonly head: ComparedSide | null;
  /** What the verdict was made of. */
  readonly change: Change | null;
  /** How the machine's speed was taken out of the change; null: the policy names no control, or a side lacks it. */
  readonly correction: Correction | null;
  /** The smallest change of this metric that matters, as a ratio. */
  readonly minEffectRatio: number;
  /** What base and head may differ by on this machine though nothing changed (A/A runs); null: never measured here. */
  readonly noiseFloorRatio: number | null;
  readonly verdict: Verdict;
  /** Whether a fresh set of pairs said the same: not-tried where none was asked for, cut-short where the run ended before it had. */
  readonly confirmation: 'not-tried' | 'confirmed' | 'unconfirmed' | 'cut-short';
  /** A known change that is let through; shown wherever it applies. */
  readonly waiver: Waiver | null;
  readonly warnings: readonly Warning[];
}

export interface ComparedSide {
  /** One value a trial that counts, in the order of the trials. */
  readonly values: readonly number[];
  /** For errors the sum, for every other metric the median; null: no value. */
  readonly value: number | null;
  readonly trials: TrialCounts;
}

/** What became of a side's trials in the cell; repeated attempts of a trial that was invalid are not counted twice. */
export interface TrialCounts {
  readonly okCount: number;
  readonly overloadedCount: number;
  readonly failedCount: number;
  readonly invalidCount: number;
}

/** How much head differs from base: 0.06 is 6 % more. */
export interface Change {
  /** paired: trials that were made in turn; two-sample: all of one side against all of the other. */
  readonly method: 'paired' | 'two-sample' | 'counts';
  /** Hodges–Lehmann, of the log ratios; for counts null (a count may be 0). */
  readonly ratio: number | null;
  /** The 95 % interval; null where so few trials cannot give one. */
  readonly interval: { readonly lowRatio: number; readonly highRatio: number } | null;
  /** Pairs, or the trials of the smaller side. */
  readonly count: number;
  /** Standard deviation of log pair ratios (two-sample: of the difference of two trials); null below two. */
  readonly logRatioSd: number | null;
  /** The smallest p that so many could give. */
  readonly minP: number;
  /** One-sided exact p that head is worse by more than the floor, and that it is better. */
  readonly pWorse: number;
  readonly pBetter: number;
  /** Holm over the gated family; as it is for informative metrics. */
  readonly pWorseAdjusted: number;
  readonly pBetterAdjusted: number;
}

/**
 * What the machine's speed did to target and control alike cancels out in their quotient: the corrected change is that of
 * head ÷ control, trial by trial.
 */
export interface Correction {
  /** The metric that moves with the machine and not with the commit. */
  readonly controlMetricId: string;
  /** Which of the two is the comparison's `change`. */
  readonly used: 'corrected' | 'raw';
  /**
   * narrower: the corrected one has less spread, and is used; wider: it has not; control-changed: the commit changed the control
   * itself; contradiction: both intervals have nothing in common, and nothing is decided.
   */
  readonly reason: 'narrower' | 'wider' | 'control-changed' | 'contradiction';
  /** The reason in words; null: nothing speaks against the corrected change. */
  readonly caveat: string | null;
  readonly raw: Change;
  readonly corrected: Change;
  /** The control against the policy's reference, which does the same for both commits; null: not known. */
  readonly control: Change | null;
  /** Width of the corrected interval ÷ that of the raw one, on the scale of logarithms; null: one of them has none. */
  readonly widthRatio: number | null;
}

export type Verdict =
  | {
      readonly kind: 'better' | 'worse';
      readonly reason: string;
      /** effect: the interval and the p of the change; errors: more of them; contract: the vectors are broken. */
      readonly rule: 'effect' | 'errors' | 'contract';
      /** The whole interval lies beyond this ratio: an extra word, not the gate. */
      readonly minChangeRatio: number | null;
    }
  | { readonly kind: 'same'; readonly reason: string }
  | {
      readonly kind: 'inconclusive';
      readonly reason: string;
      /** Pairs (or trials a side) in all that would halve the interval; null: more of them would not help. */
      readonly countToHalveInterval: number | null;
    }
  | {
      readonly kind: 'too-few';
      readonly reason: string;
      /** Pairs (or trials a side) from which on a verdict is possible. */
      readonly minCount: number;
    }
  | { readonly kind: 'added' | 'removed'; readonly reason: string }
  | {
      readonly kind: 'not-comparable';
      readonly reason: string;
      /** The field that differs, such as `machine.kernel`; null: another cause. */
      readonly field: string | null;
    };

export type VerdictKind = Verdict['kind'];

/** One side of a comparison as a reader must know it. */
export interface ComparedRun {
  readonly runIds: readonly string[];
  /** The commit's short hash and subject; null: not of a checkout. */
  readonly commit: { readonly sha: string; readonly subject: string; readonly dirty: boolean } | null;
  readonly startedAt: string;
  readonly machineId: string;
  readonly machineLabel: string;
  /** complete, or why there may be less than planned. */
  readonly state: 'complete' | 'running' | 'interrupted';
}

/** What a comparison comes to. */
export interface ComparisonOutcome {
  /**
   * regression: something gated is worse (and not waived, not unconfirmed); nothing-decidable: no question had an answer, or the
   * run was cut short before a worse one was confirmed.
   */
  readonly kind: 'regression' | 'no-regression' | 'undecidable';
  readonly summary: string;
  /** 0, 1 (regression) or 3 (nothing decidable); what a command that does not gate does with 1 is its own affair. */
  readonly exitCode: 0 | 1 | 3;
}

export interface RunComparison {
  readonly base: ComparedRun;
  readonly head: ComparedRun;
  /** Gated metrics first in each cell; cells in the order of head, then those that only base has. */
  readonly comparisons: readonly Comparison[];
  /** The gated comparisons over which p was adjusted. */
  readonly familyCount: number;
  readonly alpha: number;
  readonly outcome: ComparisonOutcome;
  /** What a side could not build, base's first. */
  readonly buildFailures: readonly BuildFailureRecord[];
  /** Of implementations that were profiled; no verdict rests on them. */
  readonly profiles: readonly ProfileDifference[];
  readonly warnings: readonly Warning[];
}

export interface BuildFailureRecord {
  readonly side: 'base' | 'head';
  readonly implementation: string;
  readonly message: string;
  /** The end of what the tool printed; empty: nothing. */
  readonly logTail: string;
}

/** What base and head spent, by function; times are milliseconds of 1,000 requests. */
export interface ProfileDifference {
  readonly implementation: string;
  readonly workload: string;
  readonly ratePerSec: number;
  readonly base: ProfileSide;
  readonly head: ProfileSide;
  /** The greatest change of self time first; empty where a side is missing. */
  readonly rows: readonly FunctionDifference[];
}

export interface ProfileSide {
  /** CPU in the profiled window; null: there is no profile. */
  readonly cpuMs: number | null;
  /** What of it the profiler saw. */
  readonly sampledMs: number | null;
  /** Names of the files beside the result. */
  readonly files: readonly string[];
  /** Why there is no profile; null: there is. */
  readonly missing: string | null;
}

export interface FunctionDifference {
  readonly name: string;
  readonly file: string | null;
  readonly baseSelfMs: number;
  readonly headSelfMs: number;
  readonly baseTotalMs: number;
  readonly headTotalMs: number;
}
