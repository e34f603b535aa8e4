import { extname } from 'node:path';
import type { Command } from 'commander';
import { type Generator, startGenerator } from '../../load/generator.ts';
import type { GeneratorProgress } from '../../load/messages.ts';
import { assessGenerator } from '../../model/generator-assessment.ts';
import type { LoadResult } from '../../model/load-result.ts';
import { askOnce } from '../../os/ask-once.ts';
import type { RunningProgram } from '../../probe/running-program.ts';
import { requestOf, requestWorkloadPath } from '../../run/request-workload.ts';
import { assertOutputsWritable, assertParentFolderExists, writeFileAtomically } from '../../store/write-file.ts';
import { machineBaseline } from '../baseline-file.ts';
import type { CommandContext } from '../context.ts';
import {
  allowances,
  assertAllowed,
  checkedHeader,
  checkedUrl,
  defaultLimits,
  type LoadFlags,
  type LoadRequest,
  loadRequestOf,
  methods,
} from '../load-request.ts';
import { loadSummary } from '../load-summary.ts';
import {
  collectChecked,
  countOrZero,
  oneOf,
  positiveCount,
  positiveNumber,
  secondsOption,
  statusOption,
} from '../options.ts';
import { progressLine } from '../progress.ts';
import { observeProgram, openNamedProgram, programEnded, type SpentResources } from '../spent-text.ts';

/** `paceline load URL`: the generator as a tool of its own. */
export function addLoad(program: Command, context: CommandContext): void {
  program
    .command('load')
    .description('drive any HTTP service at a fixed rate, in an open loop, and say what the generator itself added')
    .argument('<url>', 'as http://127.0.0.1:8080/path?query', checkedUrl)
    .requiredOption('--rate <n>', 'requests per second, as 1000 or 0.2', positiveNumber)
    .option('--duration <s>', 'seconds', secondsOption, 10)
    .option(
      '--arrivals <kind>',
      'constant (evenly spaced) or poisson',
      oneOf('arrivals', ['constant', 'poisson']),
      'constant',
    )
    .option('--method <method>', methods.join(', '), oneOf('method', methods))
    .option('--header <header>', "'Name: value' (repeatable)", collectChecked(checkedHeader))
    .option('--body <text>', 'the body, or @FILE')
    .option('--expect-status <n>', 'the one right status (default: any below 400)', statusOption)
    .option('--connections <n>', 'connections at most; one is opened when all others are busy', positiveCount, 256)
    .option('--threads <n>', 'sending threads, which split one sequence', positiveCount, 1)
    .option(
      '--transport <kind>',
      "the generator's loop: native (Linux, without TLS) or portable",
      oneOf('transport', ['native', 'portable']),
    )
    .option('--timeout <s>', 'seconds from the due time', secondsOption, 10)
    .option('--warmup <n>', 'requests sent before, at the same rate, that do not count', countOrZero, 0)
    .option('--seed <n>', 'of the poisson arrivals', countOrZero, 1)
    .option(
      '--allow <limit>',
      `go beyond a limit: ${allowances.join(', ')} (repeatable)`,
      collectChecked(oneOf('limit', allowances)),
    )
    .option('--pid <n>', 'the program that answers, with all it started: CPU and memory are measured', positiveCount)
    .option('--cgroup <path>', 'the control group that it runs in')
    .option('--container <name>', 'the Docker container that it runs in')
    .option('--skip-preflight', 'do not send one request first to see whether the target answers')
    .option('--hdr <file>', 'response, service and send delay as an HdrHistogram log; response alone as .hgrm')
    .option('--json', 'the whole result as JSON on standard output; the summary goes to standard error')
    .addHelpText('after', help)
    .action(async (url: string, flags: LoadFlags) => {
      context.exitCode = await load(url, flags, context);
    });
}

const help = `
Limits, each of which --allow lifts:
  rate        the highest rate this machine has kept in \`calibrate\`; ${defaultLimits.ratePerSec}/s where it was never run
  duration    ${defaultLimits.durationSec} s
  remote      only targets on this machine (localhost and its own addresses): load on other machines must be asked for
Answers of more than 64 MiB count as failed.

Exit codes: 0 all answered rightly, 1 some were not, 2 usage, 3 could not measure (nothing answers, or the generator could
not hold the rate itself), 130 interrupted, after a summary of what was done so far

Examples:
  npm run bench -- load http://127.0.0.1:8080/ --rate 1000 --duration 30
  npm run bench -- load http://127.0.0.1:8080/ --rate 200 --pid 4711     CPU per request and memory of a program that runs
  npm run bench -- load http://localhost:8080/items --rate 50 --arrivals poisson --method POST \\
      --header 'content-type: application/json' --body '{"n":1}' --expect-status 201
  npm run -s bench -- load http://127.0.0.1:8080/ --rate 0.2 --duration 60 --json --hdr response.hgrm > result.json`;

