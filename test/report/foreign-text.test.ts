import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { compareRuns } from '../../src/compare/compare-runs.ts';
import { explain } from '../../src/compare/explain.ts';
import { exportFormats } from '../../src/compare/export/formats.ts';
import { trendsByModel } from '../../src/compare/trend.ts';
import type { RunResult } from '../../src/model/run-result.ts';
import { buildReport } from '../../src/report/build/build-report.ts';
import { buildJudgedReport, buildOverlay } from '../../src/report/build/runs-report.ts';
import { buildTrends } from '../../src/report/build/trends.ts';
import { reportHtml } from '../../src/report/html/report.ts';
import { runsHtml } from '../../src/report/html/runs.ts';
import { trendHtml } from '../../src/report/html/trend.ts';
import { comparisonText } from '../../src/report/text/comparison-text.ts';
import { explanationText } from '../../src/report/text/explanation-text.ts';
import { comparisonMarkdown, reportMarkdown } from '../../src/report/text/markdown.ts';
import { profilesText } from '../../src/report/text/profiles-text.ts';
import { reportText } from '../../src/report/text/report-text.ts';
import { runsMarkdown, runsText } from '../../src/report/text/runs-text.ts';
import { summaryText } from '../../src/report/text/summary-text.ts';
import { trendText } from '../../src/report/text/trend-text.ts';
import { compareOptions } from '../support/compared.ts';
import { corpus, renamed } from '../support/hostile.ts';
import { badDay, recordedElsewhere, sevenAtOneRate } from '../support/run-examples.ts';
import { failedTrial, runResult } from '../support/run-result.ts';

const assets = { script: 'void 0', style: 'p{}', scriptHash: 'sha256-a', styleHash: 'sha256-b' };
const plain = { color: false, resultPath: null, reportPath: null };
const warning = { code: 'noisy', message: 'a neighbour', advice: 'close it' };

const profileOf = { implementation: 'crud-go', workload: 'history', ratePerSec: 400 };
const profile = {
  ...profileOf,
  ...{ status: 'profiled' as const, requestCount: 1_000, cpuMs: 900, sampledMs: 850, files: ['crud-go.pb.gz'] },
  functions: [{ name: 'main.serve', file: 'main.go', selfMs: 300, totalMs: 700 }],
};

/** A run in which something of every kind happened. */
function eventful(): RunResult {
  const run = badDay();
  const profiles = [profile, { ...profileOf, status: 'missing' as const, reason: 'no py-spy', remedy: 'install it' }];
  const failed = { ...failedTrial({ repetition: 3 }), warnings: [warning] };
  return { ...run, warnings: [warning], trials: [...run.trials, failed], profiles };
}

/** Two commits of which one implementation did not build. */
function comparedRuns(text: string) {
  const broken = { status: 'failed' as const, code: 'build-failed', message: 'no', logTail: 'last words' };
  const base = eventful();
  const [first, ...others] = sevenAtOneRate().implementations;
  const failed = first === undefined ? [] : [{ ...broken, manifest: first.manifest }];
  const profiles = [profile];
  const head = runResult({ ...sevenAtOneRate(), runId: 'head', implementations: [...failed, ...others], profiles });
  return { base: renamed(base, text), head: renamed(head, text) };
}

type Format = 'terminal' | 'markdown' | 'html' | 'csv' | 'benchstat' | 'junit' | 'json';

