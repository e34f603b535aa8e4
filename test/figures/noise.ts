/*
 * Repeat noise: the coefficient of variation of CPU per request over the trials of each implementation of a result, with its
 * interval. `npm run bench -- run noise --impl crud-go`, then `npm run noise -- results/<machine>/<file>.json`.
 */

import { quantile } from '../../src/stats/quantile.ts';
import { createRandom } from '../../src/stats/random.ts';
import { readResult } from '../../src/store/result-file.ts';

const resampleCount = 10_000;
const [path] = process.argv.slice(2);
if (path === undefined) {
  process.stderr.write('usage: npm run noise -- results/<machine>/<file>.json\n');
  process.exit(2);
}

const result = await readResult(path);
const byImplementation = Map.groupBy(result.trials, ({ spec }) => spec.implementation);
for (const [id, trials] of byImplementation) {
  const costs = trials.flatMap((trial) => (trial.status === 'ok' ? [trial.measurement.cpu.target.perRequestMs] : []));
  const known = costs.filter((cost) => cost !== null);
  const { low, high } = bootstrapInterval(known);
  const figures = `CV ${percent(variation(known))} [${percent(low)}, ${percent(high)}]`;
  process.stdout.write(
    `${id}: ${figures} over ${known.length} of ${trials.length} trials (95 %, percentile bootstrap)\n`,
  );
}

/** Standard deviation (n − 1) ÷ mean. */
function variation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1)) / mean;
}

function bootstrapInterval(values: readonly number[]): { low: number; high: number } {
  const random = createRandom(1);
  const draws = Array.from({ length: resampleCount }, () =>
    variation(values.map(() => values[random.below(values.length)] as number)),
  );
  return { low: quantile(draws, 0.025) ?? Number.NaN, high: quantile(draws, 0.975) ?? Number.NaN };
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`;
}
