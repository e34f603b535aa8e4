import { join } from 'node:path';
import { compareRuns } from '../compare/compare-runs.ts';
import type { Exported } from '../compare/export/formats.ts';
import { requiringCommon } from '../compare/outcome.ts';
import { pooledRuns } from '../compare/pool.ts';
import type { RunResult } from '../model/run-result.ts';
import type { TrialSpec } from '../model/trial.ts';
import type { Warning } from '../model/warning.ts';
import { loadGate } from '../run/declarations.ts';
import { benchDir, resultsDir } from '../run/paths.ts';
import { readResults } from '../store/result-folder.ts';
import { readWaivers } from '../store/waiver-file.ts';
import { selfRuns } from './self-runs.ts';

/** The flags that decide a verdict, common to every command that compares. */
export interface ComparisonFlags {
  readonly policy?: string;
  readonly waivers?: string;
  readonly minEffect?: number;
}

export const waiversPath = join(benchDir, 'waivers.json');

/** Reads two files or folders and compares them under the policy and the waivers of the checkout. */
export async function compareFiles(basePath: string, headPath: string, flags: ComparisonFlags): Promise<Exported> {
  const [base, head] = await Promise.all([readSide(basePath), readSide(headPath)]);
  const policy = await loadGate(flags.policy);
  const options = {
    policy,
    minEffectRatio: flags.minEffect ?? null,
    floors: (await selfRuns([join(resultsDir, base.machine.id)], policy, specsOf(base))).floors,
    waivers: await readWaivers(flags.waivers ?? waiversPath),
    today: today(),
  };
  const comparison = requiringCommon(compareRuns(base, head, options));
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
  return pooledRuns(await readResults(path), path);
}

/** The day in UTC, as 2026-12-31. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
