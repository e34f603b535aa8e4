import type { QuestionKey } from '../model/cell-key.ts';
import type { PrimitiveResult, PrimitiveSpec } from '../model/primitive.ts';
import type { Preparation, RunResult } from '../model/run-result.ts';
import type { Phase, Trial, TrialSpec } from '../model/trial.ts';
import type { OpenRoundsRequest, RoundState } from './open-rounds.ts';

export interface PlanSummary {
  readonly scenarioDescription: string;
  readonly implementationIds: readonly string[];
  /** Runtimes that could be asked too, by `--runtimes`. */
  readonly otherRuntimes: readonly string[];
  readonly skipped: readonly { readonly id: string; readonly reason: string; readonly remedy: string }[];
  readonly trialCount: number;
  /** Fewer, where a search for the largest cluster leaves out what can show nothing new. */
  readonly expectedTrialCount: number;
  /** Cases of primitives, each in a fresh process. */
  readonly primitiveCount: number;
  /** Of the trials alone: builds and conformance come before, once. */
  readonly expectedMs: number;
  /** The first question that sends requests, and how often it is asked of how many; null: none does. */
  readonly headline: {
    readonly question: QuestionKey;
    readonly implementationCount: number;
    readonly roundCount: number;
  } | null;
  /** When the rounds end, of which the fewest are planned; null: after as many as are planned. */
  readonly until: Pick<OpenRoundsRequest, 'halfWidthRatio' | 'timeBudgetMs'> | null;
  /** What the time goes to, by service. */
  readonly parts: readonly { readonly service: string; readonly expectedMs: number }[];
}

/** How a window that is open goes so far. */
export interface TrialSecond {
  /** Since the window opened. */
  readonly elapsedMs: number;
  readonly measureMs: number;
  /** Requests that were sent. */
  readonly ratePerSec: number;
  /** The target's; null: not read yet. */
  readonly cpuPerRequestMs: number | null;
  /** The median of the last second that is known; null: of none, or nothing was answered in it. */
  readonly lastSecondP50Ms: number | null;
  /** The median of those medians so far. */
  readonly responseP50Ms: number | null;
}

/** Hears how a run goes. The command line prints it; tests collect it. */
export interface RunReporter {
  onPlan(plan: PlanSummary): void;
  /** One line about work that is not a trial. */
  onStep(text: string): void;
  onPrepared(preparation: Preparation): void;
  onTrialStart(spec: TrialSpec, remainingMs: number): void;
  onPhase(phase: Phase): void;
  /** About once a second while a window is open, where requests are sent. */
  onSecond?(second: TrialSecond): void;
  /** Begins to note whether somebody watches from a browser; what it returns says whether anybody did since. */
  noteWatchers?(): () => boolean;
  onTrialEnd(trial: Trial, doneCount: number, plannedCount: number): void;
  /** The result as it was just saved. */
  onSaved?(result: RunResult): void;
  /** Of rounds that go on until intervals are narrow. */
  onRound(state: RoundState): void;
  onPrimitiveStart(spec: PrimitiveSpec, remainingMs: number): void;
  onPrimitiveEnd(result: PrimitiveResult, doneCount: number, plannedCount: number): void;
}
