// npm run raft:simulate -- --seeds 10000 --steps 1000: many simulated clusters on worker threads; or one seed, step by step.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { createNode } from '../../../impls/_node/raft/core/node.ts';
import { effectText } from '../effect-text.ts';
import { type SimulatedStep, type SimulationResult, simulate } from './simulation.ts';
import type { WorkOrder } from './worker.ts';

const help = `usage: npm run raft:simulate -- [options]

  --seeds N     simulate the seeds FIRST … FIRST+N−1 (default 1000)
  --first N     (default 1)
  --steps N     steps under bad weather, before all heals (default 1000)
  --threads N   (default: one a core)
  --seed N      one seed only
  --trace N     print the last N steps of it

  npm run raft:simulate -- --seeds 10000 --steps 1000
  npm run raft:simulate -- --seed 272 --steps 417 --trace 20
`;

const options = {
  seeds: { type: 'string', default: '1000' },
  first: { type: 'string', default: '1' },
  steps: { type: 'string', default: '1000' },
  threads: { type: 'string', default: String(availableParallelism()) },
  seed: { type: 'string' },
  trace: { type: 'string', default: '0' },
  help: { type: 'boolean', default: false },
} as const;

/** Least values; the greatest is that of the generator's seeds. */
const minValues = { seeds: 1, first: 0, steps: 1, threads: 1, seed: 0, trace: 0 };
const maxValue = 2 ** 32 - 1;

const values = readArguments();
if (values.help) process.stdout.write(help);
else if (values.seed !== undefined) simulateOne(Number(values.seed));
else await simulateMany();

/** Ends with exit code 2 and one line where an option makes no sense: no seed simulated is no proof. */
function readArguments() {
  try {
    const parsed = parseArgs({ options }).values;
    for (const [name, least] of Object.entries(minValues) as [keyof typeof minValues, number][]) {
      requireWholeNumber(name, parsed[name], least);
    }
    return parsed;
  } catch (error) {
    process.stderr.write(`${(error as Error).message.split('\n')[0]} (--help tells the options)\n`);
    process.exit(2);
  }
}

function requireWholeNumber(name: string, text: string | undefined, least: number): void {
  if (text === undefined || (/^\d+$/.test(text) && Number(text) >= least && Number(text) <= maxValue)) return;
  throw new Error(`--${name} ${text} is not a whole number from ${least} to ${maxValue}`);
}

function simulateOne(seed: number): void {
  const steps: SimulatedStep[] = [];
  const traceCount = Number(values.trace);
  const onStep = (step: SimulatedStep): void => {
    steps.push(step);
    if (steps.length > traceCount) steps.shift();
  };
  const result = simulate({ seed, stepCount: Number(values.steps), createNode, onStep });
  for (const step of steps) process.stdout.write(`${stepText(step)}\n`);
  report([result], 0);
}

function stepText({ id, nowUs, input, effects }: SimulatedStep): string {
  const what = input.type === 'message' ? effectText({ type: 'send', message: input.message }) : JSON.stringify(input);
  const from = input.type === 'message' ? ` from ${input.message.from}:` : '';
  return `node ${id} at ${nowUs}:${from} ${what}\n    ${effects.map(effectText).join('\n    ')}`;
}

async function simulateMany(): Promise<void> {
  const startedMs = performance.now();
  const threadCount = Number(values.threads);
  const [first, count] = [Number(values.first), Number(values.seeds)];
  const orders = Array.from({ length: threadCount }, (_, thread): WorkOrder => {
    const [from, to] = [thread, thread + 1].map((part) => first + Math.floor((count * part) / threadCount));
    return { first: from ?? 0, end: to ?? 0, stepCount: Number(values.steps) };
  });
  const results = (await Promise.all(orders.map(work))).flat();
  report(results, (performance.now() - startedMs) / 1000);
}

function work(order: WorkOrder): Promise<SimulationResult[]> {
  const { promise, resolve, reject } = Promise.withResolvers<SimulationResult[]>();
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: order });
  worker.once('message', resolve);
  worker.once('error', reject);
  return promise;
}

function sumOf(results: readonly SimulationResult[], figure: (result: SimulationResult) => number): string {
  return results.reduce((sum, result) => sum + figure(result), 0).toLocaleString('en');
}

function report(results: readonly SimulationResult[], seconds: number): void {
  const failed = results.filter(({ violation }) => violation !== null);
  for (const { seed, stepCount, violation } of failed.slice(0, 10)) {
    process.stdout.write(`seed ${seed} step ${stepCount}: ${violation?.text}\n`);
    process.stdout.write(`  npm run raft:simulate -- --seed ${seed} --steps ${replaySteps(stepCount)} --trace 20\n`);
  }
  process.stdout.write(
    `${results.length.toLocaleString('en')} seeds, ${sumOf(results, ({ stepCount }) => stepCount)} steps, ` +
      `${sumOf(results, ({ electedCount }) => electedCount)} leaders, ${sumOf(results, ({ committedCount }) => committedCount)} entries committed, ` +
      `${failed.length} violations, ${seconds.toFixed(1)} s\n`,
  );
  if (failed.length > 0) process.exitCode = 1;
}

/** A violation under bad weather shows again with just as many steps; one after the healing needs the same bad weather before it. */
function replaySteps(stepCount: number): number {
  return Math.min(stepCount, Number(values.steps));
}
