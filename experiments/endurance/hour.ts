import { statSync } from 'node:fs';
import { slopeEstimate } from '../../src/stats/slope.ts';
import { readResult } from '../../src/store/result-file.ts';
import { leftovers } from '../../test/support/leftovers.ts';
import {
  makeWorkspace,
  type RunningPaceline,
  removeWorkspace,
  shareConformance,
  startPaceline,
  type Workspace,
} from '../../test/support/paceline.ts';
import { readCommandLine } from '../command-line.ts';
import { markdownTable } from '../marked-page.ts';
import { loadNow, originText, publish } from './faults-section.ts';
import { generatorMib, type Look, lookAt, type MemoryPoint, privateMib } from './look.ts';

/**
 * `npm run hour -- --minutes 60`: smoke runs of three implementations, one after another for so long. Does anything of paceline's grow?
 * Each run is interrupted when its share of the time is over, so that its cleaning up is part of it.
 */

const { values } = readCommandLine({
  options: {
    minutes: { type: 'string', default: '60' },
    runs: { type: 'string', default: '6' },
    write: { type: 'boolean', default: false },
  },
});
const minutes = Number(values.minutes);
const runCount = Number(values.runs);
const implementations = ['crud-node-async', 'crud-go', 'crud-python-asyncio'];

interface Run {
  readonly number: number;
  readonly trialCount: number;
  readonly exitCode: number | null;
  /** Of the result file: what the harness must hold grows with it. */
  readonly resultBytesPerTrial: number;
  readonly memory: readonly MemoryPoint[];
  readonly remaining: readonly string[];
}

const looks: Look[] = [];
let startedMs = 0;
const minuteNow = () => (performance.now() - startedMs) / 60_000;

/** Looked at between trials: within one, processes and databases of that trial are there. */
async function watch(running: RunningPaceline, space: Workspace, number: number, untilMinute: number): Promise<Run> {
  const memory: MemoryPoint[] = [];
  const generator = watchGenerators(running, space);
  for (let trial = 1; ; trial += 1) {
    // The start of the next trial: the one before has put everything away.
    const isEnded = await running.line(/^ {2}copy-database$/, trial + 1).then(
      () => false,
      () => true,
    );
    if (isEnded) return ended(running, space, number, trial, memory);
    if (startedMs === 0) startedMs = performance.now();
    memory.push({ trial, harnessMib: privateMib(running.pid), generatorMib: generator.take() });
    const isOver = minuteNow() >= untilMinute;
    if (isOver || isLookDue()) looks.push(lookAt(running, space, { minute: minuteNow(), number, trial }));
    if (!isOver) continue;
    running.signal('SIGINT');
    return ended(running, space, number, trial, memory);
  }
}

function isLookDue(): boolean {
  const last = looks.at(-1);
  return last === undefined ? minuteNow() >= 1 : minuteNow() - last.minute >= minutes / 12;
}

/** Each is met as its window has ended; a trial that failed before has none. */
function watchGenerators(running: RunningPaceline, space: Workspace): { take(): number | null } {
  let metCount = 0;
  let latestMib: number | null = null;
  const meet = async (): Promise<void> => {
    for (;;) {
      await running.line(/^ {2}after-load$/, metCount + 1);
      metCount += 1;
      latestMib = generatorMib(space);
    }
  };
  meet().catch(() => {});
  return {
    take() {
      const taken = latestMib;
      latestMib = null;
      return taken;
    },
  };
}

async function ended(
  running: RunningPaceline,
  space: Workspace,
  number: number,
  trialCount: number,
  memory: readonly MemoryPoint[],
): Promise<Run> {
  const { exitCode } = await running.finished;
  const path = space.file(`${number}.json`);
  const { trials } = await readResult(path);
  const remaining = leftovers(running.pid, space);
  const resultBytesPerTrial = statSync(path).size / Math.max(1, trials.length);
  return { number, trialCount, exitCode, resultBytesPerTrial, memory, remaining };
}

/** Each run from its own level: what one process holds more than another at its start is no growth. */
function slopeOf(runs: readonly Run[], of: (point: MemoryPoint) => number | null) {
  const points = runs.flatMap(({ memory }) => {
    // The heap of a young process still finds its size.
    const settled = memory.slice(Math.min(10, memory.length >> 2)).flatMap((point) => {
      const y = of(point);
      return y === null ? [] : [{ x: point.trial, y: y * 1_024 }];
    });
    const level = [...settled].sort((a, b) => a.y - b.y)[settled.length >> 1]?.y ?? 0;
    return settled.map(({ x, y }) => ({ x, y: y - level }));
  });
  return slopeEstimate(points, 0.95);
}

