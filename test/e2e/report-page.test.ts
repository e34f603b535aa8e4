// test-lane: busy
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { scenario as full } from '../../bench/scenarios/full.ts';
import { compareRuns } from '../../src/compare/compare-runs.ts';
import type { RunResult } from '../../src/model/run-result.ts';
import { buildReport } from '../../src/report/build/build-report.ts';
import { buildJudgedReport, buildOverlay } from '../../src/report/build/runs-report.ts';
import { bundlePage } from '../../src/report/html/bundle.ts';
import { reportHtml } from '../../src/report/html/report.ts';
import { runsHtml } from '../../src/report/html/runs.ts';
import { readResult } from '../../src/store/result-file.ts';
import { launchChromium } from '../support/chromium.ts';
import { compareOptions } from '../support/compared.ts';
import { grownRun } from '../support/grown-run.ts';
import { corpus, renamed } from '../support/hostile.ts';
import { pairedRuns } from '../support/paired-runs.ts';
import { raftRun } from '../support/raft-examples.ts';
import { badDay, recordedElsewhere, sevenAtOneRate, sevenAtThreeRates } from '../support/run-examples.ts';

const folder = mkdtempSync(join(tmpdir(), 'paceline-page-'));
const assets = await bundlePage();
const { browser, reason } = await launchChromium();
if (browser === null && process.env.PACELINE_REQUIRE_ALL === '1') throw new Error(reason);
const skip = browser === null ? reason : false;

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

const results = {
  seven: sevenAtOneRate(),
  rates: sevenAtThreeRates(),
  'bad day': badDay(),
  raft: raftRun(),
  'long words': renamed(badDay(), corpus['a word of a megabyte'] ?? ''),
};

const prices = {
  ...{ name: 'prices of a test', currency: 'EUR', perVcpuHour: 0.04, perGibHour: 0 },
  machine: { vcpuCount: 2, memoryGib: 8 },
};

const paired = pairedRuns(12, { cpuFactor: 1 }, { cpuFactor: 1.06 }, { machineNoiseRatio: 0.08 });
const other = { ...results.rates, runId: 'other' };

/** Pages of several runs. */
const runsPages = {
  ci: buildJudgedReport(compareRuns(paired.base, paired.head, compareOptions), [paired.base, paired.head]),
  overlay: buildOverlay([compareRuns(results.seven, other, compareOptions)], [results.seven, other]),
};

const pages: Readonly<Record<keyof typeof results | keyof typeof runsPages, () => string>> = {
  ...mapped(results, (run) => reportHtml(buildReport(run, [recordedElsewhere()], undefined, null, prices), assets)),
  ...mapped(runsPages, (report) => runsHtml(report, assets)),
};

function mapped<Name extends string, One>(all: Readonly<Record<Name, One>>, html: (one: One) => string) {
  const entries = Object.entries<One>(all).map(([name, one]) => [name, () => html(one)] as const);
  return Object.fromEntries(entries) as Record<Name, () => string>;
}

interface Opened {
  readonly page: Page;
  /** Everything the browser complained about or asked the network for. */
  readonly complaints: string[];
}

/** Opens a report, hands it over and closes it. */
async function withReport(
  name: keyof typeof pages,
  options: BrowserContextOptions,
  use: (opened: Opened) => Promise<void>,
) {
  assert.ok(browser);
  const file = join(folder, `${name}.html`);
  writeFileSync(file, pages[name]());
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (request.url() !== pathToFileURL(file).href && !request.url().startsWith('data:'))
      complaints.push(request.url());
  });
  await page.goto(pathToFileURL(file).href);
  await use({ page, complaints });
  await context.close();
}

/** Opens everything, and has every chart drawn, also those that are far from the screen. */
async function openFolds(page: Page): Promise<void> {
  await page.evaluate('document.querySelectorAll("details").forEach((fold) => { fold.open = true; })');
  await page.evaluate('dispatchEvent(new Event("beforeprint"))');
  await page.waitForFunction('[...document.querySelectorAll("canvas")].every((canvas) => canvas.width > 100)');
}

