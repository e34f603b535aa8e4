/**
 * paceline's generator and k6 on the same trials, interleaved, and three instances of k6 merged beside one:
 * `npm run engines -- [--runs 5] [--seconds 10] [--dir .cache/engines] [--page docs/scaling.md]`. Prints both tables, and with --page
 * writes them between the page's marks.
 * What has been measured stays in the folder, and is not measured again: a run that was interrupted goes on where it stopped.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { startK6Generator } from '../../src/k6/generator.ts';
import { findK6 } from '../../src/k6/program.ts';
import { startGenerator } from '../../src/load/generator.ts';
import type { MeasuredLoad } from '../../src/model/load-result.ts';
import { describeMachine } from '../../src/probe/machine.ts';
import { openRunningProgram } from '../../src/probe/running-program.ts';
import { formatNumber } from '../../src/report/format.ts';
import { checkoutProject } from '../../src/run/declarations.ts';
import { cacheDir, rootDir } from '../../src/run/paths.ts';
import { median } from '../../src/stats/descriptive.ts';
import { readResult } from '../../src/store/result-file.ts';
import { readCommandLine } from '../command-line.ts';
import { assertSection, writeSection } from '../marked-page.ts';
import { areWithinOneCounter, type InstanceFigures, runInstances } from './instances.ts';
import { type NullTarget, startNullTarget } from './null-target.ts';

const engines = ['paceline', 'k6'] as const;
type Engine = (typeof engines)[number];

interface Figures {
  readonly sentRatio: number;
  /** As the target saw it; null: it did not look. */
  readonly arrivalCv: number | null;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly generatorCpuMs: number | null;
  readonly targetCpuMs: number | null;
}