/** Every output that is made of a result file, by the format it has. */
function outputsOf(text: string): { readonly name: string; readonly format: Format; readonly output: string }[] {
  const { base, head } = comparedRuns(text);
  const model = buildReport(base, [renamed(recordedElsewhere(), text)]);
  const comparison = compareRuns(base, head, compareOptions);
  const explanations = comparison.comparisons.slice(0, 6).map((one) => explain(base, head, one));
  const overlay = buildOverlay([comparison], [base, head]);
  const exported = { comparison, base, head };
  return [
    { name: 'reportText', format: 'terminal', output: reportText(model, plain) },
    { name: 'profilesText', format: 'terminal', output: profilesText(base, { color: false }) },
    { name: 'summaryText', format: 'terminal', output: summaryText(model, plain) },
    { name: 'comparisonText', format: 'terminal', output: comparisonText(comparison, { color: false, all: true }) },
    { name: 'explanationText', format: 'terminal', output: explanationText(explanations, { color: false }) },
    { name: 'trendText', format: 'terminal', output: trendText(trendsByModel([base, head])) },
    { name: 'trendHtml', format: 'html', output: trendHtml(buildTrends([base, head]), assets) },
    { name: 'reportMarkdown', format: 'markdown', output: reportMarkdown(model) },
    { name: 'comparisonMarkdown', format: 'markdown', output: comparisonMarkdown(comparison) },
    { name: 'reportHtml', format: 'html', output: reportHtml(model, assets) },
    { name: 'runsHtml', format: 'html', output: runsHtml(buildJudgedReport(comparison, [base, head]), assets) },
    { name: 'runsHtml of an overlay', format: 'html', output: runsHtml(overlay, assets) },
    { name: 'runsText', format: 'terminal', output: runsText(overlay, { color: false, details: true }) },
    { name: 'runsMarkdown', format: 'markdown', output: runsMarkdown(overlay) },
    { name: 'csv', format: 'csv', output: exportFormats.csv(exported) },
    { name: 'benchstat', format: 'benchstat', output: exportFormats.benchstat(exported) },
    { name: 'junit', format: 'junit', output: exportFormats.junit(exported) },
  ];
}

/** Everything that acts without being seen, but for what a format separates its fields or lines by. */
function unprintableIn(output: string, format: Format): string[] {
  const separators: Partial<Record<Format, string>> = { csv: '\r\n', benchstat: '\t', markdown: '\t', html: '\t' };
  const text = output.replaceAll(separators[format] ?? '\n', '\n');
  return [...text.matchAll(/[^\P{Cc}\n]|[^\P{Cf}\u200c\u200d]|[\p{Zl}\p{Zp}\p{Cs}]/gu)].map(
    ([found]) => found.codePointAt(0)?.toString(16) ?? '',
  );
}

