import { join } from 'node:path';
import { compareRuns } from '../compare/compare-runs.ts';
import type { NoiseFloors } from '../compare/noise-floor.ts';
import { applyConfirmation, markCutShort, needsConfirmation } from '../compare/outcome.ts';
import { profileDifferences } from '../compare/profile-difference.ts';
import { cellId, cellOf } from '../model/cell-key.ts';
import type { Comparison, RunComparison } from '../model/comparison.ts';
import type { CompareOptions } from '../model/gate-policy.ts';
import type { RunReporter } from '../run/reporter.ts';
import type { RunContext } from '../run/run-scenario.ts';
import { writeResult } from '../store/result-file.ts';
import { aaRuns } from './aa-runs.ts';
import { affectedLines, ciWarnings, emptyComparison, failureLines, planLines } from './ci-lines.ts';
import { choosePairCount, type PairChoice } from './pair-count.ts';
import type { MeasuredPairs } from './pairs.ts';
import type { Sides } from './revision.ts';
import { type CommitsRequest, type TwoCommits, withTwoCommits } from './two-commits.ts';

export interface CompareCommitsRequest extends CommitsRequest, Omit<CompareOptions, 'noiseFloors'> {
  /** null: as many as the budget holds, or as the known noise of this machine needs. */
  readonly pairCount: number | null;
  readonly timeBudgetMs: number | null;
  /** After a confirmed rise of CPU one more pair is made, under profilers. */
  readonly profiles: boolean;
  /** Where result files of A/A runs may lie, beside `resultsDir`. */
  readonly noiseDirs: readonly string[];
}

export interface CommitsComparison {
  readonly comparison: RunComparison;
  /** The two result files; null: nothing was measured. */
  readonly paths: Sides<string> | null;
  /** Base and head are the same commit. */
  readonly isAA: boolean;
  /** A line for each implementation that a side could not build. */
  readonly buildFailures: readonly string[];
  /** What ended it early, to be thrown when the comparison has been printed; null: nothing did. */
  readonly interruption: unknown;
}

/** Builds both commits, measures what the change affects in pairs, compares, and confirms what was flagged. */
export function compareCommits(
  request: CompareCommitsRequest,
  context: RunContext,
  reporter: RunReporter,
): Promise<CommitsComparison> {
  return withTwoCommits(request, context, reporter, (commits) => compare(commits, request, reporter));
}

async function compare(
  commits: TwoCommits,
  request: CompareCommitsRequest,
  reporter: RunReporter,
): Promise<CommitsComparison> {
  for (const line of affectedLines(commits)) reporter.onStep(line);
  if (commits.requestedIds.length === 0) {
    const comparison = emptyComparison(commits, request.policy, new Date().toISOString());
    return { comparison, isAA: commits.isAA, paths: null, buildFailures: [], interruption: null };
  }
  const { choice, buildFailures } = await prepareWithinBudget(commits, request, reporter);
  const options = await optionsOf(commits, request, choice.measureMs);
  if (request.timeBudgetMs !== null) reportPlan(commits, choice, options, reporter);
  const first = await commits.measure({ ...choice, implementationIds: null, name: commits.isAA ? 'aa' : 'ci' });
  // Nothing was measured that a verdict could be about.
  if (first.paths === null) throw first.cause;
  const judged = await judge(first, choice, commits, options, reporter);
  const isProfiled = request.profiles && judged.interruption === null;
  const known = isProfiled ? await withProfiles(judged.comparison, first, commits, reporter) : judged;
  return { ...known, isAA: commits.isAA, paths: first.paths, buildFailures };
}

/** With a time budget the pairs are counted when it is known what building took. */
async function prepareWithinBudget(
  commits: TwoCommits,
  request: CompareCommitsRequest,
  reporter: RunReporter,
): Promise<{ readonly choice: PairChoice; readonly buildFailures: readonly string[] }> {
  const startedMs = performance.now();
  const options = await optionsOf(commits, request, null);
  // What cannot fit even if nothing had to be built is refused here.
  const atBest = choosePairCount(request, commits, options, 0);
  if (request.timeBudgetMs === null) reportPlan(commits, atBest, options, reporter);
  const buildFailures = failureLines(await commits.prepare());
  for (const line of buildFailures) reporter.onStep(line);
  const spentMs = performance.now() - startedMs;
  const choice = request.timeBudgetMs === null ? atBest : choosePairCount(request, commits, options, spentMs);
  return { choice, buildFailures };
}

