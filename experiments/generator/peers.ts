/*
 * paceline beside other load generators, in one run: `npm run bench:peers [-- --turns 12 --seconds 3 --only paceline,oha]`.
 * Installs pinned versions of the others into the cache (minutes, once), drives the null target with all of them in turns,
 * and writes docs/peers.md and docs/peers.json. Under 30 minutes with its defaults. Those whose ratios are goals run in every turn,
 * the others in every sixth. Each turn ends with a trial of `quick` by this generator and by the one before it. Ten million requests for
 * memory are `npm run generator-memory`, forty trials for repeat noise `npm run generator-repeat`.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { positiveCount, positiveNumber } from '../../src/cli/options.ts';
import { abortOnSignals, Interruption } from '../../src/os/interruption.ts';
import { describeMachine } from '../../src/probe/machine.ts';
import { installTools, reasonOf, toolIds } from './install.ts';
import { measure, type Sample } from './measure.ts';
import { type NullTarget, startNullTarget } from './null-target.ts';
import { peersPage } from './page.ts';
import { formerCheckout, type QuickTurn, runQuick } from './quick.ts';
import {
  assessGoals,
  type Figures,
  type HighestRate,
  mediansOf,
  type Row,
  type Summary,
  type ToolMedians,
} from './summary.ts';
import { rootDir, type Tool } from './tool.ts';

interface Flags {
  readonly turns: number;
  readonly seconds: number;
  readonly only?: string;
  readonly quick: boolean;
  readonly out: string;
}

const rates = [100, 1_000, 5_000, 20_000];
const slowRatePerSec = 1_000;
const connectionCount = 50;
/** Half a second's requests and some: with fewer, a generator cannot send what is due during the freeze. */
const freezeConnectionCount = 600;
const leastRequestCount = 800;
const ladder = [10_000, 20_000, 30_000, 40_000, 60_000, 80_000];
const ladderSeconds = 3;
const keptRatio = 0.999;
/** Whose ratios are goals. */
const paired = ['paceline', 'oha', 'k6', 'c-sender'];
const othersEachTurns = 6;

const rows: readonly Row[] = [
  ...rates.map((ratePerSec): Row => ({ mode: 'null', ratePerSec, connectionCount })),
  { mode: 'constant', ratePerSec: slowRatePerSec, connectionCount },
  { mode: 'stall', ratePerSec: slowRatePerSec, connectionCount },
  { mode: 'freeze', ratePerSec: slowRatePerSec, connectionCount: freezeConnectionCount },
];

const program = new Command('bench:peers')
  .option('--turns <n>', 'how often all are run', positiveCount, 12)
  .option('--seconds <s>', 'of one run', positiveNumber, 3)
  .option('--only <list>', `of ${toolIds.join(', ')}`)
  .option('--no-quick', 'without the trials of `quick`')
  .option('--out <dir>', 'where peers.md and peers.json go', join(rootDir, 'docs'));
const flags = program.parse().opts<Flags>();
const signal = abortOnSignals();
const say = (text: string) => process.stderr.write(`${text}\n`);
try {
  await main();
  process.exit(0);
} catch (error) {
  const isAsked = signal.aborted && signal.reason instanceof Interruption;
  say(isAsked ? signal.reason.message : String((error as Error).stack ?? error));
  process.exit(isAsked ? signal.reason.exitCode : 3);
}

async function main(): Promise<void> {
  const startedAt = new Date().toISOString();
  const { tools, absent } = await installTools(flags.only?.split(',') ?? null, signal, say);
  for (const { id, reason } of absent) say(`${id}: ${reason}`);
  const target = await startNullTarget(signal);
  try {
    const cells = await measureRows(tools, target);
    const highest = await measureHighest(tools, target);
    const summary: Summary = { cells, highest, quick: flags.quick ? await measureQuick() : [] };
    const facts = {
      command: ['npm run bench:peers --', ...process.argv.slice(2)].join(' ').replace(/ --$/, ''),
      startedAt,
      machine: describeMachine(),
      turnCount: flags.turns,
      seconds: flags.seconds,
      leastRequestCount,
      rates,
      tools: tools.map(({ id, version, isBaseline = false }) => ({ id, version, isFloor: isBaseline })),
      absent,
      summary,
      goals: assessGoals(summary),
    };
    await writeFile(join(flags.out, 'peers.md'), peersPage(facts));
    await writeFile(join(flags.out, 'peers.json'), `${JSON.stringify(facts, null, 1)}\n`);
    process.stdout.write(peersPage(facts));
  } finally {
    await target.stop();
  }
}

/** In turns: each row once with each tool, each turn beginning with another tool. */
async function measureRows(tools: readonly Tool[], target: NullTarget): Promise<ToolMedians[]> {
  const runs = new Map<string, { tool: string; row: Row; turns: (Figures | null)[]; failures: string[] }>();
  for (let turn = 0; turn < flags.turns; turn++) {
    for (const row of rows) {
      for (const tool of rotated(tools, turn)) {
        if (!isInTurn(tool, row, turn)) continue;
        const key = `${tool.id} ${row.mode} ${row.ratePerSec}`;
        const cell = runs.get(key) ?? { tool: tool.id, row, turns: [], failures: [] };
        runs.set(key, cell);
        const outcome = await attempt(tool, row, target);
        if (typeof outcome === 'string') cell.failures.push(outcome);
        else cell.turns[turn] = figuresOf(outcome);
        say(`[${turn + 1}/${flags.turns}] ${key}: ${typeof outcome === 'string' ? outcome : shortText(outcome)}`);
      }
    }
  }
  return [...runs.values()].map(({ tool, row, turns, failures }) => {
    const ran = turns.filter((figures) => figures != null);
    const byTurn = Array.from({ length: flags.turns }, (_, turn) => turns[turn] ?? null);
    return { tool, row, failures, runCount: ran.length, figures: mediansOf(ran), turns: byTurn };
  });
}

