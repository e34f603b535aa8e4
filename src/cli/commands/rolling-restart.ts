import type { Command } from 'commander';
import { durationText } from '../../compare/text.ts';
import { HarnessError } from '../../model/harness-error.ts';
import type { AnswerBlock } from '../../report/html/question-answer.ts';
import { assertStartable } from '../../run/questions/cold-start.ts';
import { prepareProxy } from '../../run/questions/proxy.ts';
import {
  type FailedRestart,
  type RestartPlan,
  type RollingRestart,
  restartMs,
  rollingRestart,
} from '../../run/questions/rolling-restart.ts';
import type { Subject } from '../../run/questions/subject.ts';
import { type FailedTermination, type Termination, terminate } from '../../run/questions/termination.ts';
import { assertOutputsWritable } from '../../store/write-file.ts';
import { askSubject } from '../ask-subject.ts';
import type { CommandContext } from '../context.ts';
import { collect, positiveCount, positiveNumber } from '../options.ts';
import { type AnswerFlags, figureText, giveAnswer } from '../question-text.ts';

interface RestartFlags extends AnswerFlags {
  readonly rate: number;
  readonly requests: number;
  readonly base: number;
  readonly every: number;
  readonly direct?: boolean;
  readonly workload?: string;
  readonly impls?: string[];
}

interface Answer {
  readonly implementation: string;
  readonly direct: Termination | FailedTermination;
  /** null: not asked. */
  readonly proxied: RollingRestart | FailedRestart | null;
}

/** `paceline rolling-restart IMPL…`: what a deployment costs the clients. */
export function addRollingRestart(program: Command, context: CommandContext): void {
  program
    .command('rolling-restart')
    .description('how many requests a deployment loses or delays')
    .argument('<impl...>', 'implementations such as crud-go')
    .option('--rate <n>', 'requests per second', positiveNumber, 100)
    .option('--requests <n>', 'without the proxy: requests before SIGTERM', positiveCount, 1_000)
    .option('--base <s>', 'with it: whole seconds before the first replacement', positiveCount, 5)
    .option('--every <s>', 'with it: whole seconds from one replacement to the next', positiveCount, 10)
    .option('--direct', 'only without the proxy')
    .option('--workload <id>', "a workload of the implementation's service (default: history, else its first)")
    .option('--impls <dir>', 'look for implementations in this folder too (repeatable)', collect)
    .option('--out <file>', 'the answer as JSON')
    .option('--html <file>', 'the answer as a page')
    .option('--json', 'as JSON on standard output; people’s text goes to standard error')
    .addHelpText('after', help)
    .action(async (ids: string[], flags: RestartFlags) => {
      context.exitCode = await answerRestart(ids, flags, context);
    });
}

const help = `
How: first without a proxy: requests at the rate, SIGTERM right after the last, and more requests until the process has ended. Lost: sent before
SIGTERM and never answered. After it, answers on connections that were open are fine; on new ones there should be none.
Then two instances on one database behind a reverse proxy (Caddy, built once from Go modules): each gets SIGTERM and is started again on its
port. The proxy is not told; it tries again for 5 s, what may be repeated. Lost: no right answer. Late: beyond twice the p95 of the
seconds before. Gap: the longest stretch of due times without a right answer.

Exit codes: 0 answered, also with losses; 1 one of them ended otherwise; 2 usage; 3 cannot be measured here (no proxy: try --direct)

Examples:
  npm run bench -- rolling-restart crud-go crud-node-async
  npm run bench -- rolling-restart crud-python-flask --rate 50 --direct --out flask-restart.json`;

async function answerRestart(ids: readonly string[], flags: RestartFlags, context: CommandContext): Promise<number> {
  await assertOutputsWritable({ '--out': flags.out, '--html': flags.html });
  const plan = { ratePerSec: flags.rate, baseSec: flags.base, everySec: flags.every };
  const answers: Answer[] = [];
  for (const [index, id] of ids.entries())
    answers.push(await answerFor(id, flags, plan, context, ids.length - index - 1));
  const blocks = answers.map(answerBlock);
  const given = { question: 'rolling-restart', conditions: `at ${flags.rate}/s`, blocks };
  await giveAnswer({ ...given, data: { plan, requestCount: flags.requests, answers } }, flags, context);
  return answers.some(({ direct, proxied }) => direct.status === 'failed' || proxied?.status === 'failed') ? 1 : 0;
}

