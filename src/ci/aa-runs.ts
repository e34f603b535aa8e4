import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { compareRuns } from '../compare/compare-runs.ts';
import { type NoiseFloors, noiseFloors } from '../compare/noise-floor.ts';
import { minPairCount } from '../compare/pair-count.ts';
import { cellId, cellOf } from '../model/cell-key.ts';
import type { RunComparison } from '../model/comparison.ts';
import type { GatePolicy } from '../model/gate-policy.ts';
import type { RunResult } from '../model/run-result.ts';
import type { TrialSpec } from '../model/trial.ts';
import { readResult } from '../store/result-file.ts';

/** The newest A/A runs of a machine that are pooled. */
const maxRunCount = 10;
const baseFileEnding = '-aa-base.json';

/**
 * What the A/A runs kept in these folders of one machine say (`paceline ci --aa` makes them) of the questions in `specs`: of the
 * same cell with the same window and warm-up, and by as many pairs as can decide. What cannot be read is passed over.
 */
export async function aaRuns(
  folders: readonly string[],
  policy: GatePolicy,
  specs: readonly TrialSpec[],
): Promise<NoiseFloors> {
  const questions = new Set(specs.map(comparableKey));
  const pooled: RunComparison[] = [];
  for (const path of await newestFirst(folders)) {
    if (pooled.length === maxRunCount) break;
    const compared = await comparedAaRun(path, policy, questions);
    if (compared !== null) pooled.push(compared);
  }
  return noiseFloors(pooled);
}

/** The names begin with the time; a run that lies in two folders counts once. */
async function newestFirst(folders: readonly string[]): Promise<string[]> {
  const byName = new Map<string, string>();
  for (const folder of folders) {
    for (const name of await readdir(folder).catch(() => [])) byName.set(name, join(folder, name));
  }
  const paths = [...byName.values()].filter((path) => path.endsWith(baseFileEnding));
  return paths.sort((a, b) => basename(b).localeCompare(basename(a)));
}

/** All that an A/A run must share with a trial to say something of it. */
function comparableKey(spec: TrialSpec): string {
  const { measureMs, warmupCount, arrivals } = spec.loadPlan;
  return JSON.stringify([cellId(cellOf(spec)), arrivals, measureMs, warmupCount]);
}

async function comparedAaRun(
  basePath: string,
  policy: GatePolicy,
  questions: ReadonlySet<string>,
): Promise<RunComparison | null> {
  const paths = [basePath, basePath.replace(baseFileEnding, '-aa-head.json')];
  const runs = await Promise.all(paths.map((path) => readResult(path).catch(() => null)));
  const [base, head] = runs;
  if (base?.state !== 'complete' || head?.state !== 'complete') return null;
  const options = { policy, minEffectRatio: null, noiseFloors: new Map<string, number>(), waivers: [], today: '' };
  const compared = compareRuns(withMatchingTrials(base, questions), withMatchingTrials(head, questions), options);
  const comparisons = compared.comparisons.filter(({ change }) => change !== null && change.count >= minPairCount);
  return comparisons.length === 0 ? null : { ...compared, comparisons };
}

function withMatchingTrials(run: RunResult, questions: ReadonlySet<string>): RunResult {
  return { ...run, trials: run.trials.filter(({ spec }) => questions.has(comparableKey(spec))) };
}
