import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { aaRuns } from '../../ci/aa-runs.ts';
import { affectedLines, ciWarnings, emptyComparison, failureLines, planLines } from '../../ci/ci-lines.ts';
import { choosePairCount, type PairChoice } from '../../ci/pair-count.ts';
import type { MeasuredPairs } from '../../ci/pairs.ts';
import { type TwoCommits, withTwoCommits } from '../../ci/two-commits.ts';
import { compareRuns } from '../../compare/compare-runs.ts';
import type { NoiseFloors } from '../../compare/noise-floor.ts';
import { applyConfirmation, markCutShort, needsConfirmation } from '../../compare/outcome.ts';
import type { RunComparison } from '../../model/comparison.ts';
import type { CompareOptions } from '../../model/gate-policy.ts';
import { HarnessError } from '../../model/harness-error.ts';
import { comparisonText } from '../../report/text/comparison-text.ts';
import { comparisonMarkdown, markdownLimit } from '../../report/text/markdown.ts';
import { loadGate } from '../../run/declarations.ts';
import { resultsDir } from '../../run/paths.ts';
import { readWaivers } from '../../store/waiver-file.ts';
import { assertFolderWritable, assertOutputsWritable, writeFileAtomically } from '../../store/write-file.ts';
import { todayUtc, waiversPath } from '../compare-files.ts';
import { type CommandContext, wantsColor } from '../context.ts';
import {
  collect,
  countOrZero,
  durationOption,
  percentOption,
  positiveCount,
  positiveNumber,
  rateList,
} from '../options.ts';
import { createProgress, type Progress } from '../progress.ts';
import { type CiFlags, ciCommand, defaultAttempts, replayCommand } from '../replay-command.ts';
import { shortPath, writeComparisonPage } from '../report-file.ts';

/** `paceline ci`: two commits in alternating pairs on this machine, and whether the newer one is worse. */
export function addCi(program: Command, context: CommandContext): void {
  program
    .command('ci')
    .description('measure two commits in alternating pairs and judge what the change affects')
    .option('--base <rev>', 'the commit to compare with (default: where the head left the default branch)')
    .option('--head <rev>', 'the commit to judge; `worktree`: HEAD with all that is uncommitted', 'HEAD')
    .option('--aa', 'the head against itself: measures and keeps the noise floor of this machine')
    .option('--all', 'every implementation, affected by the change or not')
    .option('--impl <glob>', 'only these implementations, affected or not (repeatable)', collect)
    .option('--impls <dir>', 'look for implementations in this folder of each commit too (repeatable)', collect)
    .option('--rate <list>', 'total requests per second, as 25,100,400', rateList)
    .option('--duration <s>', 'measured seconds of a trial', positiveNumber)
    .option('--warmup <n>', 'requests sent before measuring', countOrZero)
    .option('--scenario <id>', 'another scenario’s questions', 'ci')
    .option(
      '--pairs <n>',
      'pairs of trials of each question (default: by the known noise of this machine, 12 to 40)',
      positiveCount,
    )
    .option('--time-budget <duration>', 'as many pairs as fit, as 10m; a confirmation comes on top', durationOption)
    .option('--attempts <n>', 'how often a pair with an invalid trial is made in all', positiveCount, defaultAttempts)
    .option('--min-effect <percent>', 'the smallest change that matters, of every metric, as 2.5%', percentOption)
    .option('--policy <file>', 'which metrics gate, and how (default: bench/gate.ts)')
    .option('--waivers <file>', 'known changes that are let through (default: bench/waivers.json)')
    .option('--gate', 'end with 1 at a confirmed regression', true)
    .option('--no-gate', 'end with 0 at a regression')
    .option('--repo <dir>', 'the repository whose commits are measured (default: this checkout)')
    .option('--out <dir>', 'where the result files go (default: results/)')
    .option('--markdown <file>', 'write the comparison there, for a job summary or a comment')
    .option('--html <file>', 'write the comparison’s page there')
    .option('--json', 'print the comparison as JSON on standard output; people’s text goes to standard error')
    .option('--verbose', 'a line for each phase of a trial')
    .addHelpText('after', examples)
    .action(async (flags: CiFlags) => {
      context.exitCode = await ci(flags, context);
    });
}

