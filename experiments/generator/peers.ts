/*
 * paceline beside other load generators, in one run: `npm run bench:peers [-- --runs 5 --seconds 5 --only paceline,oha]`.
 * Installs pinned versions of the others into the cache (minutes, once), drives the null target with all of them in turns,
 * and writes docs/peers.md and docs/peers.json. About 25 minutes with its defaults; a run of less than 5 turns says so.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { positiveCount, positiveNumber } from '../../src/cli/options.ts';
import { abortOnSignals, Interruption } from '../../src/os/interruption.ts';
import { describeMachine } from '../../src/probe/machine.ts';
import { installTools, toolIds } from './install.ts';
import { measure, type Sample } from './measure.ts';
import { type NullTarget, startNullTarget } from './null-target.ts';
import { peersPage } from './page.ts';
import {
  assessGoals,
  type Figures,
  type HighestRate,
  mediansOf,
  type Row,
  type Summary,
  type ToolMedians,
} from './summary.ts';
import { parseOurs, rootDir, type Tool } from './tool.ts';

interface Flags {
  readonly runs: number;
  readonly seconds: number;
  readonly only?: string;
  readonly requests: number;
  readonly out: string;
}

const rates = [100, 1_000, 5_000, 20_000];
const slowRatePerSec = 1_000;
const connectionCount = 50;
/** Half a second's requests and some: with fewer, a generator cannot send what is due during the freeze. */
const freezeConnectionCount = 600;
const ladder = [10_000, 20_000, 30_000, 40_000, 60_000, 80_000];
const ladderSeconds = 3;
const keptRatio = 0.999;
const memoryRatePerSec = 20_000;
const fewRequests = 20_000;

const rows: readonly Row[] = [
  ...rates.map((ratePerSec): Row => ({ mode: 'null', ratePerSec, connectionCount })),
  { mode: 'constant', ratePerSec: slowRatePerSec, connectionCount },
  { mode: 'stall', ratePerSec: slowRatePerSec, connectionCount },
  { mode: 'freeze', ratePerSec: slowRatePerSec, connectionCount: freezeConnectionCount },
];

const program = new Command('bench:peers')
  .option('--runs <n>', 'turns', positiveCount, 5)
  .option('--seconds <s>', 'of one run', positiveNumber, 5)
  .option('--only <list>', `of ${toolIds.join(', ')}`)
  .option('--requests <n>', "after how many requests paceline's memory is read", positiveCount, 1_000_000)
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
    const memory = tools.some(({ id }) => id === 'paceline') ? await measureMemory(tools, target) : [];
    const summary: Summary = { cells, highest, memory };
    const facts = {
      command: ['npm run bench:peers --', ...process.argv.slice(2)].join(' ').replace(/ --$/, ''),
      startedAt,
      machine: describeMachine(),
      runCount: flags.runs,
      seconds: flags.seconds,
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

/** In turns: every row once with every tool, each turn beginning with another tool. */
async function measureRows(tools: readonly Tool[], target: NullTarget): Promise<ToolMedians[]> {
  const runs = new Map<string, { tool: string; row: Row; figures: Figures[]; failures: string[] }>();
  for (let turn = 0; turn < flags.runs; turn++) {
    for (const row of rows) {
      for (const tool of rotated(tools, turn)) {
        if (tool.isBaseline && row.mode !== 'null') continue;
        const key = `${tool.id} ${row.mode} ${row.ratePerSec}`;
        const cell = runs.get(key) ?? { tool: tool.id, row, figures: [], failures: [] };
        runs.set(key, cell);
        const outcome = await attempt(tool, row, target);
        if (typeof outcome === 'string') cell.failures.push(outcome);
        else cell.figures.push(figuresOf(outcome));
        say(`[${turn + 1}/${flags.runs}] ${key}: ${typeof outcome === 'string' ? outcome : shortText(outcome)}`);
      }
    }
  }
  return [...runs.values()].map(({ tool, row, figures, failures }) => ({
    ...{ tool, row, failures, runCount: figures.length },
    figures: mediansOf(figures),
  }));
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

/** A freeze is judged over whole periods of 2 s. */
function secondsOf({ mode }: Row): number {
  return mode === 'freeze' ? 2 * Math.ceil(flags.seconds / 2) : flags.seconds;
}

function figuresOf({ claim, seen, dueCount, cpuUsPerRequest, wholeCpuUsPerRequest, firstRequestMs }: Sample): Figures {
  const truth = seen.mode === 'freeze' ? seen.fromDue : seen.fromArrival;
  return {
    ...claim,
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

async function measureMemory(tools: readonly Tool[], target: NullTarget): Promise<Summary['memory']> {
  const tool = tools.find(({ id }) => id === 'paceline') as Tool;
  const memory: { requestCount: number; rssBytes: number; threadCount: number }[] = [];
  for (const count of [fewRequests, flags.requests]) {
    say(`paceline: memory after ${count} requests`);
    const order = { ratePerSec: memoryRatePerSec, seconds: count / memoryRatePerSec, connectionCount };
    const { stdout, seen } = await measure(tool, 'null', order, target, signal);
    const { rssBytes, threadCount } = parseOurs(stdout).load.generator;
    memory.push({ requestCount: seen.count, rssBytes, threadCount });
  }
  return memory;
}
