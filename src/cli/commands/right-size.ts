import { availableParallelism, totalmem } from 'node:os';
import type { Command } from 'commander';
import { durationText } from '../../compare/text.ts';
import { HarnessError } from '../../model/harness-error.ts';
import type { AnswerBlock } from '../../report/html/question-answer.ts';
import type { Objective } from '../../run/capacity/objective.ts';
import {
  type LeastLimit,
  type Limit,
  type LimitedTrials,
  type LimitPair,
  type LimitStep,
  leastLimit,
  leastPair,
  limitedTrials,
  type Unlimited,
  wholePages,
} from '../../run/questions/right-size.ts';
import { assertOutputsWritable } from '../../store/write-file.ts';
import { askSubject } from '../ask-subject.ts';
import type { CommandContext } from '../context.ts';
import { mibText } from '../format.ts';
import { collect, countOrZero, durationOption, oneOf, positiveNumber, secondsOption } from '../options.ts';
import { type AnswerFlags, figureText, giveAnswer } from '../question-text.ts';
import { objective } from './capacity.ts';

interface RightSizeFlags extends AnswerFlags {
  readonly rate: number;
  readonly slo: Objective;
  readonly only?: 'memory' | 'cpu';
  readonly workload?: string;
  readonly impls?: string[];
  readonly duration: number;
  readonly warmup?: number;
  readonly skipUntold?: boolean;
  readonly timeBudget?: number;
}

interface Answer {
  readonly implementation: string;
  readonly unlimited: Unlimited;
  /** Bytes and cores; null: not asked. */
  readonly memory: LeastLimit | null;
  /** Without telling the runtime; null: not asked, or it is never told. */
  readonly memoryUntold: LeastLimit | null;
  readonly cpu: LeastLimit | null;
  /** null: not both were found. */
  readonly both: LimitPair | null;
  readonly steps: readonly LimitStep[];
}

/** `paceline right-size IMPL…`: the least memory and CPU with which it keeps a rate. */
export function addRightSize(program: Command, context: CommandContext): void {
  program
    .command('right-size')
    .description('the least memory and the least CPU with which an implementation keeps a rate and a latency')
    .argument('<impl...>', 'implementations such as crud-go')
    .option('--rate <n>', 'requests per second', positiveNumber, 100)
    .option('--slo <objective>', 'p50, p90, p99 or p999 of the response', objective, objective('p99=50ms'))
    .option('--only <limit>', 'look for one of them: memory or cpu', oneOf('limit', ['memory', 'cpu']))
    .option('--workload <id>', "a workload of the implementation's service (default: history, else its first)")
    .option('--impls <dir>', 'look for implementations in this folder too (repeatable)', collect)
    .option('--duration <s>', 'seconds of one step; longer where the quantile needs more requests', secondsOption, 5)
    .option('--warmup <n>', 'requests before each step (default: those of ten seconds, at most 1000)', countOrZero)
    .option('--skip-untold', 'do not look for the memory once more without telling the runtime of its limit')
    .option('--time-budget <time>', 'begin no step after this long, as 30m', durationOption)
    .option('--out <file>', 'the answer with all steps, as JSON')
    .option('--html <file>', 'the answer as a page')
    .option('--json', 'as JSON on standard output; people’s text goes to standard error')
    .addHelpText('after', help)
    .action(async (ids: string[], flags: RightSizeFlags) => {
      context.exitCode = await answerRightSize(ids, flags, context);
    });
}

const help = `
How: each step is a whole trial in a control group of its own with that limit (memory.max without swap, cpu.max by 100 ms). One without
limits shows where to begin. The limit is halved until it fails, bisected to 5 %, and confirmed: it must hold three times, a tenth
less must fail in two of three. Then both limits at once, raised together by 5 % until they hold three times.
Go is told of its memory by GOMEMLIMIT (90 % of the limit), Node by --max-old-space-size (75 %), and the search for memory is done once more
without telling. Others read their control group by themselves, or know nothing of it.
About 14 trials a limit; --time-budget ends the search earlier, with what is known by then.

Exit codes: 0 found, 3 cannot be measured here (no right to set limits, or too noisy to decide), 2 usage

Examples:
  npm run bench -- right-size crud-go crud-node-async --rate 100
  npm run bench -- right-size crud-python-flask --slo p90=20ms --only memory --time-budget 20m`;