const examples = `
Examples:
  npm run bench -- ci                                    this branch against where it left the default branch
  npm run bench -- ci --head worktree                    what is not committed yet
  npm run bench -- ci --base HEAD~1 --time-budget 10m    as many pairs as fit into ten minutes
  npm run bench -- ci --impl crud-go --pairs 20
  npm run bench -- ci --aa --impl crud-go                the noise floor of this machine

Exit codes: 0 no regression, 1 a regression confirmed by fresh pairs, 2 usage, 3 could not measure or decide`;

async function ci(flags: CiFlags, context: CommandContext): Promise<number> {
  if (flags.aa && flags.base !== undefined) {
    throw new HarnessError('usage', '--aa measures the head against itself: --base has no part in it', 'leave out one');
  }
  await assertFolderWritable(folderOf(flags), '--out');
  await assertOutputsWritable({ '--markdown': flags.markdown, '--html': flags.html });
  const progress = createProgress(
    { isTTY: context.stderr.isTTY === true, write: (text) => context.stderr.write(text) },
    { nowMs: () => performance.now(), verbose: flags.verbose ?? false },
  );
  try {
    return await withTwoCommits(requestOf(flags), context, progress, (commits) =>
      measureAndCompare(commits, flags, context, progress),
    );
  } finally {
    progress.end();
  }
}

function requestOf(flags: CiFlags) {
  return {
    repository: flags.repo === undefined ? null : resolve(flags.repo),
    base: flags.base ?? null,
    head: flags.head,
    isAA: flags.aa ?? false,
    scenario: flags.scenario,
    implementationGlobs: flags.impl ?? [],
    implementationDirs: flags.impls ?? [],
    all: flags.all ?? false,
    ratesPerSec: flags.rate ?? null,
    measureMs: flags.duration === undefined ? null : flags.duration * 1000,
    warmupCount: flags.warmup ?? null,
    resultsDir: folderOf(flags),
    command: ciCommand(flags),
    maxAttempts: flags.attempts,
  };
}

function folderOf({ out }: CiFlags): string {
  return out === undefined ? resultsDir : resolve(out);
}

/** Builds, measures, compares, confirms what was flagged, and tells. */
async function measureAndCompare(
  commits: TwoCommits,
  flags: CiFlags,
  context: CommandContext,
  progress: Progress,
): Promise<number> {
  for (const line of affectedLines(commits)) progress.onStep(line);
  if (commits.requestedIds.length === 0) return printNothingAffected(commits, flags, context, progress);
  const startedMs = performance.now();
  const wished = await optionsOf(commits, flags, null);
  // What cannot fit even if nothing had to be built is refused here.
  const atBest = choosePairCount(flags, commits, wished, 0);
  if (flags.timeBudget === undefined) printPlan(commits, atBest, wished, progress);
  const preparations = await commits.prepare();
  const failures = failureLines(preparations);
  for (const line of failures) progress.onStep(line);
  const spentMs = performance.now() - startedMs;
  const choice = flags.timeBudget === undefined ? atBest : choosePairCount(flags, commits, wished, spentMs);
  const options = await optionsOf(commits, flags, choice.measureMs);
  if (flags.timeBudget !== undefined) printPlan(commits, choice, options, progress);
  const name = commits.isAA ? 'aa' : 'ci';
  const first = await commits.measure({ ...choice, implementationIds: null, name });
  const comparison = compared(first, commits, options);
  const told = (final: RunComparison) => printComparison(final, [first], flags, context, progress);
  if (first.cause !== null) {
    await told(commits.isAA ? comparison : markCutShort(comparison));
    throw first.cause;
  }
  const final = commits.isAA
    ? comparison
    : await withConfirmation(comparison, choice, commits, options, progress, told);
  await told(final);
  return exitCodeOf(final, commits, flags, failures.length > 0);
}

interface CiOptions extends CompareOptions {
  readonly aa: NoiseFloors;
}

