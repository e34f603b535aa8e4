/*
 * Whether the generator's CPU can be a yardstick between targets that answer at different speeds: a target (Go) of constant work that holds
 * each answer back for 0.5, 1, 2 or 4 ms, driven by turns for a second each; fresh processes in each round. Prints what each delay does to
 * the generator's CPU per request, to the target's, and to the target's by the generator's to the power of `--slope`.
 * `npm run yardstick -- [--rate 400] [--rounds 6] [--slices 8] [--slope 1]`
 */
import { writeFileSync } from 'node:fs';
import { startGenerator } from '../../src/load/generator.ts';
import { HarnessError } from '../../src/model/harness-error.ts';
import type { LoadPlan } from '../../src/model/scenario.ts';
import { abortOnSignals } from '../../src/os/interruption.ts';
import { type ProcessGroup, readGroupCpu } from '../../src/probe/cgroup.ts';
import { loadWorkload } from '../../src/run/declarations.ts';
import { type Session, withSession } from '../../src/run/session/session.ts';
import { trackProcessGroup } from '../../src/run/session/tracked-resources.ts';
import { createRandom } from '../../src/stats/random.ts';
import { startNullTarget } from '../generator/null-target.ts';
import { readArguments, reported } from './arguments.ts';
import { drawRotations } from './rotation.ts';
import { meanEstimate } from './spread.ts';

const delaysUs = [500, 1_000, 2_000, 4_000] as const;
const warmupCount = 4_000;

interface Costs {
  readonly generatorMs: number;
  readonly targetMs: number;
}

await reported(async () => {
  const { numbers } = readArguments({ rate: 400, rounds: 6, slices: 8, slope: 1 }, 'yardstick');
  const signal = abortOnSignals();
  const rounds: Costs[][] = [];
  await withSession({ signal, env: process.env, probe: null, onStep: () => {} }, async (session) => {
    while (rounds.length < numbers.rounds) rounds.push(await measureRound(session, numbers));
  });
  print(rounds, numbers.slope);
});

/** The costs at each delay, per request of the round. */
async function measureRound(session: Session, numbers: { readonly rate: number; readonly slices: number }) {
  const { rate, slices } = numbers;
  const { signal, cleanupRegistry, transport } = session;
  const disposers: (() => Promise<unknown>)[] = [];
  try {
    const [targetGroup, generatorGroup] = [await openGroup(session, disposers), await openGroup(session, disposers)];
    const target = await startNullTarget(signal);
    disposers.push(() => target.stop());
    for (const path of targetGroup.joinPaths) writeFileSync(path, String(target.pid));
    const { module } = await loadWorkload('echo', 'echo');
    const generator = await startGenerator({
      ...{
        workloadPath: module.path,
        targetUrl: target.url,
        loadPlan: loadPlan(rate),
        niceness: -10,
        transport,
        signal,
      },
      joinPaths: generatorGroup.joinPaths,
      onProgress: () => {},
    });
    const release = trackProcessGroup(cleanupRegistry, generator.pid);
    disposers.push(async () => {
      await generator.stop();
      release();
    });
    await generator.warmUp(warmupCount, 2 * rate);
    const totals = delaysUs.map(() => ({ generatorMs: 0, targetMs: 0, sentCount: 0 }));
    for (const place of drawRotations(delaysUs.length, slices, createRandom(Date.now())).flat()) {
      await target.reset(`delay-${delaysUs[place] ?? 0}us`);
      const before = { generatorMs: cpuMsOf(generatorGroup), targetMs: cpuMsOf(targetGroup) };
      const { sentCount } = await generator.warmUp(rate, rate);
      const total = totals[place];
      if (total === undefined) continue;
      total.generatorMs += cpuMsOf(generatorGroup) - before.generatorMs;
      total.targetMs += cpuMsOf(targetGroup) - before.targetMs;
      total.sentCount += sentCount;
    }
    return totals.map(({ generatorMs, targetMs, sentCount }) => ({
      generatorMs: generatorMs / sentCount,
      targetMs: targetMs / sentCount,
    }));
  } finally {
    for (const dispose of disposers.reverse()) await dispose();
  }
}

async function openGroup(session: Session, disposers: (() => Promise<unknown>)[]): Promise<ProcessGroup> {
  const { group, dispose } = await session.openGroup();
  disposers.push(dispose);
  if (group !== null) return group;
  throw new HarnessError('cannot-measure', 'this needs control groups', 'run as root or in a delegated session');
}

function cpuMsOf(group: ProcessGroup): number {
  const { userMs, systemMs } = readGroupCpu(group);
  return userMs + systemMs;
}

function loadPlan(ratePerSec: number): LoadPlan {
  return {
    ...{ arrivals: 'constant', ratePerSec, steps: null, warmupCount, warmupRatePerSec: 2 * ratePerSec, seed: 1 },
    ...{ measureMs: 1_000, drainMs: 1_000, timeoutMs: 5_000, maxInFlightCount: 256, connectionCount: 32 },
  };
}

function print(rounds: readonly (readonly Costs[])[], slope: number): void {
  process.stdout.write(
    `${rounds.length} rounds of fresh processes; each figure by the mean of its round, 95 % over rounds\n\n`,
  );
  process.stdout.write(
    '| delay | generator µs | generator | target | target by generator |\n| --- | ---: | ---: | ---: | ---: |\n',
  );
  for (const [place, delayUs] of delaysUs.entries()) {
    const ratio = (figure: (costs: Costs) => number) =>
      estimateText(
        rounds.map((round) => {
          const logs = round.map((costs) => Math.log(figure(costs)));
          return (logs[place] ?? 0) - logs.reduce((sum, log) => sum + log, 0) / logs.length;
        }),
      );
    const microseconds = rounds.map((round) => 1000 * (round[place]?.generatorMs ?? 0));
    const cells = [
      `${delayUs / 1000} ms`,
      (microseconds.reduce((sum, value) => sum + value, 0) / microseconds.length).toFixed(0),
      ratio(({ generatorMs }) => generatorMs),
      ratio(({ targetMs }) => targetMs),
      ratio(({ generatorMs, targetMs }) => targetMs / generatorMs ** slope),
    ];
    process.stdout.write(`| ${cells.join(' | ')} |\n`);
  }
  process.stdout.write(
    '\nThe last column within ± 2 %: the yardstick may be used between implementations; else it may not.\n',
  );
}

function estimateText(logs: readonly number[]): string {
  const percent = (log: number) => `${log < 0 ? '−' : '+'}${Math.abs(100 * Math.expm1(log)).toFixed(1)} %`;
  const estimate = meanEstimate(logs);
  if (estimate === null) return percent(logs[0] ?? 0);
  const { value, interval } = estimate;
  return `${percent(value)} [${percent(interval.low)}, ${percent(interval.high)}]`;
}
