import type { RunResult } from '../../model/run-result.ts';
import type { Baseline } from '../baseline.ts';
import { nearestBaselineRow } from '../baseline.ts';
import type { Group, ReportBaseline, ReportClaims, ReportedRun, ReportModel } from '../model.ts';
import type { ClaimBook } from './claims.ts';
import { assessClaims, emptyClaimBook, measuredClaims } from './claims.ts';
import { buildGroups } from './groups.ts';
import { describeImplementations } from './implementations.ts';
import { primitiveSections } from './primitives.ts';
import { buildQuestions } from './questions.ts';
import { collectWarnings } from './warnings.ts';

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