/** A result is held as objects, and while it is written also as text and as bytes. */
const copiesOfResult = 4;

interface Judged {
  readonly text: string;
  readonly isFlat: boolean;
}

function judged(
  name: string,
  runs: readonly Run[],
  of: (point: MemoryPoint) => number | null,
  allowedKib: number,
): Judged {
  const slope = slopeOf(runs, of);
  if (slope?.interval == null) return { text: `- ${name}: too few trials to say`, isFlat: false };
  const { low, high } = slope.interval;
  const isFlat = low <= allowedKib;
  const about = `${slope.value.toFixed(1)} KiB a trial, 95 % interval [${low.toFixed(1)}, ${high.toFixed(1)}]`;
  return { text: `- ${name}: ${about}: ${isFlat ? 'flat' : 'grows'}`, isFlat };
}

const counted = ['descriptorCount', 'processCount', 'databaseCount', 'groupCount', 'fileCount'] as const;

function sectionOf(runs: readonly Run[], origin: string): { text: string; isGood: boolean } {
  const [first, last] = [looks[0], looks.at(-1)];
  const names = ['minute', 'run', 'trial', 'harness MiB', 'descriptors', 'processes', 'databases', 'control groups'];
  const rows = looks.map((look) => [
    ...[look.minute.toFixed(0), look.number, look.trial, look.harnessMib.toFixed(1)],
    ...counted.map((key) => look[key]),
  ]);
  const resultKib = Math.max(...runs.map((run) => run.resultBytesPerTrial)) / 1_024;
  const harness = judged('harness', runs, (point) => point.harnessMib, copiesOfResult * resultKib);
  const generator = judged('generator (one process a trial)', runs, (point) => point.generatorMib, 0);
  const grown = counted.filter((key) => (last?.[key] ?? 0) > (first?.[key] ?? 0));
  const remaining = runs.flatMap((run) => run.remaining);
  const isGood = harness.isFlat && generator.isFlat && grown.length === 0 && remaining.length === 0;
  const trialCount = runs.reduce((sum, run) => sum + run.trialCount, 0);
  const text = `**${runs.length} runs with ${trialCount} trials in ${minuteNow().toFixed(0)} minutes: ${
    grown.length === 0 ? 'nothing counted was more at the end than after the first minute' : `more at the end: ${grown}`
  }; ${remaining.length === 0 ? 'no run left anything' : `left: ${remaining.join(', ')}`}.**
Each run was one process that measured \`smoke\` of ${implementations.join(', ')} until its time was over and it was interrupted (exit codes ${[...new Set(runs.map((run) => run.exitCode))].join(', ')}).
Counted between trials, in all that the runs share: files are those of the temporary folder and the cache, without compiled code.

${markdownTable([...names, 'files'], rows)}

Private memory by trial within a run, each run from its own level (Theil–Sen):

${harness.text}; the result that it holds and writes again after each trial grows by ${resultKib.toFixed(1)} KiB, and up to ${copiesOfResult} copies of that count as flat
${generator.text}

${origin}`;
  return { text, isGood };
}

const startLoad = loadNow();
const space = await makeWorkspace();
await shareConformance(space);
const runs: Run[] = [];
let running: RunningPaceline | null = null;
let isStopped = false;
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => {
    isStopped = true;
    running?.signal(name);
  });
try {
  for (let number = 1; number <= runCount && !isStopped; number += 1) {
    const chosen = implementations.flatMap((id) => ['--impl', id]);
    const size = ['--trials', '2000', '--attempts', '1', '--no-report', '--verbose'];
    running = startPaceline(['run', 'smoke', ...chosen, ...size, '--out', space.file(`${number}.json`)], space);
    const run = await watch(running, space, number, (minutes * number) / runCount);
    running = null;
    runs.push(run);
    process.stdout.write(
      `run ${number}: ${run.trialCount} trials, exit code ${run.exitCode}: ${run.remaining.length} left\n`,
    );
  }
  const { text, isGood } = sectionOf(runs, originText(`npm run hour -- --minutes ${minutes}`, startLoad));
  publish('hour', text, values.write);
  process.exitCode = isGood && !isStopped ? 0 : 1;
} finally {
  running?.signal('SIGINT');
  await running?.finished;
  await removeWorkspace(space);
}