function answerFor(
  id: string,
  flags: RestartFlags,
  plan: RestartPlan,
  context: CommandContext,
  laterCount: number,
): Promise<Answer> {
  const directMs = (1000 * flags.requests) / flags.rate;
  const proxiedMs = flags.direct ? 0 : restartMs(plan);
  return askSubject(id, flags, context, async (subject, line) => {
    assertTwice(subject, flags);
    const say = (text: string) => context.stderr.print(`${text}\n`);
    const proxy = flags.direct ? null : await prepareProxy(subject.session, say);
    const print = (what: string, leftMs: number) =>
      line.print(`${id}: ${what} · ${durationText(leftMs + laterCount * (directMs + proxiedMs))} left`);
    const direct = await terminate(subject, {
      ...{ ratePerSec: flags.rate, count: flags.requests },
      onProgress: (sentCount) =>
        print('without a proxy', Math.max(0, directMs - (1000 * sentCount) / flags.rate) + proxiedMs),
    });
    if (proxy === null) return { implementation: id, direct, proxied: null };
    const onProgress = (elapsedMs: number) => print('behind the proxy', Math.max(0, proxiedMs - elapsedMs));
    return { implementation: id, direct, proxied: await rollingRestart(subject, { plan, proxy, onProgress }) };
  });
}

/** Throws HarnessError usage where there cannot be two of it. */
function assertTwice(subject: Subject, { direct }: RestartFlags): void {
  assertStartable(subject, 'rolling-restart');
  const { id, fixedPort } = subject.preparedImplementation.located.implementation;
  if (direct || fixedPort === undefined) return;
  const message = `${id} listens on port ${fixedPort} and no other: two of it cannot run`;
  throw new HarnessError('usage', message, 'give the target a free port with {port} or PORT, or ask --direct');
}

function answerBlock({ implementation, direct, proxied }: Answer): AnswerBlock {
  const lines = [...directLines(direct), ...(proxied === null ? [] : proxiedLines(proxied))];
  return { title: implementation, table: null, lines, details: null };
}

function directLines(direct: Termination | FailedTermination): string[] {
  if (direct.status === 'failed') return [`without a proxy: failed: ${direct.reason}`];
  const { acceptedCount, inFlightCount, lostCount, wrongCount, after, drainMs, exitCode, forced } = direct;
  const end = forced ? 'killed' : `exit code ${exitCode}`;
  return [
    `without a proxy: ${lostCount} of ${acceptedCount} lost, ${wrongCount} wrong; ${inFlightCount} were on their way at SIGTERM`,
    `after it: ${after.keptAnsweredCount} answered and ${after.keptClosedCount} closed on open connections, ${after.newAnsweredCount} answered and ${after.newRefusedCount} refused on new ones`,
    `ended after ${figureText(drainMs, 'ms')}: ${end}`,
  ];
}

function proxiedLines(proxied: RollingRestart | FailedRestart): string[] {
  if (proxied.status === 'failed') return [`behind the proxy: failed: ${proxied.reason}`];
  const { lostCount, scheduledCount, lateCount, limitMs, retriedCount, gapMs, reasons, replacements } = proxied;
  return [
    `behind the proxy: ${lostCount} of ${scheduledCount} lost, ${lateCount} late (${figureText(limitMs, 'ms')}), ${retriedCount} tried again by the proxy; longest gap ${figureText(gapMs, 'ms')}`,
    ...reasons.slice(0, 3),
    ...replacements.map(
      ({ drainMs, forced, downMs }, index) =>
        `instance ${index + 1}: ended ${figureText(drainMs, 'ms')} after SIGTERM${forced ? ' (killed)' : ''}, replaced after ${figureText(downMs, 'ms')}`,
    ),
  ];
}
