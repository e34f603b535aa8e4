import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Preparation } from '../../src/model/run-result.ts';
import { buildReport } from '../../src/report/build/build-report.ts';
import { reportHtml } from '../../src/report/html/report.ts';
import { reportMarkdown } from '../../src/report/text/markdown.ts';
import { reportText } from '../../src/report/text/report-text.ts';
import { assertGolden } from '../support/golden.ts';
import { badDay, recordedElsewhere, sevenAtOneRate, sevenAtThreeRates } from '../support/run-examples.ts';
import { okTrials, ready, runResult } from '../support/run-result.ts';

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

test('what a counted load showed, and what a build did not see, stand in every format', () => {
  const record = {
    ...{
      requestCount: 3_200,
      statementsPerRequest: 2.214,
      minStatementsPerRequest: 1.98,
      maxStatementsPerRequest: 2.41,
    },
    ...{ maxConnectionCount: 8, connectionLimit: 10, changedSettings: [] },
  };
  const counted = (id: string): Preparation => ({
    ...(ready(id) as Extract<Preparation, { status: 'ready' }>),
    conformance: { status: 'passed', checkCount: 9, statementsHash: null, countedLoad: record, wire: null },
    buildEnvironment: { hash: 'a1', letThrough: ['GOPROXY'], ignored: ['GOFLAGS'] },
  });
  const implementations = [counted('crud-go'), counted('crud-node-async'), ready('crud-python-flask')];
  const model = buildReport({ ...sevenAtOneRate(), implementations }, []);
  const assets = { script: 'void 0', style: 'p{}', scriptHash: 'sha256-a', styleHash: 'sha256-b' };
  for (const text of [reportText(model, plain), reportMarkdown(model), reportHtml(model, assets)]) {
    const flat = text.replaceAll(/\\|\s+/g, ' ').replaceAll('  ', ' ');
    assert.match(flat, /2\.21 statements a request in a counted load, by contract 1\.98 to 2\.41; 8 connections of 10/);
    assert.match(flat, /built without your GOFLAGS/);
  }
  assert.match(reportText(model, plain), /^crud-go and crud-node-async: built without/m);
});
