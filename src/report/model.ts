import type { RankedImplementation, Ranking } from '../compare/ranking.ts';
import type { ClusterKey } from '../model/cell-key.ts';
import type { Claim, ClaimSource } from '../model/claim.ts';
import type { PublishedElections } from '../model/cluster.ts';
import type { Prices } from '../model/prices.ts';
import type { PrimitiveFacts } from '../model/primitive.ts';
import type { Profile } from '../model/profile.ts';
import type { Machine, OpenRounds, RunResult } from '../model/run-result.ts';
import type { Warning } from '../model/warning.ts';
import type { Range } from '../stats/descriptive.ts';
import type { QuantileInterval } from '../stats/interval.ts';
import type { BaselineRow } from './baseline.ts';
import type { SeriesStyle } from './charts/palette.ts';
import type { Cost, Usage } from './cost.ts';

/** Everything the page, the terminal and the Markdown say about one run, as plain data. */
export interface ReportModel {
  readonly title: string;
  readonly run: ReportedRun;
  readonly implementations: readonly ReportedImplementation[];
  readonly groups: readonly Group[];
  /** Empty where the run measured none. */
  readonly primitives: readonly PrimitiveSection[];
  /** null: no prices, or no requests. */
  readonly costs: ReportCosts | null;
  readonly profiles: readonly Profile[];
  readonly claims: ReportClaims;
  readonly warnings: readonly CollectedWarning[];
  readonly trust: Trust;
  /** null: this machine was never calibrated, or nothing was driven. */
  readonly baseline: ReportBaseline | null;
}

/** What a million requests cost, at these prices. */
export interface ReportCosts {
  readonly prices: Prices;
  readonly questions: readonly QuestionCosts[];
}

export interface QuestionCosts extends Pick<Question, 'id' | 'conditions' | 'ratePerSec'> {
  /** Least sum first; rows without figures are not there. */
  readonly rows: readonly CostRow[];
}

export interface CostRow {
  readonly implementation: ReportedImplementation;
  /** Medians over the trials that count. */
  readonly usage: Usage;
  readonly cost: Cost;
}

/** The claims of the source documents about what this run measured. */
export interface ReportClaims {
  readonly assessed: readonly AssessedClaim[];
  /** Statements about something else. */
  readonly unmeasuredCount: number;
  readonly sources: readonly ClaimSource[];
}

/** What the generator alone shows on the run's machine, at the calibrated rates nearest to those of the run. */
export interface ReportBaseline {
  readonly calibratedAt: string;
  readonly rows: readonly BaselineRow[];
}

/** The run: what a reader needs to repeat or to question it. */
export interface ReportedRun extends Pick<RunResult, 'runId' | 'state' | 'startedAt' | 'finishedAt' | 'command'> {
  readonly commit: RunResult['commit'];
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly scenario: RunResult['scenario'];
  readonly workloads: RunResult['workloads'];
  readonly database: RunResult['database'];
  readonly implementations: RunResult['implementations'];
  readonly plannedTrialCount: number;
  readonly trialCount: number;
  /** Further attempts at trials that did not count. */
  readonly retriedCount: number;
  readonly plannedPrimitiveCount: number;
  readonly primitiveCount: number;
}

/** One workload at one rate, with every implementation's row. */
export interface Question {
  /** Unique in the report and fit for an anchor: crud-history-warm-100. */
  readonly id: string;
  readonly service: string;
  readonly workload: string;
  readonly temperature: 'warm' | 'cold';
  /** 0: no request is sent. */
  readonly ratePerSec: number;
  readonly cluster: ClusterKey | null;
  readonly published: PublishedElections | null;
  /** The sizes tried, of which this question is one; null: the scenario does not look for the largest. */
  readonly sizeSearch: readonly number[] | null;
  /** In sentences: "at 100/s on history". */
  readonly conditions: string;
  /** Lowest CPU per request first; what has no figure last. */
  readonly rows: readonly Row[];
  /** Implementations in `rows` without a figure: the reason why references are shown at all. */
  readonly missingImplementations: readonly string[];
  /** Recorded at another time, maybe on another machine: shown beside, never compared with `rows`. */
  readonly references: readonly Row[];
  /** Why a recorded run is not shown. */
  readonly excludedReferences: readonly string[];
  /** By metric, of those that can be ranked. */
  readonly rankings: readonly Ranking[];
  readonly answers: readonly Answer[];
  readonly resolution: Resolution | null;
}

