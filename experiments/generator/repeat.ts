/*
 * How well the generator's CPU a request repeats: `npm run generator-repeat -- RESULT.json …`. For each implementation and rate:
 * its mean, the slope of its logarithm on that of the database's CPU in the same trials (the machine's speed is in both), and what
 * is left around that line. Goals of decision 0007: at most 3 % left in 40 trials, woke late p50 under 0.05 ms, and means over
 * targets of equal work within ± 2 % of each other.
 */

import { isOwnLoad } from '../../src/model/load-result.ts';
import { fitLine, mean, median } from '../../src/stats/descriptive.ts';
import { readResult } from '../../src/store/result-file.ts';

interface Point {
  readonly key: string;
  readonly generatorMs: number;
  readonly databaseMs: number | null;
  readonly lateMs: number | null;
}

const leastTrials = 40;
const paths = process.argv.slice(2);
if (paths.length === 0) throw new Error('name result files: npm run generator-repeat -- results/<machine>/<file>.json');
const points: Point[] = [];
for (const path of paths) {
  for (const { spec, measurement } of (await readResult(path)).trials) {
    const { load = null, cpu } = measurement ?? {};
    const generatorMs = cpu?.generator?.perRequestMs ?? null;
    if (load === null || !isOwnLoad(load) || generatorMs === null) continue;
    const key = `${spec.implementation} ${spec.workload} ${spec.loadPlan.ratePerSec}/s ${load.generator.loop}`;
    points.push({
      key,
      generatorMs,
      databaseMs: cpu?.database?.perRequestMs ?? null,
      lateMs: load.generatorDelay.p50Ms,
    });
  }
}
for (const [key, own] of Map.groupBy(points, (point) => point.key)) console.log(`${key}: ${textOf(own)}`);

function textOf(own: readonly Point[]): string {
  const meanMs = mean(own.map(({ generatorMs }) => generatorMs));
  const lateMs = median(own.flatMap(({ lateMs }) => lateMs ?? []));
  const fit = fitOf(own);
  const left = fit?.residualRatio ?? null;
  const repeat =
    fit === null
      ? 'repeat unknown'
      : `${(100 * fit.residualRatio).toFixed(1)} % left around the database's line of slope ${fit.slope.toFixed(2)}`;
  const goal = left === null || own.length < leastTrials ? 'undecided' : left <= 0.03 ? 'met' : 'missed';
  return `${own.length} trials, ${meanMs.toFixed(3)} ms CPU a request, woke late p50 ${lateMs?.toFixed(3) ?? '–'} ms, ${repeat} (goal 3 %: ${goal})`;
}

/** Standard deviation of the logarithms around their line; null of fewer than four trials or without a database. */
function fitOf(own: readonly Point[]): { readonly slope: number; readonly residualRatio: number } | null {
  const logs = own.flatMap(({ generatorMs, databaseMs }) =>
    databaseMs === null ? [] : [{ x: Math.log(databaseMs), y: Math.log(generatorMs) }],
  );
  const line = fitLine(logs);
  if (line === null || logs.length < 4) return null;
  const squares = logs.map(({ x, y }) => (y - line.intercept - line.slope * x) ** 2);
  const variance = squares.reduce((sum, square) => sum + square, 0) / (logs.length - 2);
  return { slope: line.slope, residualRatio: Math.sqrt(variance) };
}
