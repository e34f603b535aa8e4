import type { Command } from 'commander';
import { durationText } from '../../compare/text.ts';
import { HarnessError } from '../../model/harness-error.ts';
import type { AnswerBlock } from '../../report/html/question-answer.ts';
import { type FailedOverload, type Overload, type OverloadPlan, overload } from '../../run/questions/overload.ts';
import type { Subject } from '../../run/questions/subject.ts';
import { closedLoopOf, loadPlanBase, subjectTrial, warmupBelow } from '../../run/questions/subject-load.ts';
import { assertOutputsWritable } from '../../store/write-file.ts';
import { askSubject } from '../ask-subject.ts';
import { machineBaseline } from '../baseline-file.ts';
import type { CommandContext } from '../context.ts';
import { defaultLimits } from '../load-request.ts';
import { collect, positiveCount, positiveNumber } from '../options.ts';
import { type AnswerFlags, figureText, giveAnswer, secondBySecond } from '../question-text.ts';

interface OverloadFlags extends AnswerFlags {
  readonly rate: number;
  readonly factor: number;
  readonly capacity?: number;
  readonly workload?: string;
  readonly impls?: string[];
  readonly base: number;
  readonly burst: number;
  readonly watch: number;
}

interface Answer {
  readonly implementation: string;
  readonly plan: OverloadPlan;
  readonly capacityPerSec: number;
  /** Burst ÷ capacity, after the cap. */
  readonly factor: number;
  readonly isCapped: boolean;
  readonly overload: Overload | FailedOverload;
}

/** `paceline overload IMPL…`: a burst beyond what it can do, and how long until it is well again. */
export function addOverload(program: Command, context: CommandContext): void {
  program
    .command('overload')
    .description('what happens beyond what an implementation can do, and how long until it is well again')
    .argument('<impl...>', 'implementations such as crud-go')
    .option('--rate <n>', 'requests per second before and after the burst', positiveNumber, 100)
    .option('--factor <n>', 'the burst, as a multiple of what it can do', positiveNumber, 3)
    .option(
      '--capacity <n>',
      'what it can do, in requests per second (default: what a closed loop reaches)',
      positiveNumber,
    )
    .option('--base <s>', 'whole seconds before the burst', positiveCount, 10)
    .option('--burst <s>', 'whole seconds of the burst', positiveCount, 10)
    .option('--watch <s>', 'whole seconds that are watched after it', positiveCount, 60)
    .option('--workload <id>', "a workload of the implementation's service (default: history, else its first)")
    .option('--impls <dir>', 'look for implementations in this folder too (repeatable)', collect)
    .option('--out <file>', 'the answer with all its seconds, as JSON')
    .option('--html <file>', 'the answer as a page')
    .option('--json', 'as JSON on standard output; people’s text goes to standard error')
    .addHelpText('after', help)
    .action(async (ids: string[], flags: OverloadFlags) => {
      context.exitCode = await answerOverload(ids, flags, context);
    });
}

const help = `
How: one load of three stretches on one warmed-up process: base, burst, base. A request counts in the second it was due. In time is
an answer within twice the base's pooled p95. Recovered: the first second after the burst from which, five seconds in a row, at
least 95 % of the requests due are answered rightly and in time. "never" while it was watched is a result.
The burst is capped at the highest rate that calibrate has proven for this machine's generator.

Exit codes: 0 answered, also with "never"; 1 one of them ended under the burst; 3 cannot be measured here, 2 usage

Examples:
  npm run bench -- overload crud-go crud-node-async
  npm run bench -- overload crud-python-flask --rate 50 --capacity 300 --burst 20 --out flask-overload.json`;

async function answerOverload(ids: readonly string[], flags: OverloadFlags, context: CommandContext): Promise<number> {
  await assertOutputsWritable({ '--out': flags.out, '--html': flags.html });
  const baseline = await machineBaseline(context.folders);
  const provenPerSec = baseline?.highestRatePerSec ?? defaultLimits.ratePerSec;
  const answers: Answer[] = [];
  for (const [index, id] of ids.entries())
    answers.push(await answerFor(id, flags, context, { provenPerSec, laterCount: ids.length - index - 1 }));
  const cap: AnswerBlock = { title: capText(baseline === null, provenPerSec), table: null, lines: [], details: null };
  const blocks = [...answers.map(answerBlock), cap];
  const given = { question: 'overload', conditions: `at ${flags.rate}/s`, blocks };
  await giveAnswer({ ...given, data: { provenPerSec, answers } }, flags, context);
  return answers.some(({ overload: { status } }) => status === 'failed') ? 1 : 0;
}

