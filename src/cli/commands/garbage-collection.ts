import type { Command } from 'commander';
import { durationText } from '../../compare/text.ts';
import type { AnswerBlock } from '../../report/html/question-answer.ts';
import { type FailedLook, type GarbageFigures, lookAtGarbage } from '../../run/questions/garbage-collection.ts';
import { assertOutputsWritable } from '../../store/write-file.ts';
import { askSubject } from '../ask-subject.ts';
import type { CommandContext } from '../context.ts';
import { collect, positiveNumber, secondsOption } from '../options.ts';
import { type AnswerFlags, figureText, giveAnswer } from '../question-text.ts';

interface GarbageFlags extends AnswerFlags {
  readonly rate: number;
  readonly workload?: string;
  readonly impls?: string[];
  readonly duration: number;
}

interface Answer {
  readonly implementation: string;
  readonly figures: GarbageFigures | FailedLook;
}

/** `paceline garbage-collection IMPL…`: how often and how long a runtime collects at a rate. */
export function addGarbageCollection(program: Command, context: CommandContext): void {
  program
    .command('garbage-collection')
    .description('how often and how long an implementation collects garbage, and what it allocates')
    .argument('<impl...>', 'implementations on Go, Node or CPython, such as crud-go')
    .option('--rate <n>', 'requests per second', positiveNumber, 100)
    .option('--duration <s>', 'seconds of the load', secondsOption, 30)
    .option('--workload <id>', "a workload of the implementation's service (default: history, else its first)")
    .option('--impls <dir>', 'look for implementations in this folder too (repeatable)', collect)
    .option('--out <file>', 'the answer with each kind of collection, as JSON')
    .option('--html <file>', 'the answer as a page')
    .option('--json', 'as JSON on standard output; people’s text goes to standard error')
    .addHelpText('after', help)
    .action(async (ids: string[], flags: GarbageFlags) => {
      context.exitCode = await answerGarbage(ids, flags, context);
    });
}

const help = `
How: a load of its own, which is never ranked, as looking costs. The program is not changed: Go tells by GODEBUG=gctrace=1, Node by a preloaded
PerformanceObserver, CPython by gc.callbacks from a sitecustomize module. Pause: the program (of Node the thread) stands still; of
Go without the concurrent phase. Allocated: Go to a MiB a collection, Node where v8.getHeapStatistics() tells, CPython not at all.
CPython frees most by reference counts: only its collections of cycles are seen.

Exit codes: 0 answered, 1 one of them ended under the load, 2 usage, 3 cannot be measured here

Examples:
  npm run bench -- garbage-collection crud-go crud-node-async
  npm run bench -- garbage-collection crud-python-flask --rate 50 --duration 60 --out flask-gc.json`;

async function answerGarbage(ids: readonly string[], flags: GarbageFlags, context: CommandContext): Promise<number> {
  await assertOutputsWritable({ '--out': flags.out, '--html': flags.html });
  const answers: Answer[] = [];
  for (const [index, id] of ids.entries()) answers.push(await answerFor(id, flags, context, ids.length - index - 1));
  const { rate, duration } = flags;
  const given = { question: 'garbage-collection', conditions: `at ${rate}/s`, blocks: [answersBlock(answers, rate)] };
  await giveAnswer({ ...given, data: { ratePerSec: rate, durationSec: duration, answers } }, flags, context);
  return answers.some(({ figures }) => figures.status === 'failed') ? 1 : 0;
}

function answerFor(id: string, flags: GarbageFlags, context: CommandContext, laterCount: number): Promise<Answer> {
  const measureMs = 1000 * flags.duration;
  return askSubject(id, flags, context, async (subject, line) => {
    const onProgress = (elapsedMs: number) =>
      line.print(`${id}: ${durationText(Math.max(0, measureMs - elapsedMs) + laterCount * measureMs)} left`);
    const figures = await lookAtGarbage(subject, { ratePerSec: flags.rate, measureMs, onProgress });
    return { implementation: id, figures };
  });
}

const head = [
  '',
  'collections per 1,000',
  'pause µs/request',
  'longest pause',
  'KiB allocated/request',
  'ms CPU/request *',
];

function answersBlock(answers: readonly Answer[], ratePerSec: number): AnswerBlock {
  const rows = answers.map(({ implementation, figures }) => [implementation, ...figureTexts(figures)]);
  const lines = ['* while looked at: for no comparison'];
  return { title: `at ${ratePerSec}/s`, table: [head, ...rows], lines, details: null };
}

function figureTexts(figures: GarbageFigures | FailedLook): string[] {
  if (figures.status === 'failed') return [`failed: ${figures.reason}`];
  const { collectionCount, requestCount, pauseMsPerRequest, longestPauseMs, allocatedBytesPerRequest } = figures;
  return [
    figureText((1000 * collectionCount) / Math.max(1, requestCount), ''),
    figureText(1000 * pauseMsPerRequest, ''),
    figureText(longestPauseMs, 'ms'),
    figureText(allocatedBytesPerRequest === null ? null : allocatedBytesPerRequest / 1024, ''),
    figureText(figures.cpuPerRequestMs, ''),
  ];
}
