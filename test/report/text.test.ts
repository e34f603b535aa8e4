import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildReport } from '../../src/report/build/build-report.ts';
import { reportMarkdown } from '../../src/report/text/markdown.ts';
import { reportText } from '../../src/report/text/report-text.ts';
import { assertGolden } from '../support/golden.ts';
import { badDay, recordedElsewhere, sevenAtOneRate, sevenAtThreeRates } from '../support/run-examples.ts';
import { okTrials, runResult } from '../support/run-result.ts';

const plain = { color: false, resultPath: 'results/m/r.json', reportPath: 'reports/r.html' };

test('the terminal’s answer of a good run and of a bad day are as accepted', () => {
  assertGolden(reportText(buildReport(sevenAtOneRate(), []), plain), new URL('goldens/seven.txt', import.meta.url));
  const bad = buildReport(badDay(), [recordedElsewhere()]);
  assertGolden(reportText(bad, plain), new URL('goldens/bad-day.txt', import.meta.url));
  assertGolden(reportMarkdown(bad), new URL('goldens/bad-day.md', import.meta.url));
});

test('no line is longer than 100 columns', () => {
  for (const result of [sevenAtOneRate(), sevenAtThreeRates(), badDay()]) {
    const lines = reportText(buildReport(result, [recordedElsewhere()]), plain).split('\n');
    assert.deepEqual(
      lines.filter((line) => line.length > 100),
      [],
    );
  }
});

test('colours are there only when asked for, and add nothing else', () => {
  const model = buildReport(badDay(), []);
  const coloured = reportText(model, { ...plain, color: true });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with the escape character
  const codes = /\u001b\[\d+m/g;
  assert.match(coloured, codes);
  assert.equal(coloured.replaceAll(codes, ''), reportText(model, plain));
});

test('paths are named where something was written, and only there', () => {
  const model = buildReport(sevenAtOneRate(), []);
  assert.match(reportText(model, plain), /Result {2}results\/m\/r\.json\nReport {2}reports\/r\.html\n$/);
  assert.doesNotMatch(reportText(model, { ...plain, resultPath: null, reportPath: null }), /Result|Report/);
});

test('Markdown keeps hostile text as text', () => {
  const [first, ...others] = runResult({ trials: okTrials(3) }).implementations;
  assert.ok(first);
  const skipped = { status: 'skipped', manifest: first.manifest, reason: '<b>|x|\n# y', remedy: '`z`' } as const;
  const markdown = reportMarkdown(buildReport(runResult({ implementations: [skipped, ...others] }), []));
  assert.match(markdown, /skipped: \\<b\\>\\\|x\\\| # y\. Remedy: \\`z\\`/);
});
