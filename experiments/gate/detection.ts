/*
 * What the gate finds, through confirmation, by the size of a rise of CPU per request: simulated at the spread that A/A recordings show,
 * and measured in recordings of known rises; written to docs/detection.svg.
 * `npm run detection -- 0=A/A-PATH… 5=PATH… 10=PATH… [--impl crud-node-async] [--pairs 12,20] [--runs 2000]`: a name is the rise in per cent.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom } from '../../src/stats/random.ts';
import { readCommandLine } from '../command-line.ts';
import { type DetectionPoint, detectionSvg } from './detection-svg.ts';
import { disjointCount, logRatios, namedPaths, type Recording, recordedRuns, recordings } from './recorded.ts';
import {
  correctionOfPairs,
  covariances,
  familyCount,
  isCorrectedWorse,
  isWorse,
  lowerFactor,
  normalDraw,
  spreadOf,
} from './simulated.ts';
import { shareInterval, shareText, talliedBlocks } from './tally.ts';

const { values, positionals } = readCommandLine({
  allowPositionals: true,
  options: {
    impl: { type: 'string', default: 'crud-node-async' },
    pairs: { type: 'string', default: '12,20' },
    runs: { type: 'string', default: '2000' },
  },
});
const named = namedPaths(positionals);
const sizes = values.pairs.split(',').map(Number);
const runCount = Number(values.runs);
if (named === null || !named.has('0') || ![...sizes, runCount].every((size) => size > 0)) {
  process.stderr.write('usage: npm run detection -- 0=PATH 5=PATH 10=PATH [--impl ID] [--pairs 12,20] [--runs 2000]\n');
  process.exit(2);
}

const seed = 20_260_101;
const blockCount = 1_000;
const unit = { target: 1, control: 1, reference: 1 };
const effectRatios = Array.from({ length: 25 }, (_, index) => index / 200);
const recorded = new Map<number, Recording>();
for (const [name, paths] of named) recorded.set(Number(name) / 100, await recordingOf(paths, name === '0'));
const spread = covariances(logRatios(recorded.get(0) as Recording));
printSpread();
const points = sizes.flatMap((pairCount) =>
  [...recorded].flatMap(([effectRatio, recording]) => measuredPoint(recording, effectRatio, pairCount)),
);
const curves = sizes.flatMap((pairCount) => [
  { pairCount, isRaw: false, shares: effectRatios.map((effectRatio) => simulatedShare(effectRatio, pairCount, false)) },
  { pairCount, isRaw: true, shares: effectRatios.map((effectRatio) => simulatedShare(effectRatio, pairCount, true)) },
]);
const path = join(import.meta.dirname, '..', '..', 'docs', 'detection.svg');
await writeFile(path, detectionSvg({ effectRatios, curves, points }));
process.stdout.write(`${path}\n`);

async function recordingOf(paths: readonly string[], isAA: boolean): Promise<Recording> {
  const known = recordings(await recordedRuns(paths)).filter((recording) => recording.isAA === isAA);
  const own = known.find(({ cell }) => cell.startsWith(`${values.impl}/`));
  if (own === undefined) throw new Error(`${paths.join(' ')}: nothing of ${values.impl}`);
  return own;
}

function printSpread(): void {
  const percent = (ratio: number) => `${(100 * ratio).toFixed(1)} %`;
  process.stdout.write(
    `SD of log pair ratios: raw ${percent(spreadOf(spread, [1, 0, 0]))}, with the control ${percent(spreadOf(spread, [1, -1, 0]))}\n`,
  );
}

function measuredPoint(recording: Recording, effectRatio: number, pairCount: number): DetectionPoint[] {
  const wish = { pairCount, blockCount, random: createRandom(seed), endMs: Number.POSITIVE_INFINITY };
  if (disjointCount(recording, pairCount) < 2) return [];
  const { byFlag } = talliedBlocks(recording, wish);
  const { confirmedCount = 0 } = byFlag.get(`${recording.cell}/cpu-per-request worse`) ?? {};
  const share = confirmedCount / blockCount;
  const independentCount = disjointCount(recording, pairCount) / 2;
  process.stdout.write(`${100 * effectRatio} %, ${pairCount} pairs: ${shareText(share, independentCount)}\n`);
  return [{ effectRatio, pairCount, share, interval: shareInterval(share, independentCount) }];
}

/** Found twice, in fresh pairs. The same seed for every size of the rise: the curve is as smooth as the rule. */
function simulatedShare(effectRatio: number, pairCount: number, isRaw: boolean): number {
  const random = createRandom(seed);
  const factor = lowerFactor(spread);
  const found = Array.from({ length: runCount }, () => {
    const pairs = Array.from({ length: pairCount }, () => {
      const drawn = factor.map(() => normalDraw(random));
      const [target = 0, control = 0, reference = 0] = factor.map((row) =>
        Math.exp(row.reduce((sum, part, index) => sum + part * (drawn[index] ?? 0), 0)),
      );
      return { base: unit, head: { target: target * (1 + effectRatio), control, reference } };
    });
    const correction = correctionOfPairs(pairs);
    if (correction === null) return false;
    return isRaw ? isWorse(correction.raw, familyCount) : isCorrectedWorse(correction, familyCount);
  });
  return (found.filter((one) => one).length / runCount) ** 2;
}