/** One implementation in one question. Every figure is over its trials that count: ok, the last such attempt of each repetition. */
export interface Row {
  readonly implementation: ReportedImplementation;
  /** null: measured in this run. */
  readonly source: Source | null;
  /** It broke its contract, or was wrong in some trial: it has no figures. */
  readonly isWrong: boolean;
  readonly okCount: number;
  readonly plannedCount: number;
  /** By metric id (see model/metric.ts). */
  readonly figures: Readonly<Record<string, Range | null>>;
  /** In CPU per request; null: not ranked. */
  readonly rank: Rank | null;
  readonly p99: Tail | null;
  /** null: no leader crashed. */
  readonly elections: Elections | null;
  readonly notes: readonly Note[];
  readonly curve: readonly CurvePoint[];
  /** From the moment a request was sent: what its waiting to be sent hides. */
  readonly serviceCurve: readonly CurvePoint[];
  /** By kind, ascending; empty: no latency counts. */
  readonly latencies: Readonly<Record<LatencyKind, readonly LatencyFigure[]>>;
  readonly overTime: OverTime | null;
  readonly generator: GeneratorQuality | null;
  readonly trials: readonly TrialRow[];
}

/** What a row says of its place; the whole ranking is of its question. */
export interface Rank extends RankedImplementation {
  /** What its ratio is to: the least, or the implementation that was chosen. */
  readonly reference: string;
  readonly isReferenceLeast: boolean;
}

/** response: from the due time; service: from when it was sent, which hides the waiting (see docs/glossary.md). */
export type LatencyKind = 'response' | 'service';

/** One percentile: median and range over the trials, or of all trials' requests pooled where one has too few. */
export interface LatencyFigure {
  readonly percentile: 50 | 90 | 99 | 99.9;
  readonly medianMs: number;
  /** null: one trial, or pooled. */
  readonly range: readonly [number, number] | null;
  readonly pooled: boolean;
}

/** Where a recorded run comes from. */
export interface Source {
  readonly label: string;
  readonly machineId: string;
}

/** p99 over all operations. Pooled: of the merged histogram, because one trial has too few requests; never compared. */
export interface Tail {
  readonly medianMs: number;
  readonly pooled: boolean;
}

export interface Note {
  readonly kind:
    | 'skipped'
    | 'failed'
    | 'overloaded'
    | 'invalid'
    | 'latency-discarded'
    | 'warmup-not-converged'
    | 'memory-rising'
    | 'unfinished';
  /** A few words, for a table. */
  readonly label: string;
  /** Trials it is about; 0: not about trials. */
  readonly trialCount: number;
  readonly text: string;
  readonly remedy: string | null;
}

export interface CurvePoint {
  /** 0 … below 100. */
  readonly percentile: number;
  readonly valueMs: number;
}

/** Index i is second i of the measured window; each value is the median over trials. */
export interface OverTime {
  readonly coresUsed: readonly (number | null)[];
  readonly privateBytes: readonly (number | null)[];
  readonly responseP50Ms: readonly (number | null)[];
}

/** Load generator quality; medians over trials. */
export interface GeneratorQuality {
  readonly sendDelayP50Ms: number | null;
  readonly sendDelayP99Ms: number | null;
  readonly generatorDelayP50Ms: number | null;
  readonly generatorDelayP99Ms: number | null;
  readonly connectionWaitP99Ms: number | null;
  /** Generator delay p50 ÷ response p50: the share of the headline that the generator made. */
  readonly generatorDelayShareRatio: number | null;
  readonly sendGapCv: number | null;
  /** Which loop drove the target; several where the trials differ. */
  readonly loops: readonly string[];
  readonly wakeupsPerRequest: number | null;
  readonly eventLoopUtilizationRatio: number | null;
  readonly coresUsed: number | null;
  readonly sentRatio: number | null;
}

