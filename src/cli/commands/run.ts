import { basename } from 'node:path';
import type { Command } from 'commander';
import { widestHalfWidth } from '../../compare/forecast.ts';
import { HarnessError } from '../../model/harness-error.ts';
import type { Prices } from '../../model/prices.ts';
import { profilesText } from '../../report/text/profiles-text.ts';
import { reportText } from '../../report/text/report-text.ts';
import { summaryText } from '../../report/text/summary-text.ts';
import { type RunRequest, runScenario } from '../../run/run-scenario.ts';
import { assertOutputsWritable } from '../../store/write-file.ts';
import { type CommandContext, wantsColor } from '../context.ts';
import { earlierResults, forecastText } from '../forecast.ts';
import type { LiveRun } from '../live/live-run.ts';
import {
  collect,
  countOrZero,
  durationOption,
  halfWidthOption,
  limitOption,
  oneOf,
  portOption,
  positiveCount,
  rateList,
  secondsOption,
  wordList,
} from '../options.ts';
import { addPriceOptions, type PriceFlags, pricesOf } from '../price-options.ts';
import { createProgress, type Progress } from '../progress.ts';
import { withRunCommand } from '../replay-command.ts';
import { liveReportOf, reportModelOf, shortPath, writeReport } from '../report-file.ts';
import { runExitCode } from '../run-exit-code.ts';

interface RunFlags extends PriceFlags {
  readonly impl?: string[];
  readonly impls?: string[];
  readonly runtimes?: string[];
  readonly variants?: string[] | true;
  readonly only?: string[];
  readonly workload?: string;
  readonly rate?: number[];
  readonly trials?: number;
  readonly duration?: number;
  readonly warmup?: number;
  readonly workers?: number;
  readonly crashes?: number;
  readonly limit?: RunRequest['limit'];
  readonly attempts: number;
  readonly probe?: RunRequest['probe'];
  readonly transport?: RunRequest['transport'];
  readonly engine: RunRequest['engine'];
  readonly out?: string;
  readonly report: string | false;
  readonly json?: boolean;
  readonly details?: boolean;
  readonly verbose?: boolean;
  readonly live?: boolean;
  readonly port?: number;
  readonly saveReference?: boolean;
  readonly against?: string;
  readonly until?: number;
  readonly timeBudget?: number;
  readonly profile?: string[];
}

/** `paceline run [scenario]`, and what a bare `paceline` does. */
export function addRun(program: Command, context: CommandContext): void {
  const command = program
    .command('run', { isDefault: true })
    .description('run a scenario: build, check the contract, drive at fixed rates, measure, report')
    .argument('[scenario]', 'smoke, quick, standard, full … (see `paceline list`)', 'quick')
    .option('--impl <glob>', "only these implementations, as 'crud-node-*' (repeatable)", collect)
    .option('--impls <dir>', 'look for implementations in this folder too (repeatable)', collect)
    .option('--runtimes <list>', 'these runtimes too, as bun,deno,rust; all for every one', wordList)
    .option(
      '--variants [list]',
      "the variants of what is measured too, all or those named, as 'gogc-50,node-*'",
      wordList,
    )
    .option('--only <primitive>', 'only these primitives (repeatable)', collect)
    .option('--workload <id>', 'another workload of the same service (`list` names them)')
    .option(
      '--rate <list>',
      'total requests per second, one trial series for each, as 25,100,400 (not for primitives)',
      rateList,
    )
    .option('--trials <n>', 'trials of each implementation; fresh processes of each case of a primitive', positiveCount)
    .option('--duration <s>', 'measured seconds of a trial (not for primitives)', secondsOption)
    .option('--warmup <n>', 'requests sent before measuring (not for primitives)', countOrZero)
    .option('--workers <n>', 'parallelism given to each target (WORKERS)', positiveCount)
    .option('--crashes <n>', 'crashes of a leader in a trial that crashes leaders', positiveCount)
    .option(
      '--profile <impl>',
      'one more trial of it under its profiler, in no comparison, and its functions (repeatable)',
      collect,
    )
    .option('--attempts <n>', 'how often a trial flagged as invalid is tried in all', positiveCount, 3)
    .option(
      '--limit <limit>',
      "put the target into a group of this size, as 'cpu=2,memory=4GiB' (a primitive: memory alone)",
      limitOption,
    )
    .option('--probe <kind>', 'force a probe: cgroup, proc or pidusage', oneOf('probe', ['cgroup', 'proc', 'pidusage']))
    .option(
      '--transport <kind>',
      "the generator's loop: native or portable",
      oneOf('transport', ['native', 'portable']),
    )
    .option(
      '--engine <name>',
      'what sends the requests: paceline, or k6 in its place',
      oneOf('engine', ['paceline', 'k6']),
      'paceline',
    )
    .option('--out <file>', 'the result file (default: results/<machine>/…)')
    .option('--report <file>', 'the HTML report (default: reports/…)')
    .option('--no-report', 'write no report')
    .option('--against <impl>', 'rank each implementation against this one, instead of all against all')
    .option(
      '--until <percent>',
      'go on with rounds, at least 5 and at most 30, until every interval of CPU per request is within this, as 5%',
      halfWidthOption,
    )
    .option('--time-budget <duration>', 'with --until: end by then, as 20m (default: 30m)', durationOption)
    .option('--save-reference', 'keep the result in results/reference/, to be charted where a toolchain is missing')
    .option('--details', 'print every table, note and warning at the end (default: a summary; the page has everything)')
    .option('--verbose', 'a line for each phase of a trial')
    .option('--json', 'print the result as JSON on standard output; people’s text goes to standard error');
  addPriceOptions(command)
    .option('--live', 'serve a page of the run while it goes on, to browsers of this machine')
    .option('--port <n>', 'with --live: the port (default: a free one)', portOption)
    .addHelpText('after', examples)
    .action(async (scenario: string, flags: RunFlags) => {
      context.exitCode = await run(scenario, flags, context);
    });
}

