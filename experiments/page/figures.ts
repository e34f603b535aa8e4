/** Size, build time, height, scripting time and accessibility of the page. `npm run page-figures -- [RESULT …]` */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { pricesOf } from '../../src/cli/price-options.ts';
import { reportModelOf } from '../../src/cli/report-file.ts';
import type { RunResult } from '../../src/model/run-result.ts';
import { bundlePage } from '../../src/report/html/bundle.ts';
import { reportHtml } from '../../src/report/html/report.ts';
import { checkoutProject } from '../../src/run/declarations.ts';
import { readResult } from '../../src/store/result-file.ts';
import { listResults } from '../../src/store/result-folder.ts';
import { launchChromium } from '../../test/support/chromium.ts';
import { shownResult } from '../pictures/pictures.ts';

const root = join(import.meta.dirname, '..', '..');
const manyTrialCount = 200;

interface PageFigures {
  readonly page: string;
  readonly trials: number;
  readonly buildMs: number;
  readonly sizeKb: number;
  /** At 1280 pixels of width, with everything folded that opens folded. */
  readonly heightPx: number;
  /** Chromium's own counter of the time in scripts, from the start to two seconds after loading. */
  readonly scriptMs: number;
  readonly axeFindings: number;
}

async function figuresOf(page: string, result: RunResult, browser: Browser, folder: string): Promise<PageFigures> {
  const startedAtMs = performance.now();
  const html = reportHtml(await reportModelOf(result, checkoutProject, await pricesOf({})), await bundlePage());
  const buildMs = performance.now() - startedAtMs;
  const file = join(folder, 'page.html');
  await writeFile(file, html);
  const inBrowser = await openedFigures(browser, file);
  return {
    page,
    trials: result.trials.length,
    buildMs: Math.round(buildMs),
    sizeKb: Math.round(Buffer.byteLength(html) / 1000),
    ...inBrowser,
  };
}

async function openedFigures(browser: Browser, file: string) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable');
  await page.goto(pathToFileURL(file).href);
  await page.waitForTimeout(2_000);
  const { metrics } = await session.send('Performance.getMetrics');
  const scriptSec = metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? 0;
  const heightPx = await page.evaluate<number>('document.documentElement.scrollHeight');
  await page.evaluate(axe.source);
  const axeFindings = await page.evaluate<number>('axe.run().then(({ violations }) => violations.length)');
  await context.close();
  return { heightPx, scriptMs: Math.round(scriptSec * 1000), axeFindings };
}

/** The same trials again and again, as a long run would have them. */
function withManyTrials(result: RunResult): RunResult {
  const rounds = Math.ceil(manyTrialCount / result.trials.length);
  const most = Math.max(...result.trials.map(({ spec }) => spec.repetition));
  const trials = Array.from({ length: rounds }, (_, round) =>
    result.trials.map((trial) => ({
      ...trial,
      spec: { ...trial.spec, repetition: trial.spec.repetition + round * most },
    })),
  ).flat();
  return { ...result, trials: trials.slice(0, manyTrialCount), plannedTrialCount: manyTrialCount };
}

const shownScenarios = ['smoke', 'quick', 'standard', 'full'];

/** The newest complete result of each scenario below results/, of whatever machine; says which have none. */
async function newestOfEach(): Promise<(readonly [string, RunResult])[]> {
  const results = (await listResults(join(root, 'results'))).flatMap(({ result }) => result ?? []);
  const newest = shownScenarios.map((id) =>
    results.findLast(({ scenario, state }) => scenario.id === id && state === 'complete'),
  );
  const missing = shownScenarios.filter((_, index) => newest[index] === undefined);
  if (missing.length > 0)
    console.log(`No stored result of ${missing.join(', ')}: \`npm run bench -- run ${missing[0]}\` makes one.`);
  return newest.flatMap((result) =>
    result === undefined ? [] : [[`${result.scenario.id} of ${result.startedAt.slice(0, 10)}`, result] as const],
  );
}

async function main(paths: readonly string[]): Promise<void> {
  const { browser, reason } = await launchChromium();
  if (browser === null) throw new Error(reason);
  const folder = await mkdtemp(join(tmpdir(), 'paceline-page-'));
  const named = await Promise.all(
    paths.map(async (path) => [basename(path, '.json'), await readResult(path)] as const),
  );
  const found = named.length > 0 ? named : await newestOfEach();
  const shown = await readResult(join(root, shownResult));
  const pages = [...found, ['200 trials', withManyTrials(shown)] as const];
  const rows: PageFigures[] = [];
  for (const [name, result] of pages) rows.push(await figuresOf(name, result, browser, folder));
  await browser.close();
  await rm(folder, { recursive: true });
  console.table(rows);
}

await main(process.argv.slice(2));
