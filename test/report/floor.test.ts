import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestBaselineRow, summarizeBaseline } from '../../src/report/baseline.ts';
import { buildReport } from '../../src/report/build/build-report.ts';
import { reportHtml } from '../../src/report/html/report.ts';
import { reportText } from '../../src/report/text/report-text.ts';
import { invalidTrial, okTrial, overloadedTrial, runResult } from '../support/run-result.ts';

/** 100/s kept thrice, 1,000/s kept at the second try, 5,000/s kept once of two, 20,000/s never. */
const trials = [
  ...[0.02, 0.04, 0.03].map((lagP50Ms, index) => okTrial({ ratePerSec: 100, repetition: index + 1, lagP50Ms })),
  invalidTrial({ ratePerSec: 1_000 }),
  okTrial({ ratePerSec: 1_000, attempt: 2 }),
  okTrial({ ratePerSec: 5_000 }),
  overloadedTrial({ ratePerSec: 5_000, repetition: 2 }),
  overloadedTrial({ ratePerSec: 20_000 }),
];
const calibrated = runResult({ trials });
const baseline = summarizeBaseline(calibrated);
const plain = { color: false, resultPath: null, reportPath: null };

test('the highest sustained rate is the highest that most of its trials sustained', () => {
  assert.deepEqual([baseline.highestRatePerSec, baseline.isLimit], [1_000, true]);
  assert.equal(summarizeBaseline(runResult({ trials: [okTrial({ ratePerSec: 100 })] })).isLimit, false);
  assert.equal(summarizeBaseline(runResult({ trials: [invalidTrial()] })).highestRatePerSec, null);
});

test('a row is the median of the trials that count, with how many there were', () => {
  const [row] = baseline.rows;
  assert.deepEqual([row?.ratePerSec, row?.okCount, row?.trialCount], [100, 3, 3]);
  const [delayed] = summarizeBaseline(runResult({ trials: [okTrial({ ratePerSec: 100, lagP50Ms: 0.03 })] })).rows;
  assert.equal(row?.generatorDelayP50Ms, delayed?.generatorDelayP50Ms);
  assert.deepEqual([baseline.rows[1]?.okCount, baseline.rows[1]?.trialCount], [1, 1]);
});

test('a result is compared with the calibrated rate that is nearest by ratio', () => {
  assert.equal(nearestBaselineRow(baseline, 300)?.ratePerSec, 100);
  assert.equal(nearestBaselineRow(baseline, 400)?.ratePerSec, 1_000);
  assert.equal(nearestBaselineRow({ ...baseline, rows: [] }, 400), null);
});

test('a report of a calibrated machine shows the baseline at its rates, in the terminal and on the page', () => {
  const model = buildReport(runResult({ trials: [okTrial()] }), [], undefined, baseline);
  assert.equal(model.baseline?.rows.length, 1);
  assert.match(reportText(model, plain), /at\s+100\/s,\s+this\s+machine's\s+generator\s+has\s+a\s+floor/);
  const assets = { script: '', style: '', scriptHash: 'a', styleHash: 'b' };
  assert.match(reportHtml(model, assets), /Floor of this machine/);
});

test("another machine's baseline, or none, is not shown", () => {
  const live = runResult({ trials: [okTrial()] });
  assert.equal(buildReport(live, []).baseline, null);
  assert.equal(buildReport(live, [], undefined, { ...baseline, machineId: 'other' }).baseline, null);
});