function capText(isAssumed: boolean, provenPerSec: number): string {
  return isAssumed
    ? `Bursts are capped at ${provenPerSec}/s: the generator was never calibrated here (npm run bench -- calibrate).`
    : `Bursts are capped at the ${provenPerSec}/s that the generator has proven here.`;
}

async function answerFor(
  id: string,
  flags: OverloadFlags,
  context: CommandContext,
  { provenPerSec, laterCount }: { readonly provenPerSec: number; readonly laterCount: number },
): Promise<Answer> {
  return askSubject(id, flags, context, async (subject, line) => {
    const capacityPerSec = flags.capacity ?? (await reachedPerSec(subject, context.signal));
    const plan = planFor(flags, capacityPerSec, provenPerSec);
    const wholeMs = 1000 * (plan.baseSec + plan.burstSec + plan.watchSec);
    const onProgress = (elapsedMs: number) => {
      const leftMs = Math.max(0, wholeMs - elapsedMs) + laterCount * wholeMs;
      line.print(`${id}: ${stretchName(plan, elapsedMs)} · ${durationText(leftMs)} left`);
    };
    const found = await overload(subject, { plan, closedLoopPerSec: capacityPerSec, onProgress });
    const isCapped = plan.burstPerSec < flags.factor * capacityPerSec;
    const factor = plan.burstPerSec / capacityPerSec;
    return { implementation: id, plan, capacityPerSec, factor, isCapped, overload: found };
  });
}

const closedLoopMs = 5_000;

async function reachedPerSec(subject: Subject, signal: AbortSignal): Promise<number> {
  const load = { ...loadPlanBase, ...warmupBelow(Number.POSITIVE_INFINITY), ratePerSec: 1, measureMs: closedLoopMs };
  const { answeredPerSec } = await closedLoopOf(subject, subjectTrial(subject, load), closedLoopMs, signal);
  if (answeredPerSec > 0) return answeredPerSec;
  const message = 'nothing was answered in a closed loop: what it can do is not known';
  throw new HarnessError('cannot-measure', message, 'name it with --capacity, or see what the target logged');
}

/** Throws HarnessError where the base is no base: no less than the burst, or more than the generator can do. */
function planFor(flags: OverloadFlags, capacityPerSec: number, provenPerSec: number): OverloadPlan {
  const burstPerSec = Math.round(Math.min(provenPerSec, flags.factor * capacityPerSec));
  if (flags.rate >= burstPerSec) {
    const message = `--rate ${flags.rate} is not below the burst of ${burstPerSec}/s`;
    throw new HarnessError('usage', message, 'ask for a lower rate, or a higher --factor');
  }
  return {
    ...{ basePerSec: flags.rate, burstPerSec },
    ...{ baseSec: flags.base, burstSec: flags.burst, watchSec: flags.watch },
  };
}

function stretchName({ baseSec, burstSec }: OverloadPlan, elapsedMs: number): string {
  if (elapsedMs < 1000 * baseSec) return 'base';
  return elapsedMs < 1000 * (baseSec + burstSec) ? 'burst' : 'after the burst';
}

function answerBlock({ implementation, plan, capacityPerSec, factor, isCapped, overload: found }: Answer): AnswerBlock {
  const title = `${implementation}: ${plan.burstPerSec}/s, ${figureText(factor, '')} times the ${figureText(capacityPerSec, '')}/s it can do${isCapped ? ' (capped)' : ''}, for ${plan.burstSec} s`;
  if (found.status === 'failed') return { title, table: null, lines: [`failed: ${found.reason}`], details: null };
  const { base, burst, limitMs, recoveredAfterSec, cpuRecoveredAfterSec, notServed } = found;
  const table = [
    ['', 'due/s', 'right/s', 'in time/s', 'p95', 'ms CPU/request'],
    ...Object.entries({ base, burst }).map(([name, one]) => [
      name,
      figureText(one.scheduledPerSec, ''),
      figureText(one.rightPerSec, ''),
      figureText(one.inTimePerSec, ''),
      figureText(one.responseP95Ms, 'ms'),
      figureText(one.cpuPerRequestMs, ''),
    ]),
  ];
  const after = (seconds: number | null) =>
    seconds === null ? `never within ${plan.watchSec} s` : `after ${seconds} s`;
  const lines = [
    `well again (${figureText(limitMs, 'ms')}): ${after(recoveredAfterSec)}; CPU per request: ${after(cpuRecoveredAfterSec)}`,
    `without a right answer: ${notServed.refusedCount} told so, ${notServed.leftCount} left to die`,
  ];
  return { title, table, lines, details: secondBySecond(found.seconds) };
}
