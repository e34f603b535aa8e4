/*
 * How strict the control's guard should be (`alpha` of `control` in bench/gate.ts): simulated at the covariances of target, database and
 * generator that recorded A/A pairs show, each share through confirmation by a fresh set. What is found of true rises; what is blamed
 * where nothing, or only the database's work, changed.
 * `npm run guard -- [PATH…] [--pairs 12,20,30] [--alpha 1,0.3,0.1,0.01] [--runs 4000]` (alpha in per cent); without a path, all recordings.
 * `--assumed 7.2,2.1,2.1,6` needs no recording: by how many per cent a trial varies with the machine's speed, and target, database and
 * generator each for themselves.
 */
import { createRandom } from '../../src/stats/random.ts';
import { readCommandLine } from '../command-line.ts';
import { logRatios, type Recording, recordedRuns, recordings } from './recorded.ts';
import {
  correctionOfPairs,
  covariances,
  familyCount,
  isCorrectedWorse,
  lowerFactor,
  normalDraw,
  spreadOf,
} from './simulated.ts';

const { values, positionals: paths } = readCommandLine({
  allowPositionals: true,
  options: {
    pairs: { type: 'string', default: '12,20,30' },
    alpha: { type: 'string', default: '1,0.3,0.1,0.01' },
    runs: { type: 'string', default: '4000' },
    assumed: { type: 'string' },
  },
});
const sizes = values.pairs.split(',').map(Number);
const alphas = values.alpha.split(',').map((percent) => Number(percent) / 100);
const runCount = Number(values.runs);
const assumed = values.assumed?.split(',').map((percent) => Number(percent) / 100) ?? null;
const isAssumedRight = assumed === null || (assumed.length === 4 && assumed.every((size) => size > 0));
if (![...sizes, ...alphas, runCount].every((size) => size > 0) || !isAssumedRight) {
  process.stderr.write(
    'usage: npm run guard -- [PATH…] [--pairs 12,20,30] [--alpha 1,0.3,0.1,0.01] [--runs 4000] [--assumed 7.2,2.1,2.1,6]\n',
  );
  process.exit(2);
}

/** What a commit does to the target's and the database's CPU. */
const changes = [
  { name: 'nothing', target: 0, database: 0 },
  { name: 'target +5 %', target: 0.05, database: 0 },
  { name: 'target +5 %, database +3 %', target: 0.05, database: 0.03 },
  { name: 'target +10 %', target: 0.1, database: 0 },
  { name: 'target +10 %, database +3 %', target: 0.1, database: 0.03 },
  { name: 'only database −3 %', target: 0, database: -0.03 },
  { name: 'only database −5 %', target: 0, database: -0.05 },
  { name: 'only database −10 %', target: 0, database: -0.1 },
] as const;

const unit = { target: 1, control: 1, reference: 1 };
if (assumed === null) {
  const known = recordings(await recordedRuns(paths)).filter(({ isAA }) => isAA);
  for (const recording of known) printRecording(recording);
} else {
  printTable(`assumed ${values.assumed}`, covariancesOf(assumed));
}
process.stdout.write(`
Each share: worse by one set of pairs and by a fresh one. Goals: nothing changed ≤ 1 %, rises ≥ 95 %, only the database's work ≤ 5 %.
`);

function printRecording(recording: Recording): void {
  const ratios = logRatios(recording);
  if (ratios.length < 10) {
    process.stdout.write(`${recording.cell}: ${ratios.length} A/A pairs are too few for covariances\n`);
    return;
  }
  printTable(`${recording.cell}, ${ratios.length} A/A pairs`, covariances(ratios));
}

/** Of the log ratios of pairs of trials that vary so. */
function covariancesOf([machine = 0, ...own]: readonly number[]): number[][] {
  return own.map((size, row) => own.map((_, column) => 2 * (machine ** 2 + (row === column ? size ** 2 : 0))));
}

function printTable(title: string, spread: readonly (readonly number[])[]): void {
  const sd = (...weights: number[]) => `${(100 * spreadOf(spread, weights)).toFixed(1)} %`;
  // A trial's own spread is that of a pair's log ratio by the root of two.
  const perTrial = (100 * spreadOf(spread, [1, -1, 0])) / Math.SQRT2;
  process.stdout.write(
    `${title}: SD of log pair ratios ${sd(1, 0, 0)} raw, ${sd(1, -1, 0)} by the database, ` +
      `${sd(1, 0, -1)} by the generator, database by generator ${sd(0, 1, -1)}; a trial by the database ${perTrial.toFixed(1)} %\n\n`,
  );
  line('a commit changes', ...sizes.flatMap((pairs) => alphas.map((alpha) => `${pairs} pairs, ${100 * alpha} %`)));
  line('---', ...sizes.flatMap(() => alphas.map(() => '---:')));
  for (const change of changes) {
    line(change.name, ...sizes.flatMap((pairs) => alphas.map((alpha) => shareOf(change, pairs, alpha, spread))));
  }
  process.stdout.write('\n');
}

function shareOf(
  change: (typeof changes)[number],
  pairCount: number,
  controlAlpha: number,
  spread: readonly (readonly number[])[],
): string {
  const random = createRandom(20_260_101);
  const factor = lowerFactor(spread);
  let worseCount = 0;
  for (let run = 0; run < runCount; run += 1) {
    const pairs = Array.from({ length: pairCount }, () => {
      const drawn = factor.map(() => normalDraw(random));
      const [target = 0, control = 0, reference = 0] = factor.map((row) =>
        Math.exp(row.reduce((sum, part, index) => sum + part * (drawn[index] ?? 0), 0)),
      );
      const head = { target: target * (1 + change.target), control: control * (1 + change.database), reference };
      return { base: unit, head };
    });
    const correction = correctionOfPairs(pairs, { controlAlpha });
    if (correction !== null && isCorrectedWorse(correction, familyCount)) worseCount += 1;
  }
  return `${(100 * (worseCount / runCount) ** 2).toFixed(1)} %`;
}

function line(...cells: string[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}
