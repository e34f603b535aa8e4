import { compareRuns } from '../compare/compare-runs.ts';
import { HarnessError } from '../model/harness-error.ts';
import type { RunResult } from '../model/run-result.ts';
import { buildOverlay, maxRunCount } from '../report/build/runs-report.ts';
import type { RunsReport } from '../report/runs-model.ts';
import { loadGate } from '../run/declarations.ts';
import { readResult } from '../store/result-file.ts';
import { todayUtc } from './compare-files.ts';

/** Several results beside each other: each further one against the first, under the rules of `compare`, and nothing judged. */
export async function overlayOf(paths: readonly string[]): Promise<RunsReport> {
  if (paths.length > maxRunCount)
    throw new HarnessError(
      'usage',
      `${paths.length} results are more than the ${maxRunCount} that can be told apart in a picture`,
      'name fewer, or a folder with --trend',
    );
  const results = await Promise.all(paths.map((path) => readResult(path)));
  refuseTwins(results, paths);
  const [first, ...others] = results as [RunResult, ...RunResult[]];
  const policy = await loadGate();
  const options = { policy, minEffectRatio: null, noiseFloors: new Map(), waivers: [], today: todayUtc() };
  return buildOverlay(
    others.map((other) => compareRuns(first, other, options)),
    results,
  );
}

function refuseTwins(results: readonly RunResult[], paths: readonly string[]): void {
  for (const [index, { runId }] of results.entries()) {
    const earlier = results.findIndex((other) => other.runId === runId);
    if (earlier < index)
      throw new HarnessError('usage', `${paths[index]} is the same run as ${paths[earlier]}`, 'name each run once');
  }
}