const examples = `
Examples:
  npm run bench -- run quick --impl 'crud-node-*' --impl crud-go
  npm run bench -- run quick --runtimes bun,deno --variants 'node-*'
  npm run bench -- run standard --workload mixed --rate 25,100,400 --trials 5
  npm run bench -- run raft --impl 'raft-node-*' --crashes 200
  npm run bench -- run quick --until 5% --time-budget 20m
  npm run bench -- run quick --engine k6 --workload authenticate --impl crud-go
  npm run bench -- run quick --impl crud-go --profile crud-go
  npm run bench -- run primitives --only spawn --only lock
  npm run bench -- run quick --live                     watch it in a browser
  npm run bench -- run quick --limit cpu=2,memory=4GiB --out mine.json --no-report

Exit codes: 0 every question has a trial that counts, 1 an implementation breaks its contract or was wrong in any trial,
2 usage, 3 something could not be built or measured, 130 interrupted (finished trials are kept)`;

async function run(scenario: string, flags: RunFlags, context: CommandContext): Promise<number> {
  await assertOutputsWritable({ '--out': flags.out, '--report': flags.report === false ? undefined : flags.report });
  assertFlagsFit(flags);
  const prices = await pricesOf(flags);
  const earlier = await earlierResults(context.folders.resultsDir);
  const progress = createProgress(context.stderr, {
    nowMs: () => performance.now(),
    verbose: flags.verbose ?? false,
    forecastOf: ({ headline }) => forecastText(headline, earlier),
  });
  let live: LiveRun | null = null;
  try {
    const project = await context.loadProject();
    live = flags.live === true ? await startLive(progress, flags, prices, context) : null;
    const request = requestOf(scenario, flags);
    const { result, path } = await runScenario(request, { ...context, project }, live ?? progress);
    progress.end();
    const model = await reportModelOf(result, context.folders, prices);
    const reportPath =
      flags.report === false
        ? null
        : await writeReport(model, basename(path, '.json'), flags.report ?? null, context.folders);
    const people = flags.json ? context.stderr : context.stdout;
    const text = flags.details ? reportText : summaryText;
    if (!flags.details) people.paint(profilesText(model, { color: wantsColor(context) }));
    people.paint(text(model, { color: wantsColor(context), resultPath: shortPath(path), reportPath }));
    if (flags.json) context.stdout.write(`${JSON.stringify(result)}\n`);
    return runExitCode(result);
  } finally {
    progress.end();
    await live?.close();
  }
}

/** Nothing that is needed for it is loaded without --live. */
async function startLive(
  progress: Progress,
  { port = 0 }: RunFlags,
  prices: Prices,
  { folders, stderr }: CommandContext,
): Promise<LiveRun> {
  const { startLiveRun } = await import('../live/live-run.ts');
  const live = await startLiveRun(progress, {
    port,
    nowMs: () => performance.now(),
    makeReport: await liveReportOf(folders, prices),
  });
  stderr.write(`the run is shown at ${live.url}\n`);
  return live;
}

function assertFlagsFit({ until, timeBudget, trials, port, live, engine, transport }: RunFlags): void {
  if (engine === 'k6' && transport !== undefined)
    throw new HarnessError(
      'usage',
      '--transport is about paceline’s own generator',
      'leave --transport or --engine k6 out',
    );
  if (timeBudget !== undefined && until === undefined)
    throw new HarnessError('usage', '--time-budget goes with --until', 'add --until 5%, or leave --time-budget out');
  if (port !== undefined && live !== true)
    throw new HarnessError('usage', '--port goes with --live', 'add --live, or leave --port out');
  if (trials !== undefined && until !== undefined)
    throw new HarnessError('usage', '--trials and --until both say how many rounds are made', 'leave one of them out');
}

const defaultTimeBudgetMs = 30 * 60_000;

function requestOf(scenario: string, flags: RunFlags): RunRequest {
  return withRunCommand({
    scenario,
    implementationGlobs: flags.impl ?? [],
    implementationDirs: flags.impls ?? [],
    runtimes: flags.runtimes ?? [],
    variants: flags.variants === true ? ['*'] : (flags.variants ?? null),
    overrides: {
      workload: flags.workload ?? null,
      ratesPerSec: flags.rate ?? null,
      trialCount: flags.trials ?? null,
      measureMs: flags.duration === undefined ? null : flags.duration * 1000,
      warmupCount: flags.warmup ?? null,
      workerCount: flags.workers ?? null,
      crashCount: flags.crashes ?? null,
      only: flags.only ?? null,
      memoryLimitBytes: flags.limit?.memoryBytes ?? null,
    },
    limit: flags.limit ?? null,
    probe: flags.probe ?? null,
    transport: flags.transport ?? null,
    engine: flags.engine,
    out: flags.out ?? null,
    maxAttempts: flags.attempts,
    profileIds: flags.profile ?? [],
    saveReference: flags.saveReference ?? false,
    ranking: { against: flags.against ?? null },
    until:
      flags.until === undefined
        ? null
        : {
            halfWidthRatio: flags.until,
            timeBudgetMs: flags.timeBudget ?? defaultTimeBudgetMs,
            widestHalfWidth,
            nowMs: () => performance.now(),
          },
  });
}
