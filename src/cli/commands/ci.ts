import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type CommitsComparison, type CompareCommitsRequest, compareCommits } from '../../ci/compare-commits.ts';
import { HarnessError } from '../../model/harness-error.ts';
import { comparisonText } from '../../report/text/comparison-text.ts';
import { comparisonMarkdown, markdownLimit } from '../../report/text/markdown.ts';
import type { Project, ProjectFolders } from '../../run/project.ts';
import { readResult } from '../../store/result-file.ts';
import { readWaivers } from '../../store/waiver-file.ts';
import { assertFolderWritable, assertOutputsWritable, writeFileAtomically } from '../../store/write-file.ts';
import { todayUtc } from '../compare-files.ts';
import { type CommandContext, wantsColor } from '../context.ts';
import {
  collect,
  countOrZero,
  durationOption,
  percentOption,
  positiveCount,
  rateList,
  secondsOption,
} from '../options.ts';
import { createProgress } from '../progress.ts';
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
    .option('--duration <s>', 'measured seconds of a trial', secondsOption)
    .option('--warmup <n>', 'requests sent before measuring', countOrZero)
    .option('--scenario <id>', 'another scenario’s questions', 'ci')
    .option(
      '--pairs <n>',
      'pairs of trials of each question (default: by the known noise of this machine, 12 to 40)',
      positiveCount,
    )
    .option('--time-budget <duration>', 'as many pairs as fit, as 10m; a confirmation comes on top', durationOption)
    .option('--attempts <n>', 'how often a pair with an invalid trial is made in all', positiveCount, defaultAttempts)
    .option('--profile', 'after a confirmed rise of CPU per request: one more pair under profilers, and what rose')
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
  npm run bench -- ci --impl crud-go --profile           which functions a confirmed rise came from
  npm run bench -- ci --aa --impl crud-go                the noise floor of this machine

Exit codes: 0 no regression, 1 a regression confirmed by fresh pairs, 2 usage, 3 could not measure or decide`;

async function ci(flags: CiFlags, context: CommandContext): Promise<number> {
  if (flags.aa && flags.base !== undefined) {
    throw new HarnessError('usage', '--aa measures the head against itself: --base has no part in it', 'leave out one');
  }
  if (flags.aa && flags.profile) {
    throw new HarnessError('usage', '--aa compares a commit with itself: nothing rises', 'leave out --profile');
  }
  if (flags.pairs !== undefined && flags.timeBudget !== undefined) {
    throw new HarnessError('usage', '--pairs and --time-budget both say how many pairs are made', 'leave out one');
  }
  await assertFolderWritable(folderOf(flags, context.folders), '--out');
  await assertOutputsWritable({ '--markdown': flags.markdown, '--html': flags.html });
  const progress = createProgress(context.stderr, { nowMs: () => performance.now(), verbose: flags.verbose ?? false });
  try {
    const project = await context.loadProject();
    const request = await requestOf(flags, project);
    const compared = await compareCommits(request, { ...context, project }, progress);
    progress.end();
    printComparison(compared, flags, context);
    await writeRequestedFiles(compared, flags, context);
    if (compared.interruption !== null) throw compared.interruption;
    return exitCodeOf(compared, flags);
  } finally {
    progress.end();
  }
}

async function requestOf(flags: CiFlags, project: Project): Promise<CompareCommitsRequest> {
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
    profiles: flags.profile ?? false,
    pairCount: flags.pairs ?? null,
    timeBudgetMs: flags.timeBudget ?? null,
    resultsDir: folderOf(flags, project),
    noiseDirs: [project.resultsDir],
    command: ciCommand(flags),
    maxAttempts: flags.attempts,
    policy: await project.loadGate(flags.policy),
    minEffectRatio: flags.minEffect ?? null,
    waivers: await readWaivers(flags.waivers ?? project.waiversPath),
    today: todayUtc(),
  };
}

function folderOf({ out }: CiFlags, { resultsDir }: ProjectFolders): string {
  return out === undefined ? resultsDir : resolve(out);
}

/** For people; with --json on standard error. */
function printComparison({ comparison, paths }: CommitsComparison, flags: CiFlags, context: CommandContext): void {
  const people = flags.json ? context.stderr : context.stdout;
  if (paths === null) {
    people.print(`${comparison.outcome.summary}\n`);
    return;
  }
  people.paint(comparisonText(comparison, { color: wantsColor(context), all: false }));
  const files = [shortPath(paths.base), shortPath(paths.head)] as const;
  people.print(`\nreplay: ${replayCommand(files, flags)}\n`);
}

/** What programs and other readers were promised, by the flags. */
async function writeRequestedFiles(
  { comparison, paths }: CommitsComparison,
  flags: CiFlags,
  context: CommandContext,
): Promise<void> {
  if (flags.json) context.stdout.write(`${JSON.stringify(comparison)}\n`);
  // A comment has room for a mark by which it is found again.
  if (flags.markdown !== undefined)
    await writeFileAtomically(flags.markdown, comparisonMarkdown(comparison, markdownLimit - 100));
  if (flags.html === undefined) return;
  const people = flags.json ? context.stderr : context.stdout;
  const results = paths === null ? [] : await Promise.all([readResult(paths.base), readResult(paths.head)]);
  people.print(`page: ${await writeComparisonPage(comparison, results, flags.html, context.folders)}\n`);
}

/** A/A runs find no regression, whatever they show. What could not be built leaves a question open. */
function exitCodeOf({ comparison, buildFailures, isAA }: CommitsComparison, { gate }: CiFlags): number {
  const { exitCode } = comparison.outcome;
  if (exitCode === 1 && gate && !isAA) return 1;
  return exitCode === 3 || buildFailures.length > 0 ? 3 : 0;
}
