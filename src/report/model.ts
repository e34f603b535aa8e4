import type { ClusterKey } from '../model/cell-key.ts';
import type { ClaimSource } from '../model/claim.ts';
import type { PublishedElections } from '../model/cluster.ts';
import type { Machine, RunResult } from '../model/run-result.ts';
import type { Range } from '../stats/descriptive.ts';
import { type Baseline, type BaselineRow, nearestBaselineRow } from './baseline.ts';
import type { Answer } from './build/answers.ts';
import { type AssessedClaim, assessClaims, type ClaimBook, emptyClaimBook, measuredClaims } from './build/claims.ts';
import type { Elections } from './build/elections.ts';
import { buildGroups, type Group } from './build/groups.ts';
import { describeImplementations, type ReportedImplementation } from './build/implementations.ts';
import { type PrimitiveSection, primitiveSections } from './build/primitives.ts';
import { buildQuestions } from './build/questions.ts';
import { type CollectedWarning, collectWarnings } from './build/warnings.ts';
import type { Chart } from './charts/chart.ts';

export type { SeriesStyle } from './build/implementations.ts';
export type { PrimitiveRow, PrimitiveSection } from './build/primitives.ts';
export type { Axis, Bar, BarChart, Chart, Dot, DotChart, Line, LineChart, LinePoint, Series } from './charts/chart.ts';

/** Everything the page, the terminal and the Markdown say about one run, as plain data. */
export interface ReportModel {
  readonly title: string;
  readonly run: ReportedRun;
  readonly implementations: readonly ReportedImplementation[];
  readonly groups: readonly Group[];
  /** Empty where the run measured none. */
  readonly primitives: readonly PrimitiveSection[];
  readonly claims: ReportClaims;
  readonly warnings: readonly CollectedWarning[];
  /** null: this machine was never calibrated, or nothing was driven. */
  readonly baseline: ReportBaseline | null;
}

/** What the seeds said of what this run measured. */
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

/** The run as it was: what a reader needs to repeat or to doubt it. */
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
  /** The sizes asked, of which this cell is one; null: the scenario does not look for the largest. */
  readonly sizeSearch: readonly number[] | null;
  /** In sentences: "at 100/s on history". */
  readonly conditions: string;
  /** Least CPU per request first; what has no figure last. */
  readonly rows: readonly Row[];
  /** Implementations in `rows` without a figure: the reason why references are shown at all. */
  readonly missingImplementations: readonly string[];
  /** Recorded at another time, maybe on another machine: shown beside, never compared with `rows`. */
  readonly references: readonly Row[];
  /** Why a recorded run is not shown. */
  readonly excludedReferences: readonly string[];
  readonly answers: readonly Answer[];
  readonly resolution: Resolution | null;
  readonly charts: readonly Chart[];
}

/** One implementation in one cell. Every figure is over its trials that count: ok, the last such attempt of each repetition. */
export interface Row {
  readonly implementation: ReportedImplementation;
  /** null: measured in this run. */
  readonly source: Source | null;
  readonly okCount: number;
  readonly plannedCount: number;
  /** By metric id (see model/metric.ts). */
  readonly figures: Readonly<Record<string, Range | null>>;
  readonly p99: Tail | null;
  /** null: no leader was lost. */
  readonly elections: Elections | null;
  readonly notes: readonly Note[];
  readonly curve: readonly CurvePoint[];
  readonly overTime: OverTime | null;
  readonly generator: GeneratorQuality | null;
  readonly trials: readonly TrialRow[];
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
  readonly kind: 'skipped' | 'failed' | 'overloaded' | 'invalid' | 'latency-void' | 'not-steady' | 'unfinished';
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

/** How honest the load was; medians over trials. */
export interface GeneratorQuality {
  readonly sendDelayP50Ms: number | null;
  readonly sendDelayP99Ms: number | null;
  readonly generatorDelayP50Ms: number | null;
  readonly generatorDelayP99Ms: number | null;
  readonly connectionWaitP99Ms: number | null;
  /** Woke-late p50 ÷ response p50: the share of the headline that the generator made. */
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
  readonly remarks: readonly string[];
  readonly logTail: string | null;
}

export interface NamedFigure {
  readonly name: string;
  readonly text: string;
}

/** What this machine could tell apart with this many trials. */
export interface Resolution {
  /** Coefficient of variation of CPU per request between trials, pooled over implementations. */
  readonly cvRatio: number;
  /** The least relative difference of two implementations' means that stands out at 95 % (two-sided t). */
  readonly minDetectableDifferenceRatio: number;
  readonly implementationCount: number;
  /** Trials of an implementation, least and greatest. */
  readonly trialCounts: readonly [number, number];
}

/**
 * The report of a run. `references` are recorded runs: shown where an implementation has no figure of this run, labelled
 * with their machine, under the same contract and workload version only. Pure: same input, same report.
 */
export function buildReport(
  live: RunResult,
  references: readonly RunResult[],
  book: ClaimBook = emptyClaimBook,
  floor: Baseline | null = null,
): ReportModel {
  const who = describeImplementations([live, ...references]);
  const groups = buildGroups(buildQuestions(live, references, who), live.implementations);
  return {
    title: titleOf(live, groups),
    run: reportedRun(live),
    implementations: [...who.values()],
    groups,
    primitives: primitiveSections(live, who),
    claims: reportClaims(live, book),
    warnings: collectWarnings(live, groups),
    baseline: reportBaseline(live, floor),
  };
}

/** Another machine's floor says nothing. */
function reportBaseline(live: RunResult, floor: Baseline | null): ReportBaseline | null {
  if (floor === null || floor.machineId !== live.machine.id) return null;
  const rates = new Set(live.trials.map(({ spec }) => spec.loadPlan.ratePerSec));
  const nearest = new Set([...rates].map((rate) => nearestBaselineRow(floor, rate)).filter((row) => row !== null));
  const rows = [...nearest].filter(({ okCount }) => okCount > 0).sort((a, b) => a.ratePerSec - b.ratePerSec);
  return rows.length === 0 ? null : { calibratedAt: floor.startedAt, rows };
}

function reportClaims(live: RunResult, { claims, sources, codeLines }: ClaimBook): ReportClaims {
  const all = assessClaims(claims, [live], codeLines);
  const judged = measuredClaims(all);
  return { assessed: judged, unmeasuredCount: all.length - judged.length, sources };
}

function reportedRun(live: RunResult): ReportedRun {
  const { trials, schemaVersion, warnings, primitives, primitiveFacts, ...facts } = live;
  return { ...facts, trialCount: trials.length, primitiveCount: primitives.length };
}

function titleOf(live: RunResult, groups: readonly Group[]): string {
  const [only, ...others] = groups.flatMap((group) => group.cells);
  if (only === undefined && live.primitives.length > 0) return 'What a unit of concurrency costs';
  if (only === undefined || others.length > 0) return `Scenario ${live.scenario.id}`;
  return only.ratePerSec === 0 ? only.workload : `${only.workload} at ${only.ratePerSec} requests a second`;
}
