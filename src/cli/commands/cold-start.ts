import type { Command } from 'commander';
import { durationText } from '../../compare/text.ts';
import type { AnswerBlock } from '../../report/html/question-answer.ts';
import {
  assertStartable,
  type ColdStart,
  coldStart,
  emptyFileCache,
  type FailedStart,
} from '../../run/questions/cold-start.ts';
import { assertOutputsWritable } from '../../store/write-file.ts';
import { askSubject } from '../ask-subject.ts';
import type { CommandContext } from '../context.ts';
import { collect, positiveCount, positiveNumber, secondsOption } from '../options.ts';
import { type AnswerFlags, figureText, giveAnswer, secondBySecond } from '../question-text.ts';

interface ColdStartFlags extends AnswerFlags {
  readonly rate: number;
  readonly workload?: string;
  readonly impls?: string[];
  readonly duration: number;
  readonly starts: number;
  readonly emptyCache?: boolean;
}

interface Answer {
  readonly implementation: string;
  /** Whether the files of the first start were read from the disk. */
  readonly isFirstFromEmptyCache: boolean;
  readonly starts: readonly (ColdStart | FailedStart)[];
}

/** `paceline cold-start IMPL…`: from the start of a program until it is as good as it gets. */
export function addColdStart(program: Command, context: CommandContext): void {
  program
    .command('cold-start')
    .description('how long after its start an implementation answers, and is as cheap as it gets')
    .argument('<impl...>', 'implementations such as crud-go')
    .option('--rate <n>', 'requests per second, due from the start on', positiveNumber, 100)
    .option('--workload <id>', "a workload of the implementation's service (default: history, else its first)")
    .option('--impls <dir>', 'look for implementations in this folder too (repeatable)', collect)
    .option('--duration <s>', 'seconds that are watched after the start', secondsOption, 60)
    .option('--starts <n>', 'how often each is started', positiveCount, 3)
    .option(
      '--empty-cache',
      'let the kernel forget all files before the first start, as after a boot (root; other programs read theirs again too)',
    )
    .option('--out <file>', 'the answer with all its seconds, as JSON')
    .option('--html <file>', 'the answer as a page')
    .option('--json', 'as JSON on standard output; people’s text goes to standard error')
    .addHelpText('after', help)
    .action(async (ids: string[], flags: ColdStartFlags) => {
      context.exitCode = await answerColdStart(ids, flags, context);
    });
}

const help = `
How: requests are due at the rate from the moment the process is started. What is due before it listens is lost, as in a deployment
without a second instance. The first right answer is known to the gap between two requests. Steady state: the last change of
CPU per request, second by second, that a permutation test shows, with its 95 % interval; a gradual fall is taken as steps.
"dearer by": the CPU of the seconds before it beyond what their answers cost later, also as the number of requests it pays for.

Exit codes: 0 answered, 1 no start got as far as an answer, 3 cannot be measured here (no control group), 2 usage

Examples:
  npm run bench -- cold-start crud-go crud-node-async
  npm run bench -- cold-start crud-go --empty-cache                 the first start after a boot beside the later ones
  npm run bench -- cold-start crud-python-flask --rate 50 --duration 120 --starts 5 --out flask-start.json`;

async function answerColdStart(
  ids: readonly string[],
  flags: ColdStartFlags,
  context: CommandContext,
): Promise<number> {
  await assertOutputsWritable({ '--out': flags.out, '--html': flags.html });
  const answers: Answer[] = [];
  for (const id of ids) answers.push(await answerFor(id, flags, context, answers.length, ids.length));
  const { rate, duration } = flags;
  const given = { question: 'cold-start', conditions: `at ${rate}/s`, blocks: answers.map(answerBlock) };
  await giveAnswer({ ...given, data: { ratePerSec: rate, durationSec: duration, answers } }, flags, context);
  return answers.some(({ starts }) => starts.some(hasAnswered)) ? 0 : 1;
}

function hasAnswered(start: ColdStart | FailedStart): boolean {
  return start.status === 'measured' && start.firstRightMs !== null;
}

async function answerFor(
  id: string,
  flags: ColdStartFlags,
  context: CommandContext,
  doneCount: number,
  count: number,
): Promise<Answer> {
  const starts: (ColdStart | FailedStart)[] = [];
  await askSubject(id, flags, context, async (subject, line) => {
    assertStartable(subject, 'cold-start');
    const measureMs = 1000 * flags.duration;
    for (let number = 1; number <= flags.starts; number++) {
      context.signal.throwIfAborted();
      const onProgress = (elapsedMs: number) => {
        const startsAfter = flags.starts - number + (count - doneCount - 1) * flags.starts;
        const leftMs = Math.max(0, measureMs - elapsedMs) + startsAfter * measureMs;
        line.print(`${id}: start ${number} of ${flags.starts} · ${durationText(leftMs)} left`);
      };
      if (number === 1 && flags.emptyCache) await emptyFileCache();
      starts.push(await coldStart(subject, { ratePerSec: flags.rate, measureMs, onProgress }));
    }
  });
  return { implementation: id, isFirstFromEmptyCache: flags.emptyCache ?? false, starts };
}

const head = ['', 'first answer', 'ready', 'lost', 'steady after', 'ms CPU/request', 'dearer by', 'in requests'];

function answerBlock({ implementation, isFirstFromEmptyCache, starts }: Answer): AnswerBlock {
  const rows = starts.map((start, index) => [
    `start ${index + 1}${index === 0 && isFirstFromEmptyCache ? ', empty cache' : ''}`,
    ...startTexts(start),
  ]);
  const first = starts.find((start) => start.status === 'measured');
  const details = first === undefined ? null : secondBySecond(first.seconds);
  return { title: implementation, table: [head, ...rows], lines: [], details };
}

function startTexts(start: ColdStart | FailedStart): string[] {
  if (start.status === 'failed') return [`failed: ${start.reason}`];
  const { firstRightMs, readyMs, lostCount, steady } = start;
  const common = [figureText(firstRightMs, 'ms'), figureText(readyMs, 'ms'), String(lostCount)];
  if (steady === null) return [...common, '–'];
  return [
    ...common,
    steadyText(steady),
    figureText(steady.cpuPerRequestMs, ''),
    figureText(steady.extraCpuMs, 'ms'),
    figureText(Math.round(steady.extraRequestCount), ''),
  ];
}

function steadyText({ afterSec, interval }: NonNullable<ColdStart['steady']>): string {
  if (interval === null) return 'no change shown';
  return `${afterSec} s [${interval.lowSec}, ${interval.highSec}]`;
}
