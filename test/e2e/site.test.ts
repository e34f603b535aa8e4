// test-lane: busy
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { pricesOf } from '../../src/cli/price-options.ts';
import { writeSite } from '../../src/cli/site/write-site.ts';
import type { RunResult } from '../../src/model/run-result.ts';
import { buildTrends } from '../../src/report/build/trends.ts';
import { badgeSvg } from '../../src/report/html/badge.ts';
import { bundlePage } from '../../src/report/html/bundle.ts';
import { trendHtml } from '../../src/report/html/trend.ts';
import { launchChromium } from '../support/chromium.ts';
import { corpus, poisoned } from '../support/hostile.ts';
import { ciRuns, nightlyRuns } from '../support/trend-examples.ts';

const prices = await pricesOf({});
const folder = mkdtempSync(join(tmpdir(), 'paceline-site-'));
const { browser, reason } = await launchChromium();
if (browser === null && process.env.PACELINE_REQUIRE_ALL === '1') throw new Error(reason);
const skip = browser === null ? reason : false;

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

function foldersIn(dir: string) {
  return { rootDir: dir, resultsDir: dir, reportsDir: dir, waiversPath: join(dir, 'waivers.json') };
}

/** A folder with one file for each result. */
function resultsFolder(name: string, results: readonly RunResult[]): string {
  const dir = join(folder, name);
  mkdirSync(dir);
  for (const result of results) writeFileSync(join(dir, `${result.runId}.json`), JSON.stringify(result));
  return dir;
}

function filesOf(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(dir, name)).isFile())
    .sort();
}

const hostileSubject = `${corpus.markup} ${corpus['raw escapes']} ${corpus['direction overrides']}`;

test('a site has a page for each run, a comparison, trends and badges; nothing is written twice, what is gone is removed', async () => {
  const results = resultsFolder('results', [...nightlyRuns().slice(0, 5), ...ciRuns()]);
  writeFileSync(join(results, 'broken.json'), '{');
  const dir = join(folder, 'site');
  const first = await writeSite(results, dir, foldersIn(results), prices);
  const files = filesOf(dir);
  assert.equal(files.filter((name) => /^runs\/.*\.html$/.test(name)).length, 7);
  assert.equal(files.filter((name) => /^comparisons\/.*\.html$/.test(name)).length, 1);
  for (const name of ['index.html', 'trends.html', 'badges/gate.svg', 'badges/quick.svg', 'badges/quick-crud-go.svg'])
    assert.ok(files.includes(name), name);
  assert.equal(first.writtenCount, files.length - 1);
  const index = readFileSync(join(dir, 'index.html'), 'utf8');
  assert.match(index, /class="verdict worse">regression</);
  assert.match(index, /broken\.json is not JSON|broken\.json/);
  const times = files.map((name) => statSync(join(dir, name)).mtimeMs);
  const second = await writeSite(results, dir, foldersIn(results), prices);
  assert.deepEqual([second.writtenCount, second.removedCount], [0, 0]);
  assert.deepEqual(
    files.map((name) => statSync(join(dir, name)).mtimeMs),
    times,
  );
  writeFileSync(join(dir, 'CNAME'), 'bench.example.org\n');
  rmSync(join(results, 'night-0.json'));
  const third = await writeSite(results, dir, foldersIn(results), prices);
  assert.equal(third.removedCount, 1);
  // The index, the trends, and nothing else.
  assert.equal(third.writtenCount, 2);
  assert.equal(readFileSync(join(dir, 'CNAME'), 'utf8'), 'bench.example.org\n');
});

test('a folder that is no site is refused and stays as it is; a marker that somebody edited removes nothing elsewhere', async () => {
  const results = resultsFolder('few', nightlyRuns().slice(0, 1));
  const dir = join(folder, 'foreign');
  mkdirSync(dir);
  writeFileSync(join(dir, 'thesis.txt'), 'mine');
  await assert.rejects(writeSite(results, dir, foldersIn(results), prices), {
    code: 'usage',
    message: /holds thesis\.txt/,
  });
  assert.deepEqual(filesOf(dir), ['thesis.txt']);
  await assert.rejects(writeSite(results, join(dir, 'thesis.txt'), foldersIn(results), prices), { code: 'usage' });
  await assert.rejects(writeSite(join(folder, 'none'), join(folder, 'new'), foldersIn(results), prices), {
    code: 'usage',
  });
  const edited = join(folder, 'edited');
  mkdirSync(edited);
  const marker = { format: 'paceline-site-1', files: { '../foreign/thesis.txt': 'x', '/etc/nothing': 'x' } };
  writeFileSync(join(edited, '.paceline-site.json'), JSON.stringify(marker));
  await writeSite(results, edited, foldersIn(results), prices);
  assert.deepEqual(filesOf(dir), ['thesis.txt']);
});