export interface TrialRow {
  readonly implementation: string;
  readonly repetition: number;
  readonly attempt: number;
  readonly position: number;
  readonly status: 'ok' | 'overloaded' | 'invalid' | 'failed';
  /** Whether the row's figures contain it. */
  readonly isCounted: boolean;
  /** By metric id, whatever the status; null where nothing was measured. */
  readonly figures: Readonly<Record<string, number | null>>;
  readonly noise: readonly NamedFigure[];
  /** In the order of the trial; empty: nothing was measured. */
  readonly phases: readonly Phase[];
  /** What became of its requests; empty: none were due. */
  readonly counts: readonly NamedFigure[];
  /** null: nothing was measured. */
  readonly overTime: OverTime | null;
  readonly remarks: readonly string[];
  readonly logTail: string | null;
}

export interface NamedFigure {
  readonly name: string;
  readonly text: string;
}

/** null: how long it took is not known. */
export interface Phase extends NamedFigure {
  readonly lengthMs: number | null;
}

/** How far the figures of a run can be trusted: the generator, the machine's noise, and what both can resolve. */
export interface Trust {
  /** null: the rounds were as many as the scenario says. */
  readonly until: OpenRounds | null;
  /** Trials with requests, whatever their status. */
  readonly drivenTrialCount: number;
  readonly latencyDiscardedCount: number;
  /** Of the trials that count: CPU per request was still changing when their warm-up ended. */
  readonly notConvergedCount: number;
  /** Not counted, by the fault of the generator or the machine. */
  readonly invalidCount: number;
  /** The worst trial; null: not known. */
  readonly maxOtherProcessesCpuRatio: number | null;
  readonly maxStealRatio: number | null;
  readonly maxSlowdownFactor: number | null;
  /** By question, the coarsest first. */
  readonly resolutions: readonly { readonly conditions: string; readonly resolution: Resolution }[];
}

/** Which differences this run can resolve with this many trials. */
export interface Resolution {
  /** How much CPU per request varies from trial to trial beyond what a round shares, pooled over implementations. */
  readonly spreadRatio: number;
  /** Differences that are seen to be greater are told apart, all of them together at 95 %. */
  readonly halfWidthRatio: number;
  readonly areSpreadsAlike: boolean;
  readonly implementationCount: number;
  /** Trials of an implementation, minimum and maximum. */
  readonly trialCounts: readonly [number, number];
}

/** A question of the run and what its trials answer, in one sentence. */
export interface Answer {
  /** "Lowest CPU per request" */
  readonly subject: string;
  /** What was ranked; null: nothing (the rate, too few trials). */
  readonly metricId: string | null;
  readonly verdict: 'distinct' | 'indistinct' | 'too-few' | 'rate';
  /** "at 100/s on history" */
  readonly conditions: string;
  /** The sentence after its subject and place; `strong` parts name the implementations. */
  readonly parts: readonly AnswerPart[];
  /** What was ranked, in a word: "CPU". */
  readonly short: string;
  /** Of the first over the next, "1.2×"; null: nothing was ranked, or no winner was found. */
  readonly advantage: string | null;
}

export interface AnswerPart {
  readonly text: string;
  readonly strong: boolean;
}

/** One workload at one or several rates. */
export interface Group {
  readonly id: string;
  readonly service: string;
  readonly workload: string;
  readonly temperature: 'warm' | 'cold';
  readonly questions: readonly Question[];
  /** Empty below three rates: two points are always on a line. */
  readonly slopes: readonly CpuSlope[];
  /** Of a cluster-size search; empty otherwise. */
  readonly largest: readonly LargestCluster[];
}