const mib = 2 ** 20;
/** Of what it used without a limit: the first step should hold. */
const startFactor = 2;
const minStart = { memoryBytes: 16 * mib, cpuCount: 0.05 } as const;

async function answerRightSize(
  ids: readonly string[],
  flags: RightSizeFlags,
  context: CommandContext,
): Promise<number> {
  await assertOutputsWritable({ '--out': flags.out, '--html': flags.html });
  const answers: Answer[] = [];
  for (const id of ids) answers.push(await answerFor(id, flags, context));
  const { rate, slo } = flags;
  const blocks = answers.map((answer) => answerBlock(answer, flags));
  const given = { question: 'right-size', conditions: `at ${rate}/s`, blocks };
  await giveAnswer({ ...given, data: { ratePerSec: rate, objective: slo, answers } }, flags, context);
  return answers.every(isFound) ? 0 : 3;
}

function isFound({ memory, memoryUntold, cpu, both }: Answer): boolean {
  const asked = [memory, memoryUntold, cpu, both].filter((one) => one !== null);
  return asked.length > 0 && asked.every(({ status }) => status === 'found');
}

async function answerFor(id: string, flags: RightSizeFlags, context: CommandContext): Promise<Answer> {
  const say = (text: string) => context.stderr.print(`${text}\n`);
  return askSubject(id, flags, context, async (subject) => {
    const measureMs = 1000 * flags.duration;
    const trials = limitedTrials(subject, {
      ratePerSec: flags.rate,
      objective: flags.slo,
      measureMs,
      warmupCount: flags.warmup ?? null,
    });
    const { step, unlimited } = await trials.tryUnlimited();
    say(`${id} without a limit: ${step.status}: ${step.reason}`);
    if (unlimited === null) throw notWithoutLimit(id, step);
    return { implementation: id, unlimited, ...(await search(id, unlimited, trials, flags, context)) };
  });
}

function notWithoutLimit(id: string, { status, reason }: LimitStep): HarnessError {
  const why = status === 'sustained' ? 'its memory cannot be read here' : reason;
  const remedy = 'ask for a lower --rate or a wider --slo, or see what paceline doctor says of this machine';
  return new HarnessError('cannot-measure', `${id} has no answer even without a limit: ${why}`, remedy);
}

async function search(
  id: string,
  { peakBytes, coresUsed }: Unlimited,
  trials: LimitedTrials,
  { only, timeBudget, skipUntold }: RightSizeFlags,
  context: CommandContext,
): Promise<Omit<Answer, 'implementation' | 'unlimited'>> {
  const steps: LimitStep[] = [];
  const startedMs = performance.now();
  const memoryCount = only === 'cpu' ? 0 : trials.tryUntold === null || skipUntold ? 1 : 2;
  const searchCount = memoryCount + (only === 'memory' ? 0 : 1);
  const within =
    (tryOne: LimitedTrials['tryLimit'], told: string) =>
    async (limit: Limit): Promise<LimitStep> => {
      context.signal.throwIfAborted();
      const elapsedMs = performance.now() - startedMs;
      if (elapsedMs > (timeBudget ?? Number.POSITIVE_INFINITY))
        return { limit, status: 'unknown', reason: 'the time budget was used up' };
      const step = await tryOne(limit);
      steps.push(step);
      const left = leftText(steps.length, performance.now() - startedMs, searchCount);
      context.stderr.print(`${id} with ${limitText(limit)}${told}: ${step.status}: ${step.reason}${left}\n`);
      return step;
    };
  const tryLimit = within(trials.tryLimit, '');
  const leastMemory = (tryOne: LimitedTrials['tryLimit']) =>
    leastLimit({
      startValue: Math.max(minStart.memoryBytes, startFactor * peakBytes),
      maxValue: totalmem(),
      tryValue: (bytes) => tryOne({ cpuCount: null, memoryBytes: wholePages(bytes) }),
    });
  const memory = memoryCount === 0 ? null : await leastMemory(tryLimit);
  const memoryUntold =
    memoryCount < 2 || trials.tryUntold === null ? null : await leastMemory(within(trials.tryUntold, ', untold'));
  const cpu =
    only === 'memory'
      ? null
      : await leastLimit({
          startValue: Math.max(minStart.cpuCount, startFactor * coresUsed),
          maxValue: Math.max(availableParallelism(), startFactor * coresUsed),
          tryValue: (cpuCount) => tryLimit({ cpuCount, memoryBytes: null }),
        });
  const isPair = memory?.status === 'found' && cpu?.status === 'found';
  const both = isPair
    ? await leastPair({ cpuCount: cpu.value, memoryBytes: wholePages(memory.value) }, tryLimit)
    : null;
  return { memory, memoryUntold, cpu, both, steps };
}