test('badges hold no markup of others', () => {
  for (const text of Object.values(corpus)) {
    const svg = badgeSvg({ label: text, message: text, tone: 'bad' });
    assert.doesNotMatch(svg, /<(?!\/?(svg|title|rect|path|g|text)[ >/])/);
    assert.ok(svg.length < 3_000);
  }
});

interface Opened {
  readonly page: Page;
  /** What the browser complained about or asked for beside files of the site. */
  readonly complaints: string[];
}

async function withPage(file: string, options: BrowserContextOptions, use: (opened: Opened) => Promise<void>) {
  assert.ok(browser);
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (!/^(file|data):/.test(request.url())) complaints.push(request.url());
  });
  await page.goto(pathToFileURL(file).href);
  await use({ page, complaints });
  await context.close();
}

async function accessibilityFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<{ violations: { id: string; nodes: { target: string[] }[] }[] }>(
    'axe.run()',
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}

const pages: Readonly<Record<string, () => Promise<string>>> = {
  trends: async () => {
    const file = join(folder, 'trends.html');
    writeFileSync(file, trendHtml(buildTrends(nightlyRuns(hostileSubject)), await bundlePage()));
    return file;
  },
  index: async () => {
    const results = resultsFolder(
      'hostile',
      [...nightlyRuns(hostileSubject).slice(0, 4), ...ciRuns()].map((run) => ({
        ...poisoned(run, corpus.markup ?? ''),
        runId: run.runId,
        scenario: run.scenario,
      })),
    );
    await writeSite(results, join(folder, 'hostile-site'), foldersIn(results), prices);
    return join(folder, 'hostile-site', 'index.html');
  },
};

for (const [name, make] of Object.entries(pages)) {
  test(`the page “${name}” asks for nothing, fits from 320 to 2560 px in light and dark, and axe finds nothing`, {
    skip,
  }, async () => {
    const file = await make();
    for (const [width, colorScheme] of [
      [320, 'light'],
      [1280, 'dark'],
      [2560, 'light'],
    ] as const) {
      await withPage(file, { viewport: { width, height: 900 }, colorScheme }, async ({ page, complaints }) => {
        if (width < 2560) assert.deepEqual(await accessibilityFindings(page), []);
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
        assert.equal(await page.evaluate('document.images.length + document.querySelectorAll("script").length'), 2);
        assert.deepEqual(complaints, []);
      });
    }
  });
}

test('a trend names the commit and the environment at the cursor, in its table, and without JavaScript', {
  skip,
}, async () => {
  const file = join(folder, 'plain-trends.html');
  writeFileSync(file, trendHtml(buildTrends(nightlyRuns()), await bundlePage()));
  await withPage(file, {}, async ({ page }) => {
    const canvas = page.locator('canvas').first();
    await canvas.scrollIntoViewIfNeeded();
    await page.waitForFunction('document.querySelector("canvas").width > 300');
    await canvas.focus();
    await page.keyboard.press('End');
    const figure = page.locator('figure').first();
    assert.match(
      await figure.locator('.cursor').innerText(),
      /^2026-02-20 13131313 read the file once 19: crud-go 0\.\d+ ms/,
    );
    await figure.locator('button[data-tool="table"]').click();
    assert.equal(await figure.locator('.chart-data tbody tr').count(), 60);
    assert.match(
      (await canvas.getAttribute('aria-label')) ?? '',
      /crud-go: cccccccc read the file once 12 \(\+1\d\.\d %\).*versions\.node/,
    );
  });
  await withPage(file, { javaScriptEnabled: false }, async ({ page }) => {
    assert.match(
      await page.locator('.findings').innerText(),
      /CPU per request of crud-go, history at 100\/s: cccccccc/,
    );
    assert.match(await page.locator('main').innerText(), /1 change of the environment/);
    assert.equal(await page.locator('canvas').first().isVisible(), false);
  });
});
