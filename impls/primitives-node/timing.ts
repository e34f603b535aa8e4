import { readFileSync } from 'node:fs';
import { Bench } from 'tinybench';
import { endedChildrenCpuNs, ownCpuNs, threadCountOf } from './cpu.ts';
import type { Settings } from './settings.ts';
import type { TimedCase } from './timed-case.ts';

interface Sample {
  readonly operationCount: number;
  readonly wallNs: number;
  readonly cpuNs: number | null;
}

const startedMs = performance.now();
const emptyCount = 5;
/** Fewer would time the clock's own reading. */
const minEmpty = 100_000;
const maxEmpty = 10_000_000;

/** Warms up, finds how many operations a sample needs, and lets tinybench take the samples. */
export async function timeCase(timed: TimedCase, settings: Settings): Promise<Readonly<Record<string, unknown>>> {
  let askedCount = 0;
  const run = (operationCount: number) => {
    askedCount += operationCount;
    return timed.run(operationCount);
  };
  const { operationCount, batchMs } = await warmUp(timed, run, settings);
  const warmupOperationCount = askedCount;
  const { samples, resolutionMs } = await sample({
    timed,
    run,
    operationCount,
    iterations: affordable(batchMs, settings),
  });
  const empty = Math.min(Math.max(operationCount, minEmpty), maxEmpty);
  const emptyLoop = timed.dueNs === undefined ? await sampleEmptyLoop(empty) : [];
  const osThreadCount = await threads(timed);
  const { doneCount, hash = null } = await timed.finish(askedCount);
  return {
    type: 'time',
    tool: `tinybench ${tinybenchVersion()} (Node ${process.versions.node})`,
    samples,
    emptyLoop,
    clockStepNs: resolutionMs === undefined ? clockStepNs() : resolutionMs * 1e6,
    warmupOperationCount,
    osThreadCount,
    processCount: 1 + (timed.others?.processCount ?? 0),
    check: { askedCount, doneCount, hash },
  };
}

function tinybenchVersion(): string {
  const manifest = new URL('../package.json', import.meta.resolve('tinybench'));
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}

async function threads({ others }: TimedCase): Promise<number | null> {
  const own = threadCountOf('self');
  return own === null ? null : own + ((await others?.threadCount()) ?? 0);
}

/**
 * Runs the operation for the asked time, in ever larger batches, so that what a JIT compiles is the loop that is measured;
 * returns how many operations make a sample of the asked length, and how long that lasts.
 */
async function warmUp(
  { multiple = 1, fixedCount, prepare }: TimedCase,
  run: (count: number) => void | Promise<void>,
  { warmupMs, sampleMs }: Settings,
): Promise<{ operationCount: number; batchMs: number }> {
  const beganMs = performance.now();
  let count = fixedCount ?? multiple;
  for (;;) {
    prepare?.();
    const batchBeganMs = performance.now();
    await run(count);
    const lastedMs = performance.now() - batchBeganMs;
    const isLong = fixedCount !== undefined || lastedMs >= sampleMs;
    if (isLong && performance.now() - beganMs >= warmupMs) return { operationCount: count, batchMs: lastedMs };
    if (!isLong) count = grown(count, lastedMs, sampleMs, multiple);
  }
}

/** tinybench gets the number of samples beforehand: as many as end within the budget. */
function affordable(batchMs: number, { budgetMs, sampleCount }: Settings): number {
  const leftMs = budgetMs - (performance.now() - startedMs);
  return Math.min(sampleCount, Math.max(1, Math.floor(leftMs / batchMs)));
}

/** Straight to what is needed, but at most tenfold on the word of one batch. */
function grown(count: number, lastedMs: number, sampleMs: number, multiple: number): number {
  const wanted = (count * sampleMs * 1.1) / Math.max(lastedMs, 1e-3);
  const next = Math.min(count * 10, Math.max(count + multiple, wanted));
  return Math.ceil(next / multiple) * multiple;
}

interface Sampling {
  readonly timed: TimedCase;
  run(count: number): void | Promise<void>;
  readonly operationCount: number;
  readonly iterations: number;
}

/** CPU is read just outside of tinybench's own clock readings, in its hooks; the copy of what is sorted is made there too. */
async function sample({ timed, run, operationCount, iterations }: Sampling) {
  const samples: Sample[] = [];
  const clock = recordingClock();
  let cpuBeforeNs: number | null = null;
  const bench = new Bench({ ...plainOptions, iterations, now: clock.now });
  bench.add('operation', () => run(operationCount), {
    async: timed.isAsync,
    async beforeEach() {
      timed.prepare?.();
      const others = await otherProcessesCpuNs(timed);
      cpuBeforeNs = sum(others, ownCpuNs());
    },
    async afterEach() {
      const own = ownCpuNs();
      const wallNs = Math.round(clock.lastStretchMs() * 1e6) - operationCount * (timed.dueNs ?? 0);
      const cpuAfterNs = sum(await otherProcessesCpuNs(timed), own);
      const cpuNs = cpuBeforeNs === null || cpuAfterNs === null ? null : Math.max(0, cpuAfterNs - cpuBeforeNs);
      samples.push({ operationCount, wallNs, cpuNs });
    },
  });
  await bench.run();
  const [task] = bench.tasks;
  const result = task?.result;
  if (result?.state === 'errored') throw result.error;
  return { samples, resolutionMs: task?.detectedResolution };
}

const plainOptions = { time: 0, warmup: false, throws: true } as const;

/** tinybench's clock, which remembers its last two readings: the stretch that tinybench has just taken as a sample. */
function recordingClock() {
  let previousMs = 0;
  let lastMs = 0;
  return {
    now() {
      previousMs = lastMs;
      lastMs = performance.now();
      return lastMs;
    },
    lastStretchMs: () => lastMs - previousMs,
  };
}

async function otherProcessesCpuNs({ others }: TimedCase): Promise<number | null> {
  const ended = endedChildrenCpuNs();
  if (others === undefined) return ended;
  return sum(ended, await others.cpuNs());
}

function sum(a: number | null, b: number): number | null {
  return a === null ? null : a + b;
}

/**
 * Exported so that no optimizer may leave out what is written here.
 * @public
 */
export const sink = { value: 0 };

async function sampleEmptyLoop(operationCount: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (let index = 0; index <= emptyCount; index += 1) {
    const cpuBeforeNs = ownCpuNs();
    const beforeMs = performance.now();
    for (let operation = 0; operation < operationCount; operation += 1) sink.value = operation;
    const wallNs = Math.round((performance.now() - beforeMs) * 1e6);
    const cpuNs = Math.max(0, ownCpuNs() - cpuBeforeNs);
    // The first is compiled on the way.
    if (index > 0) samples.push({ operationCount, wallNs, cpuNs });
  }
  return samples;
}

function clockStepNs(): number {
  let minMs = Number.POSITIVE_INFINITY;
  for (let pair = 0; pair < 1_000; pair += 1) {
    const before = performance.now();
    const step = performance.now() - before;
    if (step > 0) minMs = Math.min(minMs, step);
  }
  return minMs * 1e6;
}