function isInTurn({ id, isBaseline: isFloor = false }: Tool, { mode }: Row, turn: number): boolean {
  if (turn % othersEachTurns === 0) return mode === 'null' || !isFloor;
  return mode === 'null' ? paired.includes(id) : id === 'paceline';
}

function rotated<T>(items: readonly T[], by: number): T[] {
  const from = by % Math.max(1, items.length);
  return [...items.slice(from), ...items.slice(0, from)];
}

/** A tool that fails is named with its reason, and the others go on. */
async function attempt(tool: Tool, row: Row, target: NullTarget): Promise<Sample | string> {
  try {
    return await measure(tool, row.mode, { ...row, seconds: secondsOf(row) }, target, signal);
  } catch (error) {
    signal.throwIfAborted();
    return (error as Error).message;
  }
}

/** A freeze is judged over whole periods of 2 s; a low rate over enough requests to tell what one costs once code is warm. */
function secondsOf({ mode, ratePerSec }: Row): number {
  if (mode === 'freeze') return 2 * Math.ceil(flags.seconds / 2);
  return Math.max(flags.seconds, Math.ceil(leastRequestCount / ratePerSec));
}

function figuresOf({ claim, seen, dueCount, cpuUsPerRequest, wholeCpuUsPerRequest, firstRequestMs }: Sample): Figures {
  const truth = seen.mode === 'freeze' ? seen.fromDue : seen.fromArrival;
  return {
    ...{ residentMib: null, ...claim },
    ...{ cpuUs: cpuUsPerRequest, wholeCpuUs: wholeCpuUsPerRequest, firstRequestMs },
    gapCv: seen.arrivalGapCv,
    overTwiceEvenRatio: seen.buckets?.overTwiceEvenRatio ?? null,
    bucketMaxCount: seen.buckets?.maxCount ?? null,
    answeredRatio: seen.answeredCount / dueCount,
    truthP50Ms: truth?.p50Ms ?? null,
    truthP90Ms: truth?.p90Ms ?? null,
    truthP99Ms: truth?.p99Ms ?? null,
  };
}

function shortText(sample: Sample): string {
  const { cpuUs, gapCv, p50Ms, p99Ms, answeredRatio } = figuresOf(sample);
  const text = (value: number | null) => (value === null ? '–' : String(Number(value.toPrecision(3))));
  return `${text(cpuUs)} µs, CV ${text(gapCv)}, p50 ${text(p50Ms)} p99 ${text(p99Ms)} ms, answered ${text(answeredRatio)}`;
}

/** The generator before this one, where git has it, and this one, in turns that begin with either. */
async function measureQuick(): Promise<QuickTurn[]> {
  const former = await formerCheckout(signal).catch((error: unknown) => {
    signal.throwIfAborted();
    say(`no former generator: ${reasonOf(error)}`);
    return null;
  });
  const turns: QuickTurn[] = [];
  for (let turn = 0; turn < flags.turns; turn++) {
    const runFormer = async () => (former === null ? null : await runQuick(former, signal));
    const early = turn % 2 === 1 ? await runFormer() : null;
    const ours = await runQuick(rootDir, signal);
    turns.push({ ours, former: turn % 2 === 1 ? early : await runFormer() });
    say(`[${turn + 1}/${flags.turns}] quick: ${ours?.cpuMs ?? '–'} ms, former ${turns[turn]?.former?.cpuMs ?? '–'} ms`);
  }
  return turns;
}

/** Up the ladder until a rate is missed twice. */
async function measureHighest(tools: readonly Tool[], target: NullTarget): Promise<Summary['highest']> {
  const found: HighestRate[] = [];
  for (const tool of tools.filter(({ isBaseline }) => !isBaseline)) {
    let keptRatePerSec: number | null = null;
    let missedRatePerSec: number | null = null;
    for (const ratePerSec of ladder) {
      const isKept = (await keeps(tool, ratePerSec, target)) || (await keeps(tool, ratePerSec, target));
      if (isKept) keptRatePerSec = ratePerSec;
      else missedRatePerSec = ratePerSec;
      if (!isKept) break;
    }
    say(`${tool.id}: highest rate kept ${keptRatePerSec ?? 'below the ladder'}`);
    found.push({ tool: tool.id, keptRatePerSec, missedRatePerSec });
  }
  return found;
}

async function keeps(tool: Tool, ratePerSec: number, target: NullTarget): Promise<boolean> {
  const order = { ratePerSec, seconds: ladderSeconds, connectionCount };
  try {
    const { seen, dueCount } = await measure(tool, 'null', order, target, signal);
    return seen.answeredCount >= keptRatio * dueCount && (seen.spanMs ?? 0) <= 1_050 * ladderSeconds;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
