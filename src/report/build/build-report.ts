import type { Prices } from '../../model/prices.ts';
import type { RunResult } from '../../model/run-result.ts';
import { madeTrialCount } from '../../model/trial.ts';
import { type Baseline, nearestBaselineRow } from '../baseline.ts';
import type { Group, ReportBaseline, ReportClaims, ReportedRun, ReportModel } from '../model.ts';
import { assessClaims, type ClaimBook, type ClaimEvidence, emptyClaimBook, measuredClaims } from './claims.ts';
import { buildCosts } from './costs.ts';
import { buildGroups } from './groups.ts';
import { describeImplementations } from './implementations.ts';
import { primitiveSections } from './primitives.ts';
import { buildQuestions } from './questions.ts';
import { trustOf } from './trust.ts';
import { collectWarnings } from './warnings.ts';

/**
 * The report of a run. `references` are recorded runs: shown where an implementation has no figure of this run, labelled
 * with their machine, under the same contract and workload version only. Pure: same input, same report.
 */
export function buildReport(
  live: RunResult,
  references: readonly RunResult[],
  book: ClaimBook = emptyClaimBook,
  baseline: Baseline | null = null,
  prices: Prices | null = null,
): ReportModel {
  const implementations = describeImplementations([live, ...references]);
  const questions = buildQuestions(live, references, implementations);
  const groups = buildGroups(questions, live.implementations);
  const primitives = primitiveSections(live, implementations);
  return {
    title: titleOf(live, groups),
    run: reportedRun(live),
    implementations: [...implementations.values()],
    groups,
    primitives,
    costs: buildCosts(questions, prices),
    profiles: live.profiles,
    claims: reportClaims({ result: live, questions, primitives }, book),
    warnings: collectWarnings(live, groups),
    trust: trustOf(live, questions),
    baseline: reportBaseline(live, baseline),
  };
}

/** Another machine's baseline says nothing. */
function reportBaseline(live: RunResult, baseline: Baseline | null): ReportBaseline | null {
  if (baseline === null || baseline.machineId !== live.machine.id) return null;
  const rates = new Set(live.trials.map(({ spec }) => spec.loadPlan.ratePerSec));
  const nearest = new Set([...rates].map((rate) => nearestBaselineRow(baseline, rate)).filter((row) => row !== null));
  const rows = [...nearest].filter(({ okCount }) => okCount > 0).sort((a, b) => a.ratePerSec - b.ratePerSec);
  return rows.length === 0 ? null : { calibratedAt: baseline.startedAt, rows };
}

function reportClaims(evidence: ClaimEvidence, { claims, sources, codeLines }: ClaimBook): ReportClaims {
  const all = assessClaims(claims, [evidence], codeLines);
  const assessed = measuredClaims(all);
  return { assessed, unmeasuredCount: all.length - assessed.length, sources };
}

function reportedRun(live: RunResult): ReportedRun {
  const { trials, schemaVersion, warnings, primitives, primitiveFacts, profiles, ...facts } = live;
  const trialCount = madeTrialCount(trials);
  return { ...facts, trialCount, retriedCount: trials.length - trialCount, primitiveCount: primitives.length };
}

function titleOf(live: RunResult, groups: readonly Group[]): string {
  const [only, ...others] = groups.flatMap((group) => group.questions);
  if (only === undefined && live.primitives.length > 0) return 'What a unit of concurrency costs';
  if (only === undefined || others.length > 0) return `Scenario ${live.scenario.id}`;
  const subject = `${only.service}: ${only.workload}`;
  return only.ratePerSec === 0 ? subject : `${subject} at ${only.ratePerSec} requests a second`;
}
