import { join, relative } from 'node:path';
import type { RunComparison } from '../model/comparison.ts';
import { fileNamePart } from '../model/foreign-text.ts';
import type { Prices } from '../model/prices.ts';
import type { RunResult } from '../model/run-result.ts';
import { buildReport } from '../report/build/build-report.ts';
import { buildJudgedReport } from '../report/build/runs-report.ts';
import type { TrendReport } from '../report/build/trends.ts';
import { bundlePage } from '../report/html/bundle.ts';
import { reportHtml } from '../report/html/report.ts';
import { runsHtml } from '../report/html/runs.ts';
import { trendHtml } from '../report/html/trend.ts';
import type { ReportModel } from '../report/model.ts';
import type { RunsReport } from '../report/runs-model.ts';
import type { ProjectFolders } from '../run/project.ts';
import { listResults } from '../store/result-folder.ts';
import { writeFileAtomically } from '../store/write-file.ts';
import { machineBaseline } from './baseline-file.ts';
import { loadClaimBook } from './claim-book.ts';

/** Writes the page of a report; `name` without an extension. Returns where, as a person in the checkout would name it. */
export async function writeReport(
  model: ReportModel,
  name: string,
  out: string | null,
  { reportsDir }: ProjectFolders,
): Promise<string> {
  const path = out ?? join(reportsDir, `${name}.html`);
  await writeFileAtomically(path, reportHtml(model, await bundlePage()));
  return shortPath(path);
}

/** Writes the page of trends; returns where, as a person in the checkout would name it. */
export async function writeTrendPage(
  report: TrendReport,
  out: string | null,
  { reportsDir }: ProjectFolders,
): Promise<string> {
  const path = out ?? join(reportsDir, 'trends.html');
  await writeFileAtomically(path, trendHtml(report, await bundlePage()));
  return shortPath(path);
}

/** Writes the page of a comparison; `results` are those of base and head, or none where nothing was measured. */
export function writeComparisonPage(
  comparison: RunComparison,
  results: readonly RunResult[],
  out: string | null,
  folders: ProjectFolders,
): Promise<string> {
  const sides = [comparison.base, comparison.head].map(({ commit, startedAt }) => commit?.sha.slice(0, 8) ?? startedAt);
  return writeRunsPage(buildJudgedReport(comparison, results), `compare-${sides.join('-')}`, out, folders);
}

/** Writes the page of several runs; `name` without an extension. Returns where, as a person in the checkout would name it. */
export async function writeRunsPage(
  report: RunsReport,
  name: string,
  out: string | null,
  { reportsDir }: ProjectFolders,
): Promise<string> {
  const path = out ?? join(reportsDir, `${fileNamePart(name)}.html`);
  await writeFileAtomically(path, runsHtml(report, await bundlePage()));
  return shortPath(path);
}

export async function reportModelOf(result: RunResult, folders: ProjectFolders, prices: Prices): Promise<ReportModel> {
  const baseline = await machineBaseline(folders, result.machine.id);
  return buildReport(result, await referencesFor(result, folders), await loadClaimBook(), baseline, prices);
}

/** Recorded runs of other machines (and of this one, earlier), shown beside where a live row is missing. */
async function referencesFor(result: RunResult, { resultsDir }: ProjectFolders): Promise<RunResult[]> {
  const listed = await listResults(join(resultsDir, 'reference'));
  return listed.flatMap((one) => (one.result === null || one.result.runId === result.runId ? [] : [one.result]));
}

/** Reports of a run that goes on: what they need is loaded once, beforehand. */
export async function liveReportOf(folders: ProjectFolders, prices: Prices): Promise<(result: RunResult) => string> {
  const listed = await listResults(join(folders.resultsDir, 'reference'));
  const references = listed.flatMap(({ result }) => result ?? []);
  const [claims, baseline, assets] = [await loadClaimBook(), await machineBaseline(folders), await bundlePage()];
  return (result) => reportHtml(buildReport(result, references, claims, baseline, prices), assets);
}

/** As it is typed in the folder that the command was typed in. */
export function shortPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? path : fromHere;
}
