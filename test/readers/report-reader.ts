import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gate } from '../../bench/gate.ts';
import { compareRuns } from '../../src/compare/compare-runs.ts';
import { trendsByModel } from '../../src/compare/trend.ts';
import { buildReport } from '../../src/report/build/build-report.ts';
import { reportHtml } from '../../src/report/html/report.ts';
import { comparisonMarkdown, reportMarkdown } from '../../src/report/text/markdown.ts';
import { reportText } from '../../src/report/text/report-text.ts';
import { summaryText } from '../../src/report/text/summary-text.ts';
import { trendText } from '../../src/report/text/trend-text.ts';
import { readResult } from '../../src/store/result-file.ts';
import { damaged } from './damage.ts';
import type { Reader } from './reader.ts';

/** Results that a schema accepts and that yet say what no run says: every page of them is made, or they are refused. */

const stored = resolve(import.meta.dirname, '..', 'fixtures', 'results');
const results = readdirSync(stored)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(join(stored, name), 'utf8')) as unknown);
const textOptions = { color: true, resultPath: 'r.json', reportPath: null };
const options = { policy: gate, minEffectRatio: null, noiseFloors: new Map(), waivers: [], today: '2026-01-01' };

export const reportReader: Reader = {
  id: 'report',
  inputs: damaged(results),
  count: 40,
  async read(input, folder) {
    const path = join(folder, 'r.json');
    writeFileSync(path, input);
    const result = await readResult(path);
    const report = buildReport(result, []);
    reportText(report, textOptions);
    summaryText(report, textOptions);
    reportMarkdown(report);
    reportHtml(report, { script: '', style: '', scriptHash: '', styleHash: '' });
    comparisonMarkdown(compareRuns(result, { ...result, runId: 'other' }, options));
    trendText(trendsByModel([result]));
  },
};