const expectedStepCount = 14;

/** From the pace so far; nothing where the search is longer than most. */
function leftText(doneCount: number, elapsedMs: number, limitCount: number): string {
  const leftCount = limitCount * expectedStepCount + (limitCount > 1 ? 3 : 0) - doneCount;
  return leftCount <= 0 ? '' : ` (about ${durationText((leftCount * elapsedMs) / doneCount)} left)`;
}

function limitText({ cpuCount, memoryBytes }: Limit): string {
  const memory = memoryBytes === null ? [] : [mibText(memoryBytes)];
  return [...memory, ...(cpuCount === null ? [] : [`${figureText(cpuCount, '')} CPU`])].join(' and ');
}

function answerBlock(
  { implementation, unlimited, memory, memoryUntold, cpu, both, steps }: Answer,
  { rate, slo }: RightSizeFlags,
): AnswerBlock {
  const used = `without a limit it used ${mibText(unlimited.peakBytes)} at most (file pages included) and ${figureText(unlimited.coresUsed, '')} CPU`;
  const title = `${implementation} at ${rate}/s with ${slo.quantile} ≤ ${slo.limitMs} ms`;
  const lines = [
    used,
    ...(memory === null ? [] : [`least memory: ${leastText(memory, mibText)}`]),
    ...(memoryUntold === null ? [] : [`least memory, untold: ${leastText(memoryUntold, mibText)}`]),
    ...(cpu === null ? [] : [`least CPU: ${leastText(cpu, (value) => figureText(value, ''))}`]),
    ...(both === null ? [] : [`both at once: ${pairText(both)}`]),
  ];
  const rows = steps.map(({ limit, status, reason }) => [limitText(limit), status, reason]);
  return { title, table: null, lines, details: { summary: 'steps', table: [['limit', 'result', 'because'], ...rows] } };
}

function leastText(least: LeastLimit, valueText: (value: number) => string): string {
  if (least.status === 'unknown') return `cannot be decided here: ${least.reason}`;
  const value = valueText(least.value);
  switch (least.status) {
    case 'found':
      return `${value} (three times of three); ${valueText(least.failedValue)} failed: ${least.reason}`;
    case 'not-below':
      return `${value} holds; whether less does cannot be decided here: ${least.reason}`;
    case 'above':
      return `more than ${value}, the most that was tried: ${least.reason}`;
    case 'unconfirmed':
      return `about ${value}, which held once and not each time: ${least.reason}`;
  }
}

function pairText(pair: LimitPair): string {
  if (pair.status === 'not-found') return `not found: ${pair.reason}`;
  return `${limitText(pair.limit)}, each ${(100 * pair.raisedRatio).toFixed(0)} % above what it needs alone`;
}