/** CPU time per second as a straight line over the rate. */
export interface CpuSlope {
  readonly implementation: ReportedImplementation;
  /** What one more request costs. */
  readonly slopeMsPerRequest: number;
  /** The line's value at no load, CPU milliseconds a second; what was measured while idle is a figure of its own. */
  readonly interceptMsPerSec: number;
  readonly rateCount: number;
}

/** How far one implementation came in a cluster-size search. */
export interface LargestCluster {
  readonly row: Row;
  /** null: not even the smallest held. */
  readonly size: number | null;
  readonly okCount: number;
  readonly startCount: number;
  /** Nothing larger holds: the next one failed, or is beyond what the implementation declares as its limit. */
  readonly isMax: boolean;
  /** Why no larger one did. */
  readonly limitReason: string;
}

/** Every crash of a leader in the trials that count, pooled: each election is an experiment of its own. */
export interface Elections {
  /** Ascending, milliseconds; those that ended within the limit. */
  readonly timesMs: readonly number[];
  /** Without a new leader within the limit. */
  readonly unfinishedCount: number;
  readonly p50: QuantileInterval | null;
  readonly p90: QuantileInterval | null;
  readonly p99: QuantileInterval | null;
  readonly maxMs: number | null;
  /** Elections that needed a second term ÷ those that ended; null where laggards, which cannot win, use up terms of their own. */
  readonly splitVoteRatio: number | null;
  readonly meanTerms: number | null;
  /** Expected from the measured one-way delay; null where that or the range of the time-outs is not known. */
  readonly expectedSplitVoteRatio: number | null;
  readonly oneWayDelayMs: number | null;
  readonly comparisons: readonly PublishedComparison[];
}

/** One published quantile beside ours. */
export interface PublishedComparison {
  readonly name: string;
  readonly publishedMs: number;
  readonly ours: QuantileInterval | null;
  readonly verdict: 'inside' | 'close' | 'outside' | 'unknown';
}

export interface ReportedImplementation {
  readonly id: string;
  readonly language: string;
  readonly model: string;
  readonly description: string;
  readonly runtimeVersion: string | null;
  readonly style: SeriesStyle;
}

/** One primitive with the rows of every implementation. */
export interface PrimitiveSection {
  readonly facts: PrimitiveFacts;
  /** By size, then by what it costs. */
  readonly rows: readonly PrimitiveRow[];
}

/** One case: a variant of an implementation at a size. Every range is over fresh processes. */
export interface PrimitiveRow {
  readonly label: string;
  readonly implementation: string;
  readonly language: string;
  readonly caseId: string;
  readonly description: string;
  readonly style: SeriesStyle;
  readonly size: number | null;
  readonly wallNs: Range | null;
  readonly cpuNs: Range | null;
  readonly privateBytes: Range | null;
  /** What one unit adds to the program that has none of them; null for the baseline, where there is none, and where it is too little to be seen. */
  readonly bytesPerUnit: Range | null;
  readonly osThreadCount: number | null;
  readonly emptyLoopNs: number | null;
  readonly isBelowLoop: boolean;
  readonly okCount: number;
  /** It ran out of memory, of time, or of what else the system gives: more than this cannot be had here. */
  readonly isLimitReached: boolean;
  /** Why there is no figure, or why some processes gave none; null: all did. */
  readonly failureText: string | null;
}

/** Every warning of one cause; a number in which they differ is a range in `message`. */
export interface CollectedWarning extends Warning {
  /** In the order of their trials; empty: the run as a whole. */
  readonly implementations: readonly string[];
  /** 0: the run as a whole. */
  readonly trialCount: number;
}

/** A claim put beside what was measured. */
export interface AssessedClaim {
  readonly claim: Claim;
  readonly verdict: ClaimVerdict;
  /** With its interval, in the claim's own terms; null: not measured. */
  readonly measured: string | null;
  /** The day and scenario of the file it was read from; null: none. */
  readonly source: string | null;
}

export type ClaimVerdict = 'holds' | 'holds in part' | 'does not hold' | 'not measured';