/** Markdown without code and without lines of HTML, where it does not act. */
function actingMarkdown(markdown: string): string {
  return markdown
    .replaceAll(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '')
    .replaceAll(/^<details><summary>[^<>\n]*<\/summary>$/gm, '')
    .replaceAll(/(?<!\\)`[^`\n]*`/g, '');
}

const checks: Readonly<Record<Format, (output: string, name: string) => void>> = {
  terminal: (output, name) => assertNoLine(output, name, /^INJECTED/m),
  markdown(output, name) {
    const text = actingMarkdown(output);
    assertNoLine(text, name, /^\W*INJECTED/m);
    const tags = [...text.matchAll(/(?<!\\)<[^>]*>?/g)].map(([tag]) => tag);
    assert.deepEqual(
      tags.filter((tag) => tag !== '</details>'),
      [],
      name,
    );
    assert.doesNotMatch(text, /(?<!\\)[[`$~]|@\w|(?<!\\)&(?!#8203;|lt;|gt;|amp;|quot;|#39;)/, name);
    const fields = (row: string) => row.split(/(?<!\\)\|/).length;
    for (const table of text.split('\n\n').filter((block) => block.startsWith('|')))
      assert.equal(new Set(table.split('\n').map(fields)).size, 1, `${name}: ${table.slice(0, 300)}`);
  },
  html(output, name) {
    assert.equal(output.match(/<script/g)?.length, 2, name);
    const tags = [...output.matchAll(/<[a-z][^<>]*>/g)].map(([tag]) => tag.replaceAll(/"[^"]*"/g, '""'));
    for (const tag of new Set(tags)) assert.doesNotMatch(tag, /^<(img|b title|x)|\son\w+=/, name);
    const words = output.replaceAll(/<script[\s\S]*?<\/script>|<[^>]*>/g, ' ').split(/\s+/);
    assert.ok(!words.some((word) => word.length > 400), `${name}: a word as long as a page`);
  },
  csv(output) {
    const rows = output.trimEnd().split('\r\n');
    const fields = rows.map((row) =>
      [...row.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^",]*)/g)].map(([, field = '']) => field),
    );
    assert.equal(new Set(fields.map((row) => row.length)).size, 1);
    const formulas = fields.flat().filter((field) => /^"?[\s]*[=+@-]/.test(field));
    assert.deepEqual(
      formulas.filter((field) => !/^-?[\d.]/.test(field)),
      [],
    );
  },
  benchstat(output) {
    for (const line of output.split('\n'))
      assert.match(line, /^(|# commit \S+|(Unit|side:|machine:) .*|Benchmark\S+\t\d+\t.*)$/);
    assert.doesNotMatch(output, /^BenchmarkINJECTED/m);
  },
  junit(output) {
    const text = output.replace(/^<\?xml[^>]*\?>/, '').replace(/<!--(?:(?!--).)*-->/s, '');
    const left = text.replaceAll(/<\/?[a-z-]+(?: [a-z]+="[^"<>]*")*\/?>/g, '');
    assert.doesNotMatch(left, /[<>]|&(?!(?:amp|lt|gt|quot|#39);)/);
  },
  json: () => {},
};

function assertNoLine(output: string, name: string, line: RegExp): void {
  assert.doesNotMatch(output, line, `${name} has a line of the file's own making`);
}

const isLong = (text: string) => text.length > 10_000;
const isLeading = (kind: string) => kind.startsWith('a formula');
const entries = Object.entries(corpus);

/** Short texts act side by side; a formula acts at the beginning of a field alone. */
const cases: Readonly<Record<string, string>> = {
  'every short text': entries.flatMap(([, text]) => (isLong(text) ? [] : [text])).join(' '),
  ...Object.fromEntries(entries.filter(([kind, text]) => isLong(text) || isLeading(kind))),
};

for (const [kind, text] of Object.entries(cases)) {
  test(`${kind}: stays text in every output`, () => {
    for (const { name, format, output } of outputsOf(text)) {
      assert.deepEqual(unprintableIn(output, format), [], name);
      checks[format](output, name);
    }
  });
}

test('a megabyte of one word leaves every output of a size that can be read', () => {
  const normal = outputsOf('x');
  for (const [index, { name, output }] of outputsOf('w'.repeat(1_000_000)).entries())
    assert.ok(output.length < 60 * (normal[index]?.output.length ?? 0), `${name}: ${output.length}`);
});

test('what is printed is still there to be read', () => {
  const [first] = outputsOf(corpus['raw escapes'] ?? '');
  assert.match(first?.output ?? '', /\\u001b\[2J/);
});

test('no formatter of a whole output is missing in the list above', async () => {
  const listed = new Set(outputsOf('').map(({ name }) => name));
  const folder = new URL('../../src/report/', import.meta.url);
  const files = [
    ...(await readdir(new URL('text/', folder))).map((name) => `text/${name}`),
    'html/report.ts',
    'html/runs.ts',
  ];
  const names = await Promise.all(files.map(async (file) => Object.keys(await import(new URL(file, folder).href))));
  const whole = names.flat().filter((name) => /^[a-z]+(Text|Markdown|Html)$/.test(name));
  // Parts of the report and of comparisons; claims come from the checkout.
  const parts = new Set([
    ...['claimsText', 'claimsMarkdown', 'costsText'],
    ...['profileText', 'profileMarkdown', 'differenceText', 'differenceMarkdown'],
  ]);
  assert.deepEqual(
    whole.filter((name) => !listed.has(name) && !parts.has(name)),
    [],
  );
  assert.ok(whole.length >= 7);
});
