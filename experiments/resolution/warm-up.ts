/*
 * After how many requests an implementation costs what it costs in the end: from recorded trials without a warm-up, such as
 * `npm run record -- trials --impl 'crud-go,crud-node-*,crud-python-*' --rate 400 --warm-up 0 --window 32 --rounds 3`, CPU per request of the target and the same by the
 * database's, which takes out most of the machine's speed. `npm run warm-up -- [PATH…] [--block 1000] [--tolerance 2]` (in per cent).
 */
import { HarnessError } from '../../src/model/harness-error.ts';
import { readArguments, recordingsAt, reported } from './arguments.ts';
import { convergenceOf, type WarmingCurve, warmingCurves } from './convergence.ts';

await reported(async () => {
  const { paths, numbers } = readArguments({ block: 1_000, tolerance: 2 }, 'warm-up');
  const [block = 0, tolerance = 0] = [numbers.block, numbers.tolerance];
  const recordings = await recordingsAt(paths);
  const curves = recordings.flatMap(({ trials }) => warmingCurves(trials, block));
  if (curves.length === 0) {
    const remedy =
      "make one: npm run record -- trials --impl 'crud-go,crud-node-*,crud-python-*' --rate 400 --warm-up 0 --window 32 --rounds 3";
    throw new HarnessError('cannot-measure', 'no recording has a trial without a warm-up', remedy);
  }
  for (const curve of curves.toSorted((a, b) => a.implementation.localeCompare(b.implementation))) {
    print(curve, 'CPU per request', curve.targetMs, tolerance / 100);
    if (curve.toDatabase !== null) print(curve, 'by the database’s', curve.toDatabase, tolerance / 100);
  }
  process.stdout.write(`
Fitted: where an exponential curve comes within ${tolerance} % of its end. Seen: from where on each three blocks are within it of the last
quarter. The row of numbers: each block by the last quarter, in per cent.
`);
});

function print(
  { implementation, ratePerSec, trialCount, blockCount }: WarmingCurve,
  what: string,
  costs: readonly number[],
  tolerance: number,
) {
  const found = convergenceOf(costs, blockCount, tolerance);
  const trials = trialCount === 1 ? '1 trial' : `${trialCount} trials`;
  const heading = `${implementation} at ${ratePerSec}/s, ${trials}, ${what}`;
  if (found === null) {
    process.stdout.write(`${heading}: fewer than 8 blocks of ${blockCount} requests\n`);
    return;
  }
  const { fittedCount, seenCount, firstRatio } = found;
  const end = (costs[0] ?? 0) / firstRatio;
  const row = costs.map((cost) => Math.round((100 * cost) / end)).join(' ');
  const seen = seenCount === null ? 'not seen' : `seen ${seenCount}`;
  process.stdout.write(`${heading}: fitted ${fittedCount} requests, ${seen}\n  ${row}\n`);
}