interface CiOptions extends CompareOptions {
  readonly aa: NoiseFloors;
}

async function optionsOf(
  { machine, isAA, specs }: TwoCommits,
  { policy, minEffectRatio, waivers, today, noiseDirs, resultsDir }: CompareCommitsRequest,
  measureMs: number | null,
): Promise<CiOptions> {
  const folders = [...noiseDirs, resultsDir].map((folder) => join(folder, machine.id));
  const aa = await aaRuns(folders, policy, specs(measureMs));
  // A noise floor is what an A/A run measures: it must not judge itself by it.
  const floors = isAA ? new Map<string, number>() : aa.noiseFloors;
  return { policy, minEffectRatio, waivers, today, noiseFloors: floors, aa };
}

function reportPlan(commits: TwoCommits, choice: PairChoice, { aa, policy }: CiOptions, reporter: RunReporter): void {
  for (const line of planLines(commits, choice, aa, policy)) reporter.onStep(line);
}

type Judged = Pick<CommitsComparison, 'comparison' | 'interruption'>;

async function judge(
  first: MeasuredPairs,
  choice: PairChoice,
  commits: TwoCommits,
  options: CiOptions,
  reporter: RunReporter,
): Promise<Judged> {
  const compared = compareRuns(first.results.base, first.results.head, options);
  const warnings = [...ciWarnings(commits, compared, options.aa), ...compared.warnings];
  const comparison = { ...compared, warnings };
  if (commits.isAA) return { comparison, interruption: first.cause };
  if (first.cause !== null) return { comparison: markCutShort(comparison), interruption: first.cause };
  return withConfirmation(comparison, choice, commits, options, reporter);
}

/** Fresh pairs of the implementations that were flagged; cut short, the first set stands as it is. */
async function withConfirmation(
  comparison: RunComparison,
  choice: PairChoice,
  commits: TwoCommits,
  options: CiOptions,
  reporter: RunReporter,
): Promise<Judged> {
  const flagged = comparison.comparisons.filter(needsConfirmation);
  if (flagged.length === 0) return { comparison, interruption: null };
  const implementationIds = [...new Set(flagged.map(({ cell }) => cell.implementation))];
  reporter.onStep(
    `flagged: ${flagged.map(({ id }) => id).join(', ')}; measuring ${implementationIds.join(', ')} again`,
  );
  const again = await commits.measure({ ...choice, implementationIds, name: 'ci-again' });
  if (again.cause !== null) return { comparison: markCutShort(comparison), interruption: again.cause };
  const second = compareRuns(again.results.base, again.results.head, options);
  return { comparison: applyConfirmation(comparison, second), interruption: null };
}

/**
 * Of each implementation whose CPU per request is confirmed to have risen: what rose, by function. No verdict changes, and what ends it
 * early takes no verdict away.
 */
async function withProfiles(
  comparison: RunComparison,
  { results, paths }: MeasuredPairs,
  commits: TwoCommits,
  reporter: RunReporter,
): Promise<Judged> {
  if (paths === null) return { comparison, interruption: null };
  const risen = comparison.comparisons.filter(isConfirmedRise);
  const cells = [...new Map(risen.map(({ cell }) => [cell.implementation, cell])).values()];
  const kept = { base: [...results.base.profiles], head: [...results.head.profiles] };
  for (const cell of cells) {
    const spec = results.head.trials.map((trial) => trial.spec).find((one) => cellId(cellOf(one)) === cellId(cell));
    if (spec === undefined) continue;
    reporter.onStep(`${cell.implementation}: the verdict stands; one more pair shows what rose`);
    try {
      const profiles = await commits.profile({ ...spec, pair: null }, paths);
      for (const side of ['base', 'head'] as const) {
        kept[side].push(profiles[side]);
        await writeResult(paths[side], { ...results[side], profiles: kept[side] });
      }
    } catch (error) {
      return { comparison: { ...comparison, profiles: profileDifferences(kept.base, kept.head) }, interruption: error };
    }
  }
  return { comparison: { ...comparison, profiles: profileDifferences(kept.base, kept.head) }, interruption: null };
}

function isConfirmedRise({ metricId, verdict, confirmation }: Comparison): boolean {
  return metricId === 'cpu-per-request' && verdict.kind === 'worse' && confirmation === 'confirmed';
}