/** Ids of charts in which fewer than a hundred pixels were touched. */
function blankCharts(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('canvas')].filter((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, index) => index % 4 === 3 && value > 0).length < 100;
  }).map((canvas) => canvas.dataset.chart)`);
}

/** What axe-core finds, each with the element: WCAG 2.2 AA and its best practices. The page's policy allows no script from outside, so it comes by the debugger. */
async function accessibilityFindings(page: Page, options: object = {}): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<{ violations: AxeViolation[] }>(`axe.run(${JSON.stringify(options)})`);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}

interface AxeViolation {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[] }[];
}

for (const name of Object.keys(pages) as (keyof typeof pages)[]) {
  test(`the page of “${name}” draws every chart, asks for nothing, fits, and axe finds nothing`, { skip }, async () => {
    const viewport = { width: name === 'bad day' || name === 'overlay' ? 320 : 1280, height: 800 };
    await withReport(name, { viewport }, async ({ page, complaints }) => {
      if (['seven', 'bad day', 'ci', 'overlay'].includes(name)) assert.deepEqual(await accessibilityFindings(page), []);
      await openFolds(page);
      assert.ok((await page.locator('canvas').count()) >= 7);
      assert.deepEqual(await blankCharts(page), []);
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), viewport.width);
      assert.deepEqual(complaints, []);
    });
  });
}

test('the page reads without JavaScript: sentences and tables are there, empty frames are not', { skip }, async () => {
  await withReport('seven', { javaScriptEnabled: false }, async ({ page }) => {
    const findings = await page.locator('.findings').innerText();
    assert.match(
      findings,
      /crud-go spent 0\.51 ms of CPU a request; crud-node-async 1\.43 times that \[1\.39, 1\.47\]/,
    );
    assert.match(await page.locator('table.glance').innerText(), /crud-python-flask/);
    assert.match(await page.locator('noscript').innerText(), /charts need JavaScript/);
    for (const part of ['canvas', '#explore', '#theme'])
      assert.equal(await page.locator(part).first().isVisible(), false, part);
  });
});

test('dark by preference or by the switch, with every colour readable', { skip }, async () => {
  await withReport('seven', { colorScheme: 'dark' }, async ({ page }) => {
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    assert.equal(await background(), 'rgb(21, 22, 24)');
    assert.deepEqual(await accessibilityFindings(page, { runOnly: ['color-contrast'] }), []);
    const picture = () => page.evaluate<string>('document.querySelector("canvas").toDataURL()');
    await page.locator('canvas').first().scrollIntoViewIfNeeded();
    await page.waitForFunction('document.querySelector("canvas").width > 300');
    const dark = await picture();
    await page.locator('#theme').click();
    assert.equal(await background(), 'rgb(253, 253, 251)');
    assert.notEqual(await picture(), dark);
    await page.reload();
    assert.equal(await background(), 'rgb(253, 253, 251)');
  });
});

test('what the reader chooses is shown everywhere and comes back from the address', { skip }, async () => {
  await withReport('rates', {}, async ({ page }) => {
    const visibleRows = () => page.locator('.glance tbody tr:visible th .id').allInnerTexts();
    await page.locator('#explore > summary').click();
    await page.locator('#explore input[value="crud-python-flask"]').uncheck();
    await page.locator('#explore input[name="rate"][value="200"]').uncheck();
    await page.locator('#explore select[name="baseline"]').selectOption('crud-node-async');
    await page.locator('#explore select[name="highlight"]').selectOption('crud-go');
    await page.locator('#explore select[name="percentile"]').selectOption('90');
    const head = page.locator('.glance thead button', { hasText: 'Private memory' });
    await head.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    const shown = async () => ({
      rows: await visibleRows(),
      ratio: await page.locator('.glance [data-ratio-of="crud-go"]').innerText(),
      latency: await page.locator('#crud-history-warm-by-rate-latency .chart-title').textContent(),
      isSectionHidden: await page.locator('#crud-history-warm-200').isHidden(),
      fadedCount: await page.locator('.glance tr.faded').count(),
    });
    const before = await shown();
    assert.deepEqual(before.rows.slice(0, 2), ['crud-node-processes', 'crud-node-threads']);
    assert.equal(before.rows.length, 6);
    assert.match(before.ratio, /^0\.\d\d×/);
    assert.match(before.latency ?? '', /\(p90\) by rate/);
    assert.ok(before.isSectionHidden && before.fadedCount === 6);
    await page.reload();
    assert.deepEqual(await shown(), before);
    await page.locator('#explore > summary').click();
    await page.locator('#explore button[data-action="reset"]').click();
    assert.equal((await visibleRows()).length, 7);
    assert.equal(new URL(page.url()).hash, '');
  });
});

test('a price that the reader types changes every sum, is in the address, and comes back from it', {
  skip,
}, async () => {
  await withReport('seven', {}, async ({ page }) => {
    await page.locator('#costs summary').first().click();
    const sums = async () => (await page.locator('#costs [data-cost="sum"]').allInnerTexts()).map(Number);
    const before = await sums();
    const field = page.locator('#prices input[name="vcpu-hour"]');
    await field.fill('0.08');
    const doubled = await sums();
    assert.ok(before.length === 7 && doubled.every((sum, index) => Math.abs(sum / (before[index] ?? 0) - 2) < 0.02));
    assert.match(await page.locator('#costs').innerText(), /Prices: your own: 0\.08 EUR per vCPU-hour/);
    assert.equal(new URL(page.url()).hash, '#vcpu-hour=0.08');
    await page.reload();
    assert.deepEqual(await sums(), doubled);
    await field.fill('');
    await field.blur();
    assert.equal(await field.inputValue(), '0.08');
    await page.locator('#prices button').click();
    assert.deepEqual(await sums(), before);
    assert.equal(new URL(page.url()).hash, '');
  });
});

test('a chart answers to the keyboard, shows its numbers as a table, and a trial opens to its time line', {
  skip,
}, async () => {
  await withReport('seven', {}, async ({ page, complaints }) => {
    const canvas = page.locator('canvas[data-chart$="-cores-over-time"]');
    await canvas.scrollIntoViewIfNeeded();
    await page.waitForFunction('document.querySelector(\'canvas[data-chart$="-cores-over-time"]\').width > 300');
    await canvas.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    const figure = page.locator('figure', { has: canvas });
    assert.match(await figure.locator('.cursor').innerText(), /^1\.5 seconds.*crud-go 0\.0\d+ cores/);
    await figure.locator('button[data-tool="table"]').click();
    assert.equal(await figure.locator('.chart-data tbody tr').count(), 70);
    const download = page.waitForEvent('download');
    await figure.locator('button[data-tool="csv"]').click();
    assert.match((await download).suggestedFilename(), /-cores-over-time\.csv$/);
    await page.locator('summary', { hasText: 'Trials one by one' }).click();
    await page.locator('.open-trial').first().click();
    assert.match(await page.locator('.trial-panel').innerText(), /Phases: start .* warm-up 1,000 requests/);
    assert.ok((await page.locator('.trial-panel .phase').count()) >= 4);
    assert.match(
      await page.locator('.trial-panel').innerText(),
      /Requests: due 1,000 · ok 1,000\s+Noise: target run-queue delay/,
    );
    await page.waitForFunction('document.querySelectorAll(".trial-panel canvas").length === 3');
    assert.deepEqual(complaints, []);
  });
});

const reference = (path: string) => readResult(join(import.meta.dirname, '../../results/reference', path));

test('the page of a quick run has at most 500,000 bytes, and one as large as a full run 1,500,000', async () => {
  const quick = await reference('eef6b629b771/20261201T011427Z-61ef8c2d-quick.json');
  const standard = await reference('v1/2d60e2d51e2f/20261123T160233Z-5e9332a0+-standard.json');
  const primitives = await reference('v1/2d60e2d51e2f/20261125T044330Z-0e22ae8f+-primitives.json');
  const size = (result: RunResult) => Buffer.byteLength(reportHtml(buildReport(result, []), assets));
  assert.ok(size(quick) <= 500_000, `quick: ${size(quick)}`);
  const whole = grownRun(standard, full, primitives);
  assert.ok(size(whole) <= 1_500_000, `full: ${size(whole)}`);
  assert.equal(whole.trials.length, 238);
});

test('on the page of several runs a hidden run leaves charts and columns, and the address keeps it', {
  skip,
}, async () => {
  await withReport('ci', {}, async ({ page }) => {
    await page.locator('#explore > summary').click();
    await page.locator('#explore input[value="base"]').uncheck();
    await page.locator('#explore select[name="highlight"]').selectOption('head');
    await page.reload();
    const heads = page.locator('.question thead th[data-implementation]:visible');
    assert.deepEqual(await heads.allInnerTexts(), ['head']);
    const figure = page.locator('figure[id$="-cpu-per-request"]').first();
    await figure.locator('button[data-tool="table"]').click();
    assert.equal(await figure.locator('.chart-data tbody tr').count(), 12);
    const canvas = figure.locator('canvas');
    await canvas.scrollIntoViewIfNeeded();
    await page.waitForFunction('document.querySelector("canvas").width > 300');
    await canvas.focus();
    await page.keyboard.press('ArrowRight');
    assert.match(await figure.locator('.cursor').innerText(), /^head: median 0\.\d+ ms, 12 trials/);
  });
});

test('the page of several runs reads without JavaScript', { skip }, async () => {
  await withReport('ci', { javaScriptEnabled: false }, async ({ page }) => {
    assert.match(await page.locator('.lede').innerText(), /^Worse: CPU per request of crud-go/);
    assert.ok(await page.locator('.overview svg.forest').first().isVisible());
    assert.equal(await page.locator('canvas').first().isVisible(), false);
  });
});

test('a run prints on four pages', { skip }, async () => {
  await withReport('seven', {}, async ({ page }) => {
    const pdf = await page.pdf({ format: 'A4' });
    const count = pdf.toString('latin1').match(/\/Type\s*\/Page[^s]/g)?.length ?? 0;
    assert.ok(count >= 1 && count <= 4, `${count} pages`);
  });
});

test('a word of a megabyte makes the page no wider than the screen', { skip }, async () => {
  for (const width of [390, 1280]) {
    await withReport('long words', { viewport: { width, height: 900 } }, async ({ page }) => {
      await openFolds(page);
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
    });
  }
});
