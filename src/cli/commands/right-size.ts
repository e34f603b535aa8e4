import { availableParallelism, totalmem } from 'node:os';
import type { Command } from 'commander';
import { durationText } from '../../compare/text.ts';
import { HarnessError } from '../../model/harness-error.ts';
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
import { openSubject } from '../../run/questions/subject.ts';
import { assertOutputsWritable } from '../../store/write-file.ts';
import type { CommandContext } from '../context.ts';
import { mibText } from '../format.ts';
import { collect, countOrZero, durationOption, oneOf, positiveNumber, secondsOption } from '../options.ts';
import { figureText, giveAnswer } from '../question-text.ts';
import { objective } from './capacity.ts';

interface RightSizeFlags {
  readonly rate: number;
  readonly slo: Objective;
  readonly only?: 'memory' | 'cpu';
  readonly workload?: string;
  readonly impls?: string[];
  readonly duration: number;
  readonly warmup?: number;
  readonly timeBudget?: number;
  readonly out?: string;
  readonly json?: boolean;
}

interface Answer {
  readonly implementation: string;
  readonly unlimited: Unlimited;
  /** Bytes and cores; null: not asked. */
  readonly memory: LeastLimit | null;
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
    .option('--time-budget <time>', 'begin no step after this long, as 30m', durationOption)
    .option('--out <file>', 'the answer with all steps, as JSON')
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
  await assertOutputsWritable({ '--out': flags.out });
  const answers: Answer[] = [];
  for (const id of ids) answers.push(await answerFor(id, flags, context));
  const { rate, slo } = flags;
  const text = answers.map((answer) => answerText(answer, flags)).join('\n\n');
  await giveAnswer(text, { question: 'right-size', ratePerSec: rate, objective: slo, answers }, flags, context);
  return answers.every(isFound) ? 0 : 3;
}

function isFound({ memory, cpu, both }: Answer): boolean {
  const asked = [memory, cpu, both].filter((one) => one !== null);
  return asked.length > 0 && asked.every(({ status }) => status === 'found');
}

async function answerFor(id: string, flags: RightSizeFlags, context: CommandContext): Promise<Answer> {
  const say = (text: string) => context.stderr.print(`${text}\n`);
  const request = { id, implementationDirs: flags.impls ?? [], workload: flags.workload ?? null };
  const project = await context.loadProject();
  const subject = await openSubject(request, { signal: context.signal, env: context.env, onStep: say, project });
  try {
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
  } finally {
    await subject.session.close();
  }
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
  { only, timeBudget }: RightSizeFlags,
  context: CommandContext,
): Promise<Pick<Answer, 'memory' | 'cpu' | 'both' | 'steps'>> {
  const steps: LimitStep[] = [];
  const startedMs = performance.now();
  const tryLimit = async (limit: Limit): Promise<LimitStep> => {
    context.signal.throwIfAborted();
    const elapsedMs = performance.now() - startedMs;
    if (elapsedMs > (timeBudget ?? Number.POSITIVE_INFINITY))
      return { limit, status: 'unknown', reason: 'the time budget was used up' };
    const step = await trials.tryLimit(limit);
    steps.push(step);
    const left = leftText(steps.length, performance.now() - startedMs, only === undefined ? 2 : 1);
    context.stderr.print(`${id} with ${limitText(limit)}: ${step.status}: ${step.reason}${left}\n`);
    return step;
  };
  const memory =
    only === 'cpu'
      ? null
      : await leastLimit({
          startValue: Math.max(minStart.memoryBytes, startFactor * peakBytes),
          maxValue: totalmem(),
          tryValue: (bytes) => tryLimit({ cpuCount: null, memoryBytes: wholePages(bytes) }),
        });
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
  return { memory, cpu, both, steps };
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

function answerText({ implementation, unlimited, memory, cpu, both }: Answer, { rate, slo }: RightSizeFlags): string {
  const used = `without a limit it used ${mibText(unlimited.peakBytes)} at most (file pages included) and ${figureText(unlimited.coresUsed, '')} CPU`;
  return [
    `${implementation} at ${rate}/s with ${slo.quantile} ≤ ${slo.limitMs} ms; ${used}`,
    ...(memory === null ? [] : [`  least memory: ${leastText(memory, mibText)}`]),
    ...(cpu === null ? [] : [`  least CPU: ${leastText(cpu, (value) => figureText(value, ''))}`]),
    ...(both === null ? [] : [`  both at once: ${pairText(both)}`]),
  ].join('\n');
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
