import { createHash } from 'node:crypto';
import { glob, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileNamePart } from '../../model/foreign-text.ts';
import { HarnessError } from '../../model/harness-error.ts';
import type { Prices } from '../../model/prices.ts';
import type { RunResult } from '../../model/run-result.ts';
import { costBadges } from '../../report/build/badges.ts';
import { buildJudgedReport } from '../../report/build/runs-report.ts';
import { buildTrends } from '../../report/build/trends.ts';
import { type Badge, badgeSvg } from '../../report/html/badge.ts';
import { bundlePage } from '../../report/html/bundle.ts';
import { reportHtml } from '../../report/html/report.ts';
import { runsHtml } from '../../report/html/runs.ts';
import { type SiteEntry, type SiteLink, type SiteVerdict, siteIndexHtml } from '../../report/html/site-index.ts';
import { trendHtml } from '../../report/html/trend.ts';
import { loadGate } from '../../run/declarations.ts';
import { codeDir } from '../../run/paths.ts';
import type { ProjectFolders } from '../../run/project.ts';
import { listResults } from '../../store/result-folder.ts';
import { reportModelOf } from '../report-file.ts';
import {
  comparePair,
  describeRun,
  isAA,
  pairsOf,
  pairVerdict,
  runVerdict,
  type SitePair,
  type SiteRun,
} from './entries.ts';
import { openSiteFolder, type SiteFolder } from './folder.ts';

export interface WrittenSite {
  readonly indexPath: string;
  readonly writtenCount: number;
  readonly keptCount: number;
  readonly removedCount: number;
  /** Files that could not be read. */
  readonly problems: readonly string[];
}

/** What every page of the site is made with. */
interface Workshop {
  readonly folder: Pick<SiteFolder, 'put'>;
  readonly assets: Awaited<ReturnType<typeof bundlePage>>;
  readonly folders: ProjectFolders;
  readonly prices: Prices;
  /** Changes whenever a page could come out otherwise. */
  readonly tools: string;
}

/**
 * Makes the site of all results below a folder: what was made from the same files by the same paceline is left as it is. Throws
 * HarnessError usage where `dir` is not a site's.
 */
export async function writeSite(
  resultsPath: string,
  dir: string,
  folders: ProjectFolders,
  prices: Prices,
): Promise<WrittenSite> {
  await assertFolder(resultsPath);
  const site = await openSiteFolder(dir);
  const listed = await listResults(resultsPath);
  const runs = distinct(listed.flatMap(({ path, result }) => (result === null ? [] : [{ path, result }])));
  const problems = listed.flatMap(({ problem }) => (problem === null ? [] : [problem]));
  let [writtenCount, keptCount] = [0, 0];
  const put: SiteFolder['put'] = async (path, key, make) => {
    const isWritten = await site.put(path, key, make);
    if (isWritten) writtenCount += 1;
    else keptCount += 1;
    return isWritten;
  };
  const tools = hashOf(await toolsHash(folders), JSON.stringify(prices));
  const workshop = { folder: { put }, assets: await bundlePage(), folders, prices, tools };
  await writePages(runs, problems, workshop);
  return { indexPath: join(dir, 'index.html'), writtenCount, keptCount, removedCount: await site.finish(), problems };
}

async function assertFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) return;
  throw new HarnessError(
    'usage',
    `--site needs a folder of results, and ${path} is ${found === null ? 'not there' : 'none'}`,
    'name the folder: npm run bench -- report results --site DIR',
  );
}

/** A file that lies in two places is one run. */
function distinct(runs: readonly SiteRun[]): SiteRun[] {
  return [...new Map(runs.map((run) => [run.result.runId, run])).values()];
}

async function writePages(runs: readonly SiteRun[], problems: readonly string[], workshop: Workshop): Promise<void> {
  const { folder, assets, tools } = workshop;
  const pages = new Map<SiteRun, SiteLink>();
  const keys = new Map<SiteRun, string>();
  for (const run of runs) {
    const key = hashOf(tools, await readFile(run.path));
    keys.set(run, key);
    pages.set(run, await runPage(run, key, workshop));
  }
  const keyOf = (run: SiteRun) => keys.get(run) ?? '';
  const pairs = await pairEntries(runs, keyOf, pages, workshop);
  const inPairs = new Set(pairs.flatMap(({ runs: own }) => own));
  // A side of a comparison is of any commit, and no step of the trend.
  const alone = runs.filter((run) => !inPairs.has(run));
  const singles = alone.map((run) => singleEntry(run, pages.get(run)));
  const entries = [...pairs.map(({ entry }) => entry), ...singles].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  const results = alone.map(({ result }) => result);
  if (results.length > 0)
    await folder.put('trends.html', hashOf(tools, ...alone.map(keyOf)), () => trendHtml(buildTrends(results), assets));
  const badges = await writeBadges(alone, pairs, folder);
  const trends = results.length === 0 ? null : { href: 'trends.html', text: 'Trends over all runs' };
  const index = { entries, trends, badges, problems };
  await folder.put('index.html', hashOf(tools, JSON.stringify(index)), () => siteIndexHtml(index, assets));
  // GitHub Pages hides what begins with a dot or an underscore, and runs a generator, unless this file is there.
  await folder.put('.nojekyll', 'empty', () => '');
}

