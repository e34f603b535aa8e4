// test-lane: busy
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { buildReport } from '../../src/report/build/build-report.ts';
import { bundlePage } from '../../src/report/html/bundle.ts';
import { reportHtml } from '../../src/report/html/report.ts';
import { launchChromium } from '../support/chromium.ts';
import { corpus, renamed } from '../support/hostile.ts';
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

interface Opened {
  readonly page: Page;
  /** Everything the browser complained about or asked the network for. */
  readonly complaints: string[];
}

/** Opens a report, hands it over and closes it. */
async function withReport(
  name: keyof typeof results,
  options: BrowserContextOptions,
  use: (opened: Opened) => Promise<void>,
) {
  assert.ok(browser);
  const file = join(folder, `${name}.html`);
  writeFileSync(file, reportHtml(buildReport(results[name], [recordedElsewhere()]), assets));
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

async function openFolds(page: Page): Promise<void> {
  await page.evaluate('document.querySelectorAll("details").forEach((fold) => { fold.open = true; })');
  await page.waitForFunction('[...document.querySelectorAll("canvas")].every((canvas) => canvas.width > 100)');
}

/** Ids of charts in which fewer than a hundred pixels were touched. */
function blankCharts(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('canvas')].filter((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, index) => index % 4 === 3 && value > 0).length < 100;
  }).map((canvas) => canvas.dataset.chart)`);
}

for (const name of Object.keys(results) as (keyof typeof results)[]) {
  test(`the page of “${name}” draws every chart, asks for nothing and complains of nothing`, { skip }, async () => {
    await withReport(name, {}, async ({ page, complaints }) => {
      await openFolds(page);
      assert.ok((await page.locator('canvas').count()) >= 7);
      assert.deepEqual(await blankCharts(page), []);
      assert.deepEqual(complaints, []);
    });
  });
}

test('the page reads without JavaScript: sentences and tables are there, empty frames are not', { skip }, async () => {
  await withReport('seven', { javaScriptEnabled: false }, async ({ page }) => {
    const answers = await page.locator('.answers').innerText();
    assert.match(answers, /crud-go \(0\.51 ms\); next: crud-node-async, 1\.43× \[1\.39, 1\.47\]/);
    assert.match(await page.locator('table.headline').innerText(), /crud-python-flask/);
    assert.match(await page.locator('noscript').innerText(), /charts need JavaScript/);
    assert.equal(await page.locator('canvas').first().isVisible(), false);
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [360, 1280]) {
    test(`the page fits ${width} pixels in ${colorScheme} colours`, { skip }, async () => {
      await withReport('bad day', { colorScheme, viewport: { width, height: 800 } }, async ({ page }) => {
        await openFolds(page);
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
        const background = await page.evaluate('getComputedStyle(document.body).backgroundColor');
        assert.equal(background, colorScheme === 'light' ? 'rgb(253, 253, 251)' : 'rgb(21, 22, 24)');
      });
    });
  }
}

test('charts follow a change of colours, and a pressed name singles itself out in all of them', { skip }, async () => {
  await withReport('seven', { colorScheme: 'light' }, async ({ page }) => {
    const picture = () => page.evaluate<string>('document.querySelector("canvas").toDataURL()');
    const light = await picture();
    await page.getByRole('button', { name: 'crud-go' }).click();
    assert.equal(await page.getByRole('button', { name: 'crud-go' }).getAttribute('aria-pressed'), 'true');
    const singled = await picture();
    assert.notEqual(singled, light);
    await page.getByRole('button', { name: 'crud-go' }).click();
    assert.equal(await picture(), light);
    await page.emulateMedia({ colorScheme: 'dark' });
    // The event comes with the next frame.
    await page.waitForFunction(`document.querySelector('canvas').toDataURL() !== '${light}'`);
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
