// test-lane: busy
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, test } from 'node:test';
import axe from 'axe-core';
import { readResult } from '../../src/store/result-file.ts';
import { launchChromium } from '../support/chromium.ts';
import { leftovers } from '../support/leftovers.ts';
import { echoRun, paceline, startPaceline, workspace } from '../support/paceline.ts';

const { browser, reason } = await launchChromium();
if (browser === null && process.env.PACELINE_REQUIRE_ALL === '1') throw new Error(reason);
const skip = browser === null ? reason : false;
after(() => browser?.close());

const shown = /^the run is shown at (http:\/\/127\.0\.0\.1:\d+\/)$/;

test('a browser sees trials end and seconds pass, the trials say that it was there, and what is saved has no connection', {
  skip,
}, async (context) => {
  assert.ok(browser);
  const space = await workspace(context);
  const out = space.file('live.json');
  const running = startPaceline(echoRun(['echo'], out, '--live', '--trials', '2', '--duration', '3'), space);
  const url = shown.exec(await running.line(shown))?.[1] ?? '';
  const page = await browser.newPage({ viewport: { width: 390, height: 800 } });
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url);
  await page.locator('[data-live=elapsed]', { hasText: 'of 3 s' }).waitFor({ timeout: 60_000 });
  assert.match(await page.locator('[data-live=rate]').innerText(), /^\d+(\.\d+)?$/);
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<{ violations: { id: string }[] }>('axe.run()');
  assert.deepEqual(
    violations.map(({ id }) => id),
    [],
  );
  assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390);
  const line = page.locator('[data-live=step]');
  await page.locator('[data-live=step]', { hasText: /complete|early/ }).waitFor({ timeout: 60_000 });
  assert.equal(await line.innerText(), 'the run is complete');
  assert.equal(await page.locator('#trials tbody tr').count(), 2);
  assert.deepEqual(complaints, []);
  await page.close();
  const { exitCode, stderr } = await running.finished;
  assert.equal(exitCode, 0, stderr);
  const { trials, command } = await readResult(out);
  assert.ok(trials.every(({ warnings }) => warnings.some(({ code }) => code === 'watched')));
  assert.doesNotMatch(command, /--live/);
});

test('Ctrl-C with a page open ends as without, and a port that is taken is refused before anything starts', async (context) => {
  const space = await workspace(context);
  const out = space.file('cut.json');
  const running = startPaceline(echoRun(['echo'], out, '--live', '--verbose', '--trials', '2'), space);
  const url = shown.exec(await running.line(shown))?.[1] ?? '';
  const answers = await Promise.all(
    [1, 2].map(
      () =>
        new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
          request(`${url}events`, { agent: false }, resolve).once('error', reject).end();
        }),
    ),
  );
  for (const answer of answers) answer.on('error', () => {}).resume();
  const second = await paceline(echoRun(['echo'], space.file('b.json'), '--live', '--port', new URL(url).port), space);
  assert.equal(second.exitCode, 3);
  assert.match(second.stderr, /cannot serve the page on 127\.0\.0\.1:\d+ \(EADDRINUSE\)\nRemedy: name another port/);
  running.interrupt();
  const finished = await running.finished;
  assert.equal(finished.exitCode, 130);
  assert.match(finished.stderr, /interrupted by SIGINT; everything was cleaned up\n$/);
  assert.deepEqual(leftovers(running.pid, space), []);
});
