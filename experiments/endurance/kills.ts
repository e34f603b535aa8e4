import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, type Random } from '../../src/stats/random.ts';
import { readResult } from '../../src/store/result-file.ts';
import { leftovers } from '../../test/support/leftovers.ts';
import {
  echoRun,
  makeWorkspace,
  paceline,
  removeWorkspace,
  startPaceline,
  type Workspace,
} from '../../test/support/paceline.ts';
import { readCommandLine } from '../command-line.ts';
import { markdownTable } from '../marked-page.ts';
import { loadNow, originText, publish } from './faults-section.ts';

/** `npm run kills -- --count 200`: kills runs at random moments; is each file whole, and the next run clean? */

const { values } = readCommandLine({
  options: {
    count: { type: 'string', default: '200' },
    /** So many side by side, each with a cache and a temporary folder of its own. */
    'at-once': { type: 'string', default: '2' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    write: { type: 'boolean', default: false },
  },
});
const count = Number(values.count);
const seed = Number(values.seed);

/** What one kill found. */
interface Kill {
  /** The phase it came in, or what was before the first. */
  readonly moment: string;
  readonly hasResult: boolean;
  /** Half written beside the result at the kill; the next run removes it. */
  readonly hadUnfinished: boolean;
  readonly keptTrialCount: number;
  /** Not a whole result. */
  readonly isTorn: boolean;
  /** By the kill itself: what the next run had to clean up. */
  readonly leftCount: number;
  /** After the next run: nothing may be there. */
  readonly remaining: readonly string[];
  readonly nextExitCode: number | null;
}

const phaseLine = /^ {2}([a-z-]+)$/gm;

function momentOf(stderr: string): string {
  return [...stderr.matchAll(phaseLine)].at(-1)?.[1] ?? 'before the first trial';
}

/** What stands under the name of a run's result: whole or not, and what was left half written. */
async function filesOf(space: Workspace, name: string): Promise<{ whole: string[]; torn: string[]; part: string[] }> {
  const names = readdirSync(space.dir).filter((one) => one.startsWith(name));
  const part = names.filter((one) => one.endsWith('.part'));
  const whole: string[] = [];
  const torn: string[] = [];
  for (const one of names.filter((other) => !part.includes(other)))
    await readResult(join(space.dir, one)).then(
      () => whole.push(one),
      () => torn.push(one),
    );
  return { whole, torn, part };
}

/** One run killed; null: it ended before its moment came. */
async function kill(
  space: Workspace,
  { index, longestMs, random }: { readonly index: number; readonly longestMs: number; readonly random: Random },
): Promise<Kill | null> {
  const name = `${index}.json`;
  const running = startPaceline(echoRun(['echo'], space.file(name), '--trials', '3', '--verbose'), space);
  const moment = new AbortController();
  const isOver = running.finished.then(() => true);
  const isEnded = await Promise.race([isOver, sleep(random.float() * longestMs, false, { signal: moment.signal })]);
  moment.abort();
  if (isEnded) return null;
  running.signal('SIGKILL');
  const { exitCode, stderr } = await running.finished;
  if (exitCode !== null) return null;
  const leftCount = leftovers(running.pid, space).length;
  const { whole, torn, part } = await filesOf(space, name);
  const next = await paceline(echoRun(['echo'], space.file('next.json')), space);
  const remaining = [...leftovers(running.pid, space), ...(await filesOf(space, name)).part];
  const [kept] = await Promise.all(whole.map((one) => readResult(join(space.dir, one))));
  return {
    ...{ moment: momentOf(stderr), hasResult: whole.length > 0, hadUnfinished: part.length > 0 },
    ...{ keptTrialCount: kept?.trials.length ?? 0, isTorn: torn.length > 0, leftCount, remaining },
    nextExitCode: next.exitCode,
  };
}

/** A next run may find the machine too noisy (3), never a bug of paceline's (4), and must end by itself. */
function isClean({ remaining, nextExitCode }: Kill): boolean {
  return remaining.length === 0 && (nextExitCode === 0 || nextExitCode === 3);
}

async function durationOfWholeRun(space: Workspace): Promise<number> {
  const startedMs = performance.now();
  await paceline(echoRun(['echo'], space.file('whole.json'), '--trials', '3', '--verbose'), space);
  return performance.now() - startedMs;
}

function sectionOf(kills: readonly Kill[], endedCount: number, origin: string): string {
  const moments = [...Map.groupBy(kills, ({ moment }) => moment)].sort(([, a], [, b]) => b.length - a.length);
  const countIn = (all: readonly Kill[], is: (one: Kill) => boolean) => all.filter(is).length;
  const rowOf = (name: string, all: readonly Kill[]) => [
    ...[name, all.length, countIn(all, (one) => one.hasResult), countIn(all, (one) => one.keptTrialCount > 0)],
    ...[countIn(all, (one) => one.hadUnfinished), countIn(all, (one) => one.leftCount > 0)],
    ...[countIn(all, (one) => one.isTorn), countIn(all, (one) => !isClean(one))],
  ];
  const head = ['killed in', 'kills', 'with a result', 'with trials in it', 'half written beside it', 'left something'];
  const table = markdownTable(
    [...head, 'torn results', 'next run not clean'],
    [...moments.map(([name, all]) => rowOf(name, all)), rowOf('**all**', kills)],
  );
  const torn = countIn(kills, (one) => one.isTorn);
  const dirty = countIn(kills, (one) => !isClean(one));
  return `**${kills.length} runs killed with SIGKILL at random moments (seed ${seed}): ${torn} torn results, ${dirty} next runs that were not clean.**
${endedCount} more runs ended before their moment came.
Clean is a next run that ends with 0 or 3, after which no process, control group, temporary folder, half-written file or entry of the cleanup registry of the killed one is there.

${table}

${origin}`;
}

const startLoad = loadNow();
const kills: Kill[] = [];
let endedCount = 0;

/** One after another in one workspace, until all together are enough. */
async function killInTurn(place: number): Promise<void> {
  const space = await makeWorkspace();
  const random = createRandom(seed + place);
  try {
    // The first fills the cache. A little more than a whole run takes: some are killed in their last steps.
    await durationOfWholeRun(space);
    const longestMs = 1.05 * (await durationOfWholeRun(space));
    for (let index = 1; kills.length < count; index += 1) {
      const one = await kill(space, { index, longestMs, random });
      if (one === null) endedCount += 1;
      else kills.push(one);
      if (one !== null && (one.isTorn || !isClean(one)))
        process.stdout.write(`place ${place}, kill ${index}: ${JSON.stringify(one)}\n`);
      if (kills.length % 10 === 0) process.stdout.write(`${kills.length} of ${count} kills\n`);
    }
  } finally {
    await removeWorkspace(space);
  }
}

process.stdout.write(`seed ${seed}\n`);
await Promise.all(Array.from({ length: Number(values['at-once']) }, (_, place) => killInTurn(place)));
const origin = originText(`npm run kills -- --count ${count} --seed ${seed} --at-once ${values['at-once']}`, startLoad);
publish('kills', sectionOf(kills, endedCount, origin), values.write);
process.exitCode = kills.every((one) => isClean(one) && !one.isTorn) ? 0 : 1;