const { values } = readCommandLine({
  options: {
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '10' },
    dir: { type: 'string', default: join(rootDir, '.cache', 'engines') },
    page: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const stopping = new AbortController();
process.once('SIGINT', () => stopping.abort(new Error('interrupted')));
const { signal } = stopping;

const nullRates = [100, 1_000, 5_000];
const serviceRates = [25, 100, 400];

await mkdir(values.dir, { recursive: true });
if (values.page !== undefined) assertSection(values.page, 'engines');
const target = await startNullTarget(signal);
const measured = new Map<string, Figures[]>();
const instances = new Map<number, InstanceFigures[]>();
try {
  for (let run = 1; run <= Number(values.runs); run += 1) {
    for (const count of [1, 3] as const) {
      const figures = await kept(`instances ${count}`, run, () => runInstances(target, count, seconds, signal));
      instances.set(count, [...(instances.get(count) ?? []), figures]);
    }
    for (const engine of run % 2 === 1 ? engines : engines.toReversed()) {
      for (const rate of nullRates)
        await once(`null target ${rate}/s ${engine}`, run, () => onNullTarget(target, engine, rate));
      for (const rate of serviceRates)
        await once(`crud-go ${rate}/s ${engine}`, run, () => onService(engine, rate, run));
    }
  }
} finally {
  await target.stop();
}
console.log(tables());
if (values.page !== undefined) writeSection(values.page, 'engines', tables());

async function once(name: string, run: number, measure: () => Promise<Figures>): Promise<void> {
  measured.set(name, [...(measured.get(name) ?? []), await kept(name, run, measure)]);
}

async function kept<F>(name: string, run: number, measure: () => Promise<F>): Promise<F> {
  const path = join(values.dir, `${name.replaceAll(/[ /]/g, '-')}-${seconds}s-${run}.json`);
  const figures: F = existsSync(path) ? JSON.parse(await readFile(path, 'utf8')) : await measure();
  await writeFile(path, JSON.stringify(figures));
  console.error(`${name} #${run}: ${JSON.stringify(figures)}`);
  return figures;
}

async function onNullTarget(nullTarget: NullTarget, engine: Engine, ratePerSec: number): Promise<Figures> {
  const loadPlan = {
    ...{ arrivals: 'constant' as const, ratePerSec, steps: null, warmupCount: 0, warmupRatePerSec: ratePerSec },
    ...{
      measureMs: 1_000 * seconds,
      drainMs: 1_000,
      timeoutMs: 1_000,
      maxInFlightCount: 256,
      connectionCount: 64,
      seed: 1,
    },
  };
  const folder = mkdtempSync(join(tmpdir(), 'paceline-engines-'));
  const generator = await startEngine(engine, new URL(nullTarget.url).origin, loadPlan, folder);
  try {
    const [ofGenerator, ofTarget] = await Promise.all(
      [generator.pid, nullTarget.pid].map(async (pid) => (await openRunningProgram({ kind: 'pid', pid })).probe),
    );
    const cpuMs = async () =>
      Promise.all(
        [ofGenerator, ofTarget].map(async (probe) => {
          const reading = await probe?.read();
          return reading === undefined ? 0 : reading.cpuUserMs + reading.cpuSystemMs;
        }),
      );
    await nullTarget.reset('null');
    const before = await cpuMs();
    let after: Promise<number[]> = Promise.resolve([]);
    const load = await generator.measure(Number(process.hrtime.bigint()) + 100e6, () => {
      after = cpuMs();
    });
    const [generatorMs = 0, targetMs = 0] = (await after).map((ms, index) => ms - (before[index] ?? 0));
    const { arrivalGapCv } = await nullTarget.report({ skipMs: 0, ratePerSec, dueCount: load.counts.scheduledCount });
    const { sentCount } = load.counts;
    return {
      ...latencies(load),
      arrivalCv: arrivalGapCv,
      generatorCpuMs: generatorMs / sentCount,
      targetCpuMs: targetMs / sentCount,
    };
  } finally {
    await generator.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startEngine(
  engine: Engine,
  targetUrl: string,
  loadPlan: Parameters<typeof startGenerator>[0]['loadPlan'],
  folder: string,
) {
  const workload = { ...(await checkoutProject.loadWorkload('echo', 'echo')), contractVersion: 1 };
  const common = { targetUrl, loadPlan, joinPaths: [], niceness: -10, signal };
  if (engine === 'paceline')
    return startGenerator({ ...common, workloadPath: workload.module.path, onProgress: () => {} });
  const program = await findK6({ env: process.env, cacheDir: cacheDir(process.env) });
  return startK6Generator({ ...common, program, workload, folder, workerCount: 1, databaseConnectionCount: 1 });
}

function latencies({ counts, responseTime }: MeasuredLoad) {
  const sentRatio = counts.sentCount / counts.scheduledCount;
  return { sentRatio, p50Ms: responseTime.p50Ms, p99Ms: responseTime.p99Ms };
}

async function onService(engine: Engine, ratePerSec: number, run: number): Promise<Figures> {
  const out = join(values.dir, `result-${engine}-${ratePerSec}-${seconds}s-${run}.json`);
  rmSync(out, { force: true });
  const flags = ['--impl', 'crud-go', '--workload', 'authenticate', '--rate', String(ratePerSec), '--trials', '1'];
  const length = ['--duration', String(seconds), '--no-report', '--out', out];
  const args = [join(rootDir, 'bin', 'paceline.mjs'), 'run', 'quick', '--engine', engine, ...flags, ...length];
  await execa(process.execPath, args, { cancelSignal: signal, stdio: ['ignore', 'ignore', 'inherit'], reject: false });
  const measurement = (await readResult(out)).trials.findLast((trial) => trial.status === 'ok')?.measurement;
  if (!measurement?.load)
    return { sentRatio: 0, arrivalCv: null, p50Ms: null, p99Ms: null, generatorCpuMs: null, targetCpuMs: null };
  const { cpu, load } = measurement;
  const cpuFigures = {
    generatorCpuMs: cpu.generator?.perRequestMs ?? null,
    targetCpuMs: cpu.target?.perRequestMs ?? null,
  };
  return { ...latencies(load), arrivalCv: null, ...cpuFigures };
}

function enginesTable(): string[] {
  const names = ['sentRatio', 'arrivalCv', 'p50Ms', 'p99Ms', 'generatorCpuMs', 'targetCpuMs'] as const;
  return [
    '| | sent | arrival CV | p50 ms | p99 ms | generator CPU ms a request | target CPU ms a request |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...[...measured].map(([name, figures]) => {
      const cells = names.map((key) => figureText(median(figures.flatMap((one) => one[key] ?? []))));
      return `| ${name} | ${cells.join(' | ')} |`;
    }),
  ];
}

function figureText(value: number | null): string {
  return value === null ? '–' : formatNumber(value);
}

function instancesTable(): string[] {
  const [alone = [], merged = []] = [instances.get(1), instances.get(3)];
  const row = (name: string, { okCount, droppedCount, p50Ms, p90Ms, p99Ms }: InstanceFigures) =>
    `| ${name} | ${okCount} | ${droppedCount} | ${[p50Ms, p90Ms, p99Ms].map(figureText).join(' | ')} |`;
  const rows = alone.flatMap((one, run) => {
    const three = merged[run];
    return three === undefined ? [] : [row(`one, run ${run + 1}`, one), row(`three, run ${run + 1}`, three)];
  });
  const within = alone.filter((one, run) => merged[run] !== undefined && areWithinOneCounter(one, merged[run]));
  const equal = alone.filter(({ okCount }, run) => merged[run]?.okCount === okCount);
  return [
    '| instances | answered rightly | dropped | p50 ms, at most | p90 ms, at most | p99 ms, at most |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
    '',
    `Counts were equal in ${equal.length} of ${alone.length} runs, and all percentiles in the same counter or its neighbour in ${within.length}.`,
  ];
}

function tables(): string {
  const { cpuModel, coreCount } = describeMachine();
  const heading = `Made by \`npm run engines\` on ${new Date().toISOString().slice(0, 10)}: ${cpuModel}, ${coreCount} cores; medians of ${values.runs} interleaved runs of ${seconds} s.`;
  return [heading, '', ...enginesTable(), '', ...instancesTable()].join('\n');
}
