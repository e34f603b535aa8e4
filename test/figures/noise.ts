/*
 * Repeat noise: the coefficient of variation of CPU per request over the trials of each implementation of a result, with its
 * interval. `npm run bench -- run noise --impl crud-go`, then `npm run noise -- results/<machine>/<file>.json`.
 */

import { bootstrapInterval } from '../../src/stats/bootstrap.ts';
import { createRandom } from '../../src/stats/random.ts';
import { standardDeviation } from '../../src/stats/spread.ts';
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
  const interval = bootstrapInterval(known, variation, { random: createRandom(1), levelRatio: 0.95, resampleCount });
  const { low, high } = interval ?? { low: Number.NaN, high: Number.NaN };
  const figures = `CV ${percent(variation(known))} [${percent(low)}, ${percent(high)}]`;
  process.stdout.write(
    `${id}: ${figures} over ${known.length} of ${trials.length} trials (95 %, percentile bootstrap)\n`,
  );
}

/** Standard deviation (n − 1) ÷ mean. */
function variation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return (standardDeviation(values) ?? Number.NaN) / mean;
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`;
}