async function load(url: string, flags: LoadFlags, context: CommandContext): Promise<number> {
  const request = await loadRequestOf(url, flags);
  assertAllowed(request, await machineBaseline(context.folders), flags.allow ?? []);
  await assertOutputsWritable({ '--hdr': flags.hdr });
  if (flags.hdr !== undefined) await assertParentFolderExists(flags.hdr, '--hdr');
  if (flags.skipPreflight !== true) {
    const { origin, spec, loadPlan } = request;
    await askOnce(origin, requestOf(spec), { timeoutMs: loadPlan.timeoutMs, signal: context.signal });
  }
  const program = await openNamedProgram(flags);
  const { result, startedAtMs, isCutShort, spent } = await runLoad(request, program, context);
  const verdict = assessGenerator(result);
  const summaryOutput = flags.json ? context.stderr : context.stdout;
  summaryOutput.print(`${loadSummary(request, result, verdict, spent)}\n`);
  if (flags.json) {
    const { origin, spec, loadPlan } = request;
    context.stdout.write(
      `${JSON.stringify({ target: origin, request: spec, loadPlan, isCutShort, verdict, load: result, spent })}\n`,
    );
  }
  if (flags.hdr !== undefined) await writeFileAtomically(flags.hdr, await hdrText(flags.hdr, result, startedAtMs));
  // The summary is printed; what ends the command is still the interruption.
  context.signal.throwIfAborted();
  if (program !== null && !program.isThere()) throw programEnded(program);
  if (verdict.status === 'invalid' && verdict.voids === 'everything') return 3;
  return result.counts.okCount === result.counts.scheduledCount ? 0 : 1;
}

interface LoadRun {
  readonly result: LoadResult;
  readonly startedAtMs: number;
  readonly isCutShort: boolean;
  /** null: which program answers was not said. */
  readonly spent: SpentResources | null;
}

/** What the command needs to reach the generator, and its meter to start. */
const startDelayMs = 40;

/** An interruption ends the measuring, not the generator: it is asked for what it has so far. */
async function runLoad(
  request: LoadRequest,
  program: RunningProgram | null,
  context: CommandContext,
): Promise<LoadRun> {
  const { loadPlan } = request;
  const line = progressLine(context.stderr);
  const killer = new AbortController();
  const generator = await startGenerator({
    workloadPath: requestWorkloadPath,
    workloadArgument: request.spec,
    targetUrl: request.origin,
    loadPlan,
    joinPaths: [],
    niceness: generatorNiceness,
    threadCount: request.threadCount,
    transport: request.transport,
    signal: killer.signal,
    onProgress: (progress) => line.print(progressText(progress, loadPlan.measureMs)),
  });
  const cutShort = () => (isMeasuring ? generator.cutShort() : killer.abort(context.signal.reason));
  let isMeasuring = false;
  context.signal.addEventListener('abort', cutShort, { once: true });
  try {
    context.signal.throwIfAborted();
    if (loadPlan.warmupCount > 0) await generator.warmUp(loadPlan.warmupCount, loadPlan.warmupRatePerSec);
    isMeasuring = true;
    const startedAtMs = Date.now() + startDelayMs;
    const { result, spent } = await measure(generator, program);
    return { result, startedAtMs, isCutShort: context.signal.aborted, spent };
  } finally {
    context.signal.removeEventListener('abort', cutShort);
    line.end();
    await generator.stop();
  }
}

/** The generator asks for it where permitted; what it got is in the result. */
const generatorNiceness = -10;

async function measure(
  generator: Generator,
  program: RunningProgram | null,
): Promise<Pick<LoadRun, 'result' | 'spent'>> {
  const startAtNs = Number(process.hrtime.bigint()) + startDelayMs * 1e6;
  if (program === null) return { result: await generator.measure(startAtNs, () => undefined), spent: null };
  const observer = observeProgram(program, startAtNs);
  try {
    const result = await generator.measure(startAtNs, () => observer.close());
    return { result, spent: await observer.end() };
  } finally {
    observer.close();
  }
}

function progressText({ phase, elapsedMs, counts }: GeneratorProgress, measureMs: number): string {
  const seconds = (ms: number) => `${Math.round(ms / 1000)}`;
  const { scheduledCount, okCount, wrongCount, failedCount, timedOutCount, unsentCount } = counts;
  const notOkCount = wrongCount + failedCount + timedOutCount + unsentCount;
  const time = phase === 'measure' ? `${seconds(elapsedMs)} of ${seconds(measureMs)} s` : 'warming up';
  return `${time} · ${scheduledCount} due, ${okCount} ok, ${notOkCount} not, ${scheduledCount - okCount - notOkCount} under way`;
}

/** What few ask for is loaded when it is asked for: the first request would wait for it. */
async function hdrText(path: string, result: LoadResult, startedAtMs: number): Promise<string> {
  const { histogramLog, percentileDistribution } = await import('../../stats/histogram.ts');
  if (extname(path) === '.hgrm') return percentileDistribution(result.responseTime);
  const { responseTime, serviceTime, sendDelay } = result;
  const durationMs = (result.endedAtNs - result.startedAtNs) / 1e6;
  return histogramLog(
    { response: responseTime, service: serviceTime, 'send-delay': sendDelay },
    { startedAtMs, durationMs },
  );
}
