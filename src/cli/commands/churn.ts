import type { Command } from 'commander';
import { durationText } from '../../compare/text.ts';
import type { AnswerBlock } from '../../report/html/question-answer.ts';
import {
  type ChurnLoad,
  type ChurnRound,
  churnRound,
  type HandshakeCost,
  habits,
  handshakeCosts,
} from '../../run/questions/churn.ts';
import { median } from '../../stats/descriptive.ts';
import { assertOutputsWritable } from '../../store/write-file.ts';
import { askSubject } from '../ask-subject.ts';
import type { CommandContext } from '../context.ts';
import { collect, positiveCount, rateList, secondsOption } from '../options.ts';
import { type AnswerFlags, figureText, giveAnswer } from '../question-text.ts';

interface ChurnFlags extends AnswerFlags {
  readonly rate: readonly number[];
  readonly workload?: string;
  readonly impls?: string[];
  readonly duration: number;
  readonly rounds: number;
}

interface RateAnswer {
  readonly ratePerSec: number;
  readonly handshakes: readonly HandshakeCost[];
  readonly rounds: readonly ChurnRound[];
}

interface Answer {
  readonly implementation: string;
  readonly rates: readonly RateAnswer[];
}

/** `paceline churn IMPL…`: what new connections cost. */
export function addChurn(program: Command, context: CommandContext): void {
  program
    .command('churn')
    .description('what a new connection costs an implementation')
    .argument('<impl...>', 'implementations such as crud-go')
    .option('--rate <list>', 'requests per second, as 50,200', rateList, [100])
    .option('--rounds <n>', 'how often each habit is measured, on fresh processes', positiveCount, 3)
    .option('--duration <s>', 'seconds of one load', secondsOption, 10)
    .option('--workload <id>', "a workload of the implementation's service (default: history, else its first)")
    .option('--impls <dir>', 'look for implementations in this folder too (repeatable)', collect)
    .option('--out <file>', 'the answer with all its loads, as JSON')
    .option('--html <file>', 'the answer as a page')
    .option('--json', 'as JSON on standard output; people’s text goes to standard error')
    .addHelpText('after', help)
    .action(async (ids: string[], flags: ChurnFlags) => {
      context.exitCode = await answerChurn(ids, flags, context);
    });
}

const help = `
How: three habits at each rate, in rounds: connections are kept; a new one for each tenth request; a new one for each request. Each load is a
fresh process on a fresh database, and each round begins with another habit. "ms CPU/connection": what a request costs more than on
kept connections, times the requests that a connection carries; median and range over the rounds. The generator closes, after
the whole answer. Connections are plain TCP: no TLS.

Exit codes: 0 answered, 1 no round got as far as an answer, 2 usage, 3 cannot be measured here

Examples:
  npm run bench -- churn crud-go crud-node-async
  npm run bench -- churn crud-python-flask --rate 50,200 --rounds 5 --out flask-churn.json`;

async function answerChurn(ids: readonly string[], flags: ChurnFlags, context: CommandContext): Promise<number> {
  await assertOutputsWritable({ '--out': flags.out, '--html': flags.html });
  const answers: Answer[] = [];
  for (const [index, id] of ids.entries()) answers.push(await answerFor(id, flags, context, ids.length - index - 1));
  const conditions = `at ${flags.rate.join(', ')}/s`;
  const given = { question: 'churn', conditions, blocks: answers.flatMap(answerBlocks) };
  await giveAnswer({ ...given, data: { durationSec: flags.duration, answers } }, flags, context);
  return answers.some(({ rates }) => rates.some(({ handshakes }) => handshakes.length > 0)) ? 0 : 1;
}

function answerFor(id: string, flags: ChurnFlags, context: CommandContext, laterCount: number): Promise<Answer> {
  const measureMs = 1000 * flags.duration;
  const loadCount = flags.rate.length * flags.rounds * habits.length;
  return askSubject(id, flags, context, async (subject, line) => {
    let doneCount = 0;
    const rates: RateAnswer[] = [];
    for (const ratePerSec of flags.rate) {
      const rounds: ChurnRound[] = [];
      for (let round = 0; round < flags.rounds; round++) {
        const onProgress = (loadIndex: number, elapsedMs: number) => {
          const leftCount = loadCount - doneCount - loadIndex + laterCount * loadCount;
          const leftMs = Math.max(0, leftCount * measureMs - elapsedMs);
          line.print(`${id}: ${ratePerSec}/s, round ${round + 1} of ${flags.rounds} · ${durationText(leftMs)} left`);
        };
        rounds.push(await churnRound(subject, { ratePerSec, measureMs, round, onProgress }));
        doneCount += habits.length;
      }
      rates.push({ ratePerSec, handshakes: handshakeCosts(rounds), rounds });
    }
    return { implementation: id, rates };
  });
}

const head = ['', 'ms CPU/request', 'p50', 'p99', 'lost', 'ms CPU/connection'];
const habitNames = { kept: 'connections kept', tenth: 'new for each tenth', each: 'new for each' } as const;

function answerBlocks({ implementation, rates }: Answer): AnswerBlock[] {
  return rates.map((rate) => ({
    title: `${implementation} at ${rate.ratePerSec}/s`,
    ...rateText(rate),
    details: null,
  }));
}

function rateText({ handshakes, rounds }: RateAnswer): Pick<AnswerBlock, 'table' | 'lines'> {
  const rows = habits.map(({ id }) => {
    const loads = rounds.flat().filter(({ habit }) => habit === id);
    return [habitNames[id], ...loadTexts(loads), costText(handshakes.find(({ habit }) => habit === id))];
  });
  const reasons = rounds.flat().flatMap((load) => (load.status === 'failed' ? [`failed: ${load.reason}`] : []));
  return { table: [head, ...rows], lines: [...new Set(reasons)] };
}

function loadTexts(loads: readonly ChurnLoad[]): string[] {
  const measured = loads.filter((load) => load.status === 'measured');
  const medianOf = (key: 'cpuPerRequestMs' | 'responseP50Ms' | 'responseP99Ms') =>
    median(measured.flatMap((load) => load[key] ?? []));
  return [
    figureText(medianOf('cpuPerRequestMs'), ''),
    figureText(medianOf('responseP50Ms'), 'ms'),
    figureText(medianOf('responseP99Ms'), 'ms'),
    String(measured.reduce((sum, { lostCount }) => sum + lostCount, 0)),
  ];
}

function costText(cost: HandshakeCost | undefined): string {
  if (cost === undefined) return '';
  return `${figureText(cost.cpuMs, '')} [${figureText(cost.minCpuMs, '')}, ${figureText(cost.maxCpuMs, '')}]`;
}
