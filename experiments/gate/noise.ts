/*
 * Repeat noise over the trials of each implementation of a result: the coefficient of variation (with its interval) of CPU per
 * request, and of the same divided by the database's CPU in the same trial, which shows how much of the noise is the machine's speed;
 * then the standard deviation of the log ratio of neighbouring trials, which is what a comparison in pairs is up against.
 * `npm run bench -- run noise --impl crud-go`, then `npm run noise -- results/<machine>/<file>.json`.
 */
import { metrics, metricValue } from '../../src/model/metric.ts';
import type { Trial } from '../../src/model/trial.ts';
import { coefficientOfVariation, standardDeviation } from '../../src/stats/descriptive.ts';
import { createRandom } from '../../src/stats/random.ts';
import { readResult } from '../../src/store/result-file.ts';
import { bootstrapInterval } from './bootstrap.ts';

const resampleCount = 10_000;
const [path] = process.argv.slice(2);
if (path === undefined) {
  process.stderr.write('usage: npm run noise -- results/<machine>/<file>.json\n');
  process.exit(2);
}

const measures = [
  { label: 'CPU per request', metricId: 'cpu-per-request' },
  { label: 'CPU for each ms of the database’s', metricId: 'cpu-to-database' },
  { label: 'private memory loaded', metricId: 'memory-median' },
];

const result = await readResult(path);
const byImplementation = Map.groupBy(result.trials, ({ spec }) => spec.implementation);
for (const [id, trials] of byImplementation) {
  const lines = measures.map(({ label, metricId }) => `  ${label}: ${describe(valuesOf(metricId, trials))}`);
  process.stdout.write(`${id}, ${trials.length} trials\n${lines.join('\n')}\n`);
}

function valuesOf(metricId: string, trials: readonly Trial[]): number[] {
  const metric = metrics.find(({ id }) => id === metricId);
  if (metric === undefined) throw new Error(`no metric ${metricId}`);
  return trials.map((trial) => metricValue(metric, trial)).filter((value) => value !== null);
}

function describe(values: readonly number[]): string {
  if (values.length < 4) return 'too few trials that count';
  const { low, high } = intervalOf(values);
  const cv = `CV ${percent(variation(values))} [${percent(low)}, ${percent(high)}] (95 %, percentile bootstrap)`;
  return `${cv}, SD of neighbours' log ratio ${percent(standardDeviation(neighbourRatios(values)) ?? Number.NaN)}, ${values.length} trials count`;
}

/** Of each two trials in a row, no trial twice. */
function neighbourRatios(values: readonly number[]): number[] {
  return values.flatMap((value, index) => {
    const next = values[index + 1];
    return index % 2 === 0 && next !== undefined ? [Math.log(next / value)] : [];
  });
}

function variation(values: readonly number[]): number {
  return coefficientOfVariation(values) ?? Number.NaN;
}

function intervalOf(values: readonly number[]): { readonly low: number; readonly high: number } {
  const options = { random: createRandom(1), levelRatio: 0.95, resampleCount };
  return bootstrapInterval(values, variation, options) ?? { low: Number.NaN, high: Number.NaN };
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`;
}
