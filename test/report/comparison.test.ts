import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareRuns } from '../../src/compare/compare-runs.ts';
import { explain } from '../../src/compare/explain.ts';
import { signedPercent } from '../../src/compare/text.ts';
import type { RunComparison } from '../../src/model/comparison.ts';
import { buildJudgedReport } from '../../src/report/build/runs-report.ts';
import { runsHtml } from '../../src/report/html/runs.ts';
import { comparisonText } from '../../src/report/text/comparison-text.ts';
import { explanationText } from '../../src/report/text/explanation-text.ts';
import { comparisonMarkdown, markdownLimit } from '../../src/report/text/markdown.ts';
import { compareOptions } from '../support/compared.ts';
import { pairedRuns } from '../support/paired-runs.ts';
import { okTrials, runResult } from '../support/run-result.ts';

const worse = pairedRuns(12, { cpuFactor: 1 }, { cpuFactor: 1.06 });
const comparison = compareRuns(worse.base, worse.head, compareOptions);

/** More cells than any comment has room for. */
function crowded() {
  const trials = Array.from({ length: 120 }, (_, index) =>
    okTrials(3, { ratePerSec: index + 1, measureMs: 1_000 }),
  ).flat();
  return compareRuns(runResult({ runId: 'a', trials }), runResult({ runId: 'b', trials }), compareOptions);
}

test('Markdown stays within what a comment may hold, and says what it left out', () => {
  const text = comparisonMarkdown(crowded());
  assert.ok(Buffer.byteLength(text) <= markdownLimit, `${Buffer.byteLength(text)}`);
  assert.ok(Buffer.byteLength(text) > markdownLimit * 0.9);
  assert.match(text, /\d+ further sections left out for want of room/);
  assert.match(text, /^\*\*Nothing could be decided/);
  assert.doesNotMatch(comparisonMarkdown(comparison), /left out/);
});

test('Markdown folds what only informs, and a hostile subject stays text', () => {
  const head = { ...comparison.head, commit: { sha: 'abc', subject: '`</details>` **x**', dirty: false } };
  const text = comparisonMarkdown({ ...comparison, head });
  assert.match(text, /<details><summary>crud-go, history at 100\/s: \d+ more metrics, not gated<\/summary>\n\n\|/);
  assert.match(text, /head `abc '<\/details>' \*\*x\*\* \(2026/);
});

test('the terminal has no colour unless asked, and shows what only informs where it changed or where asked', () => {
  const text = comparisonText(comparison, { color: false, all: false });
  assert.equal(text.includes('\u001b'), false);
  assert.match(text, /\(cores used\) .*worse/);
  assert.match(text, /\d+ more metrics without a verdict of change: --all/);
  const whole = comparisonText(comparison, { color: true, all: true });
  assert.ok(whole.includes('\u001b[1m'));
  assert.match(whole, /\(private memory peak, MiB\)/);
});

test('a correction is explained only where it made a difference', () => {
  const noise = { machineNoiseRatio: 0.16, noiseRatio: 0.01, controlNoiseRatio: 0.02 };
  const { base, head } = pairedRuns(12, { cpuFactor: 1 }, { cpuFactor: 1.05 }, noise);
  const corrected = compareRuns(base, head, compareOptions);
  const text = (of: RunComparison) => comparisonText(of, { color: false, all: false }).replaceAll(/\s+/g, ' ');
  assert.match(
    text(corrected),
    /with the machine’s speed taken out by the database CPU per request \(interval \d\.\d times narrower\); without: −\d/,
  );
  const comparisons = corrected.comparisons.map((one) =>
    one.correction === null ? one : { ...one, correction: { ...one.correction, widthRatio: 0.998 } },
  );
  assert.doesNotMatch(text({ ...corrected, comparisons }), /taken out/);
});

test('an interval is said to halve in one way, in the table and in the explanation', () => {
  const { base, head } = pairedRuns(12, { cpuFactor: 1 }, { cpuFactor: 1.01 }, { noiseRatio: 0.08 });
  const noisy = compareRuns(base, head, compareOptions);
  const cpu = noisy.comparisons.filter(({ metricId }) => metricId === 'cpu-per-request');
  const texts = [
    comparisonText(noisy, { color: false, all: false }),
    explanationText(
      cpu.map((one) => explain(base, head, one)),
      { color: false },
    ),
  ].map((text) => text.replaceAll(/\s+/g, ' '));
  for (const text of texts) assert.match(text, /an interval half as wide would take about 48 pairs instead of 12/);
  assert.doesNotMatch(texts[1] ?? '', /at this spread/);
});

test('a change beyond all measure is no row of digits', () => {
  assert.equal(signedPercent(1e308), 'over +1,000,000 %');
});

test('what is true of many cells is said once', () => {
  const trials = [100, 200].flatMap((ratePerSec) => okTrials(3, { ratePerSec }));
  const elsewhere = runResult({ runId: 'b', trials, versions: { node: '24' } });
  const text = comparisonText(compareRuns(runResult({ runId: 'a', trials }), elsewhere, compareOptions), {
    color: false,
    all: false,
  });
  assert.match(
    text.replaceAll(/\s+/g, ' '),
    /not comparable: versions\.paceline differs.*: crud-go, history at 100\/s; crud-go, history at 200\/s/,
  );
});

test('every table of the page has a caption, every change a drawing with words', () => {
  const html = runsHtml(buildJudgedReport(comparison, [worse.base, worse.head]), {
    script: 'void 0',
    style: 'p{}',
    scriptHash: 'sha256-a',
    styleHash: 'sha256-b',
  });
  assert.equal(html.match(/<table/g)?.length, html.match(/<caption/g)?.length);
  assert.equal(
    html.match(/<svg class="forest/g)?.length,
    // In its table each, and what gates once more in the overview.
    ['gated', 'informative'].reduce(
      (sum, role) =>
        sum +
        (role === 'gated' ? 2 : 1) *
          comparison.comparisons.filter((one) => one.role === role && one.change?.ratio != null).length,
      0,
    ),
  );
  for (const [head] of html.matchAll(/<th[ >][^>]*/g)) assert.match(head, /scope="(col|row)"/);
  for (const [drawing] of html.matchAll(/<svg class="forest[^>]*>/g))
    assert.match(drawing, /role="img" aria-label="[^"]+ %/);
});
