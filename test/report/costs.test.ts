import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Prices } from '../../src/model/prices.ts';
import { buildReport } from '../../src/report/build/build-report.ts';
import { costOfMillion, formatMoney } from '../../src/report/cost.ts';
import { type PageAssets, reportHtml } from '../../src/report/html/report.ts';
import { inputsAsPrices, pricesAsInputs } from '../../src/report/price-inputs.ts';
import { reportMarkdown } from '../../src/report/text/markdown.ts';
import { reportText } from '../../src/report/text/report-text.ts';
import { raftRun } from '../support/raft-examples.ts';
import { sevenAtOneRate, sevenAtThreeRates } from '../support/run-examples.ts';

const prices: Prices = {
  name: 'prices of a test',
  currency: 'EUR',
  perVcpuHour: 0.04,
  perGibHour: 0.005,
  machine: { vcpuCount: 2, memoryGib: 8 },
};
const assets: PageAssets = { script: 'void 0', style: 'p{}', scriptHash: 'sha256-script', styleHash: 'sha256-style' };
const plain = { color: false, resultPath: null, reportPath: null };
const priced = (live = sevenAtOneRate()) => buildReport(live, [], undefined, null, prices);

/** A million requests in an hour, each with 3.6 ms of CPU: one vCPU-hour, and as many GiB-hours as GiB. */
const oneHour = { cpuMsPerRequest: 3.6, memoryBytes: 2 * 2 ** 30, ratePerSec: 1e6 / 3600 };

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);
}

test('a million requests cost their vCPU-hours and GiB-hours, each at its price', () => {
  const cost = costOfMillion(oneHour, prices);
  near(cost.vcpuHours, 1);
  near(cost.gibHours, 2);
  near(cost.sum, 0.05);
});

test('by share they cost the part of a machine that is used most, of its whole price', () => {
  const byCpu = costOfMillion(oneHour, prices);
  near(byCpu.shareRatio, 0.5);
  assert.equal(byCpu.shareOf, 'CPU');
  near(byCpu.shareCost, 0.06);
  const byMemory = costOfMillion({ ...oneHour, memoryBytes: 6 * 2 ** 30 }, prices);
  near(byMemory.shareRatio, 0.75);
  assert.equal(byMemory.shareOf, 'memory');
  near(byMemory.shareCost, 0.09);
});

test('half the rate leaves the CPU as it is and doubles the memory', () => {
  const slow = costOfMillion({ ...oneHour, ratePerSec: oneHour.ratePerSec / 2 }, prices);
  near(slow.vcpuHours, 1);
  near(slow.gibHours, 4);
});

test('money has three digits that say something, and no exponent', () => {
  const texts = [0, 0.0000333, 0.00336, 0.5, 12.345, 123.4, 12345.6].map(formatMoney);
  assert.deepEqual(texts, ['0', '0.0000333', '0.00336', '0.500', '12.3', '123', '12,346']);
});

test('text, Markdown and page have the same rows, the cheapest first, with prices and formula beside them', () => {
  const model = priced();
  const [question] = model.costs?.questions ?? [];
  const sums = question?.rows.map(({ cost }) => cost.sum) ?? [];
  assert.equal(sums.length, 7);
  assert.deepEqual(
    sums,
    [...sums].sort((a, b) => a - b),
  );
  const outputs = [reportText(model, plain), reportMarkdown(model), reportHtml(model, assets)];
  for (const output of outputs) {
    const flat = output.replaceAll(/<[^>]*>/g, '').replaceAll(/\s+/g, ' ');
    assert.match(flat, /prices of a test: 0\.04 EUR per vCPU-hour, 0\.005 EUR per GiB-hour/);
    assert.match(flat, /sum = vCPU-hours × price of a vCPU-hour \+ GiB-hours × price of a GiB-hour/);
    for (const sum of sums) assert.ok(output.includes(formatMoney(sum)), formatMoney(sum));
  }
});

test('no line of the text is longer than 100 columns', () => {
  const lines = reportText(priced(sevenAtThreeRates()), plain).split('\n');
  assert.deepEqual(
    lines.filter((line) => line.length > 100),
    [],
  );
});

test('without prices nothing is priced, and what sends no requests costs nothing by the request', () => {
  assert.equal(buildReport(sevenAtOneRate(), []).costs, null);
  const rates = priced(raftRun()).costs?.questions.map(({ ratePerSec }) => ratePerSec) ?? [];
  assert.ok(rates.length > 0 && rates.every((rate) => rate > 0));
});

test('the fields of the page are the prices and nothing else', () => {
  const { name, currency, ...hourly } = prices;
  assert.deepEqual(inputsAsPrices(pricesAsInputs(prices)), hourly);
});
