import { basename, join, relative } from 'node:path';
import type { RunComparison } from '../model/comparison.ts';
import type { RunResult } from '../model/run-result.ts';
import { bundlePage } from '../report/bundle.ts';
import { comparisonHtml } from '../report/comparison-html.ts';
import { reportHtml } from '../report/html.ts';
import { type ReportModel, reportModel } from '../report/model.ts';
import { reportsDir, resultsDir, rootDir } from '../run/paths.ts';
import { readResult, writeWhole } from '../store/result-file.ts';
import { listResults } from '../store/result-list.ts';
import { loadClaimBook } from './claim-book.ts';
import { machineFloor } from './floor-file.ts';

/** Writes the page of a result file; returns where, as a person in the checkout would name it. */
export async function writeReport(resultPath: string, out: string | null): Promise<string> {
  const result = await readResult(resultPath);
  const path = out ?? join(reportsDir, `${basename(resultPath, '.json')}.html`);
  const model = await modelOf(result);
  await writeWhole(path, reportHtml(model, await bundlePage()));
  return shortPath(path);
}

/** Writes the page of a comparison; returns where, as a person in the checkout would name it. */
export async function writeComparisonPage(comparison: RunComparison, out: string | null): Promise<string> {
  const name = [comparison.base, comparison.head].map(({ commit, startedAt }) => commit?.sha.slice(0, 8) ?? startedAt);
  const path = out ?? join(reportsDir, `compare-${name.join('-').replaceAll(':', '')}.html`);
  await writeWhole(path, comparisonHtml(comparison, await bundlePage()));
  return shortPath(path);
}

export async function modelOf(result: RunResult): Promise<ReportModel> {
  const floor = await machineFloor(result.machine.id);
  return reportModel(result, await referencesFor(result), await loadClaimBook(), floor);
}

/** Recorded runs of other machines (and of this one, earlier), shown beside where a live row is missing. */
async function referencesFor(result: RunResult): Promise<RunResult[]> {
  const listed = await listResults(join(resultsDir, 'reference'));
  return listed.flatMap((one) => (one.result === null || one.result.runId === result.runId ? [] : [one.result]));
}

export function shortPath(path: string): string {
  const fromRoot = relative(rootDir, path);
  return fromRoot.startsWith('..') ? path : fromRoot;
}