async function optionsOf(
  { machine, isAA, specs }: TwoCommits,
  flags: CiFlags,
  measureMs: number | null,
): Promise<CiOptions> {
  const policy = await loadGate(flags.policy);
  const folders = [resultsDir, folderOf(flags)].map((folder) => join(folder, machine.id));
  const aa = await aaRuns(folders, policy, specs(measureMs));
  return {
    policy,
    minEffectRatio: flags.minEffect ?? null,
    // A floor is what an A/A run measures: it must not judge itself by it.
    noiseFloors: isAA ? new Map() : aa.noiseFloors,
    waivers: await readWaivers(flags.waivers ?? waiversPath),
    today: todayUtc(),
    aa,
  };
}

function printPlan(commits: TwoCommits, choice: PairChoice, { aa, policy }: CiOptions, progress: Progress): void {
  for (const line of planLines(commits, choice, aa, policy)) progress.onStep(line);
}

function compared({ results }: MeasuredPairs, commits: TwoCommits, options: CiOptions): RunComparison {
  const comparison = compareRuns(results.base, results.head, options);
  return { ...comparison, warnings: [...ciWarnings(commits, comparison, options.aa), ...comparison.warnings] };
}

/** Fresh pairs of the implementations that were flagged; cut short, the first set is told as it is. */
async function withConfirmation(
  comparison: RunComparison,
  choice: PairChoice,
  commits: TwoCommits,
  options: CiOptions,
  progress: Progress,
  told: (final: RunComparison) => Promise<void>,
): Promise<RunComparison> {
  const flagged = comparison.comparisons.filter(needsConfirmation);
  if (flagged.length === 0) return comparison;
  const implementationIds = [...new Set(flagged.map(({ cell }) => cell.implementation))];
  progress.onStep(
    `flagged: ${flagged.map(({ id }) => id).join(', ')}; measuring ${implementationIds.join(', ')} again`,
  );
  const again = await commits.measure({ ...choice, implementationIds, name: 'ci-again' });
  if (again.cause !== null) {
    await told(markCutShort(comparison));
    throw again.cause;
  }
  return applyConfirmation(comparison, compareRuns(again.results.base, again.results.head, options));
}

async function printNothingAffected(
  commits: TwoCommits,
  flags: CiFlags,
  context: CommandContext,
  progress: Progress,
): Promise<number> {
  progress.end();
  const comparison = emptyComparison(commits, await loadGate(flags.policy), new Date().toISOString());
  const people = flags.json ? context.stderr : context.stdout;
  people.write(`${comparison.outcome.summary}\n`);
  await writeRequestedFiles(comparison, flags, context);
  return 0;
}

async function printComparison(
  comparison: RunComparison,
  [first]: readonly [MeasuredPairs],
  flags: CiFlags,
  context: CommandContext,
  progress: Progress,
): Promise<void> {
  progress.end();
  const people = flags.json ? context.stderr : context.stdout;
  people.write(comparisonText(comparison, { color: wantsColor(context), all: false }));
  const paths = [shortPath(first.paths.base), shortPath(first.paths.head)] as const;
  people.write(`\nreplay: ${replayCommand(paths, flags)}\n`);
  await writeRequestedFiles(comparison, flags, context);
}

/** What programs and other readers were promised, by the flags. */
async function writeRequestedFiles(comparison: RunComparison, flags: CiFlags, context: CommandContext): Promise<void> {
  if (flags.json) context.stdout.write(`${JSON.stringify(comparison)}\n`);
  // A comment has room for a mark by which it is found again.
  if (flags.markdown !== undefined)
    await writeFileAtomically(flags.markdown, comparisonMarkdown(comparison, markdownLimit - 100));
  if (flags.html === undefined) return;
  const people = flags.json ? context.stderr : context.stdout;
  people.write(`page: ${await writeComparisonPage(comparison, flags.html)}\n`);
}

/** A/A runs find no regression, whatever they show. What could not be built leaves a question open. */
function exitCodeOf({ outcome }: RunComparison, { isAA }: TwoCommits, { gate }: CiFlags, isBroken: boolean): number {
  if (outcome.exitCode === 1 && gate && !isAA) return 1;
  return outcome.exitCode === 3 || isBroken ? 3 : 0;
}
