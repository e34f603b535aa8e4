import { join } from 'node:path';
import { aaRuns } from '../ci/aa-runs.ts';
import { poolRuns } from '../compare/comparability.ts';
import { compareRuns } from '../compare/compare-runs.ts';
import type { ExportInput } from '../compare/export/formats.ts';
import { requireOverlap } from '../compare/outcome.ts';
import type { Comparison } from '../model/comparison.ts';
import { fileNamePart } from '../model/foreign-text.ts';
import { HarnessError } from '../model/harness-error.ts';
import type { RunResult } from '../model/run-result.ts';
import type { TrialSpec } from '../model/trial.ts';
import { byNearness } from '../model/unknown-name.ts';
import type { Warning } from '../model/warning.ts';
import { loadGate } from '../run/declarations.ts';
import type { ProjectFolders } from '../run/project.ts';
import { readResults } from '../store/result-folder.ts';
import { readWaivers } from '../store/waiver-file.ts';

/** The flags that decide a verdict, common to every command that compares. */
export interface ComparisonFlags {
  readonly policy?: string;
  readonly waivers?: string;
  readonly minEffect?: number;
}

/** Reads two files or folders and compares them under the policy and the waivers of the project. */
export async function compareFiles(
  basePath: string,
  headPath: string,
  flags: ComparisonFlags,
  { resultsDir, waiversPath }: ProjectFolders,
): Promise<ExportInput> {
  const [base, head] = await Promise.all([readSide(basePath), readSide(headPath)]);
  const policy = await loadGate(flags.policy);
  const options = {
    policy,
    minEffectRatio: flags.minEffect ?? null,
    noiseFloors: (await aaRuns([join(resultsDir, fileNamePart(base.machine.id))], policy, specsOf(base))).noiseFloors,
    waivers: await readWaivers(flags.waivers ?? waiversPath),
    today: todayUtc(),
  };
  const comparison = requireOverlap(compareRuns(base, head, options));
  return { base, head, comparison: { ...comparison, warnings: [...sameCommit(base, head), ...comparison.warnings] } };
}

/** Files of an A/A run, or of two runs of one commit. */
function sameCommit(base: RunResult, head: RunResult): Warning[] {
  const [before, after] = [base.commit, head.commit];
  if (before === null || before.sha !== after?.sha || before.dirty || after.dirty) return [];
  const message = `base and head are the same commit (${after.sha.slice(0, 10)}): whatever differs is noise`;
  return [{ code: 'same-commit', message, advice: null }];
}

function specsOf({ trials }: RunResult): TrialSpec[] {
  return trials.map(({ spec }) => spec);
}

async function readSide(path: string): Promise<RunResult> {
  return poolRuns(await readResults(path), path);
}

/** The day in UTC, as 2026-12-31. */
export function todayUtc(): string {
  return new Date().toISOString().slice(0, 10);
}

const maxShown = 5;

/** Names the nearest few cells, one a line. */
export function unknownCellError(cell: string, comparisons: readonly Pick<Comparison, 'id'>[]): HarnessError {
  const known = comparisons.map(({ id }) => id);
  if (known.length === 0) {
    const remedy = 'name two results of `run` or `ci` that asked the same services';
    return new HarnessError('unknown-name', `unknown cell "${cell}": base and head have none to compare`, remedy);
  }
  const shown = byNearness(cell, known).slice(0, maxShown);
  const more = known.length - shown.length;
  const rest = more === 0 ? [] : [`and ${more} more: \`compare BASE HEAD --format json\` has them all`];
  const lines = ['name one of these, or its beginning up to a slash:', ...shown, ...rest];
  return new HarnessError('unknown-name', `unknown cell "${cell}"`, lines.join('\n  '));
}