async function runPage(
  { path, result }: SiteRun,
  key: string,
  { folder, assets, folders, prices }: Workshop,
): Promise<SiteLink> {
  const href = `runs/${pageName(`${result.machine.id}-${basename(path, '.json')}`, result.runId)}.html`;
  await folder.put(href, key, async () => reportHtml(await reportModelOf(result, folders, prices), assets));
  return { href, text: result.scenario.id };
}

/** Short, and no two alike. */
function pageName(name: string, identity: string): string {
  return `${fileNamePart(name)}-${hashOf(identity).slice(0, 6)}`;
}

function singleEntry(run: SiteRun, page: SiteLink | undefined): SiteEntry {
  const { result } = run;
  return {
    ...describeRun(run),
    what: result.scenario.id,
    verdict: runVerdict(result),
    links: page === undefined ? [] : [page],
  };
}

interface PairEntry {
  readonly entry: SiteEntry;
  readonly isGate: boolean;
  readonly runs: readonly SiteRun[];
}

async function pairEntries(
  runs: readonly SiteRun[],
  keyOf: (run: SiteRun) => string,
  pages: ReadonlyMap<SiteRun, SiteLink>,
  { folder, assets, tools }: Workshop,
): Promise<PairEntry[]> {
  const policy = await loadGate();
  const entries: PairEntry[] = [];
  for (const pair of pairsOf(runs)) {
    const own = runsOf(pair);
    const comparison = await comparePair(pair, policy);
    const href = `comparisons/${pageName(basename(pair.head.path, '.json'), pair.head.result.runId)}.html`;
    const key = hashOf(tools, ...own.map(keyOf), JSON.stringify(comparison));
    const sideResults = [pair.base.result, pair.head.result];
    await folder.put(href, key, () => runsHtml(buildJudgedReport(comparison, sideResults), assets));
    const what = isAA(pair.head) ? 'A/A comparison' : 'comparison of two commits';
    const sides = [pair.base, pair.head].flatMap((run, index) => {
      const page = pages.get(run);
      return page === undefined ? [] : [{ ...page, text: index === 0 ? 'base' : 'head' }];
    });
    const verdict = pairVerdict(pair, comparison);
    const links = [{ href, text: what }, ...sides];
    entries.push({ entry: { ...describeRun(pair.head), what, verdict, links }, isGate: !isAA(pair.head), runs: own });
  }
  return entries;
}

function runsOf({ base, head, again }: SitePair): SiteRun[] {
  return [base, head, ...(again === null ? [] : [again.base, again.head])];
}

async function writeBadges(
  runs: readonly SiteRun[],
  pairs: readonly PairEntry[],
  folder: Workshop['folder'],
): Promise<SiteLink[]> {
  const newest = new Map(runs.map(({ result }) => [result.scenario.id, result]));
  const gate = pairs.filter(({ isGate }) => isGate).at(-1);
  const badges: (readonly [string, Badge])[] = [
    ...(gate === undefined ? [] : [['gate', badgeOf('paceline', gate.entry.verdict)] as const]),
    ...[...newest.values()].flatMap((result) => scenarioBadges(result)),
  ];
  const links: SiteLink[] = [];
  for (const [name, badge] of badges) {
    const href = `badges/${fileNamePart(name)}.svg`;
    const svg = badgeSvg(badge);
    await folder.put(href, hashOf(svg), () => svg);
    links.push({ href, text: `${badge.label}: ${badge.message}` });
  }
  return links;
}

function scenarioBadges(result: RunResult): (readonly [string, Badge])[] {
  const { id } = result.scenario;
  const costs = costBadges(result).map(({ implementation, badge }) => [`${id}-${implementation}`, badge] as const);
  return [[id, badgeOf(id, runVerdict(result))], ...costs];
}

function badgeOf(label: string, { tone, text }: SiteVerdict): Badge {
  return { label, message: text, tone: tone === 'open' ? 'plain' : tone };
}

/** Of all code that makes pages, and of the recorded runs that they show. */
async function toolsHash({ resultsDir }: ProjectFolders): Promise<string> {
  const hashes: string[] = [];
  const code = await Array.fromAsync(
    glob('src/{report,compare,stats,model,cli/site}/**/*.{ts,js,css}', { cwd: codeDir }),
  );
  for (const name of code.sort()) hashes.push(hashOf(name, await readFile(join(codeDir, name))));
  const reference = join(resultsDir, 'reference');
  const recorded = await Array.fromAsync(glob('**/*.json', { cwd: reference }));
  for (const name of recorded.sort()) hashes.push(hashOf(name, await readFile(join(reference, name))));
  return hashOf(...hashes);
}

function hashOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}
