import { readFile, writeFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { HarnessError } from '../model/harness-error.ts';
import type { MeasuredLoad } from '../model/load-result.ts';
import type { LoadPlan } from '../model/scenario.ts';
import type { Acknowledged } from '../model/workload.ts';
import { pause } from '../os/child-process.ts';
import { type ExportedWorkload, k6Script, planOf } from './export.ts';
import { measuredLoadOf } from './measured-load.ts';
import { type MergedLoad, mergeInstances, readSummary } from './merge.ts';
import type { K6Plan } from './plan.ts';
import { type K6Process, startK6 } from './process.ts';
import type { K6Program } from './program.ts';

export interface K6GeneratorOptions {
  readonly program: K6Program;
  readonly workload: ExportedWorkload;
  readonly targetUrl: string;
  readonly loadPlan: LoadPlan;
  readonly workerCount: number;
  readonly databaseConnectionCount: number;
  /** An empty folder for scripts and summaries. */
  readonly folder: string;
  readonly joinPaths: readonly string[];
  readonly niceness: number;
  readonly signal: AbortSignal;
}

/** k6 in the place of paceline's own generator: a process for the warm-up, and one for the window. */
export interface K6Generator {
  /** Of the process that sends the window's requests: it is there from the start, and waits. */
  readonly pid: number;
  warmUp(count: number, ratePerSec: number): Promise<{ readonly sentCount: number }>;
  measure(startAtNs: number, onWindowEnd: () => void): Promise<MeasuredLoad>;
  stop(): Promise<void>;
}

/** Throws HarnessError usage for what k6 cannot send, and cannot-measure where it does not start. */
export async function startK6Generator(options: K6GeneratorOptions): Promise<K6Generator> {
  const { loadPlan, program, signal } = options;
  const running = new Set<K6Process>();
  const plan = planOfWindow(options);
  const window = await startWith(options, plan, 'window', running);
  const niceness = nicenessOf(window.pid);
  let warmUpCount = 0;
  let acknowledged: Acknowledged = { createdCount: 0, deletedCount: 0, uncertainCount: 0 };

  /** Its summary, when it has ended. */
  async function finished(one: K6Process, name: string): Promise<MergedLoad> {
    await one.ended;
    running.delete(one);
    const path = join(options.folder, `${name}.json`);
    const load = mergeInstances([readSummary(await readFile(path, 'utf8'), path)]);
    acknowledged = sumOf(acknowledged, load.acknowledged);
    return load;
  }

  return {
    pid: window.pid,
    async warmUp(count, ratePerSec) {
      const block = { ratePerSec, measureMs: (1_000 * count) / ratePerSec, firstIteration: warmUpCount };
      warmUpCount += count;
      const name = `warm-up-${warmUpCount}`;
      const one = await startWith(options, { ...plan, ...block }, name, running);
      await one.begin();
      const { sentCount } = measuredLoadOf(await finished(one, name), {
        version: null,
        niceness: null,
        startedAtNs: 0,
      }).counts;
      return { sentCount };
    },
    async measure(startAtNs, onWindowEnd) {
      await pause(Math.max(0, msUntil(startAtNs)), signal);
      const startedAtNs = await window.begin();
      const closing = pause(Math.max(0, msUntil(startedAtNs + loadPlan.measureMs * 1e6)), signal);
      // Who dies in the window ends it.
      await Promise.race([closing, window.ended]);
      onWindowEnd();
      const load = await finished(window, 'window');
      return measuredLoadOf({ ...load, acknowledged }, { version: program.version, niceness, startedAtNs });
    },
    async stop() {
      await Promise.all([...running].map((one) => one.stop()));
    },
  };
}

/** As many virtual users as the plan has connections: the target sees as many from either engine. */
function planOfWindow({
  workload,
  loadPlan,
  targetUrl,
  workerCount,
  databaseConnectionCount,
}: K6GeneratorOptions): K6Plan {
  const window = { ...loadPlan, warmupCount: 0 };
  return {
    ...planOf(workload, window, { target: targetUrl, workerCount, databaseConnectionCount }),
    virtualUserCount: loadPlan.connectionCount,
    firstIteration: loadPlan.warmupCount * 2,
  };
}

async function startWith(
  { program, workload, folder, joinPaths, niceness, signal }: K6GeneratorOptions,
  plan: K6Plan,
  name: string,
  running: Set<K6Process>,
): Promise<K6Process> {
  const scriptName = `${name}.js`;
  await writeFile(join(folder, scriptName), await k6Script(workload, plan, scriptName)).catch(
    (error: NodeJS.ErrnoException) => {
      throw new HarnessError(
        'cannot-measure',
        `cannot write a script for k6 (${error.code})`,
        'make room in the folder for temporary files',
      );
    },
  );
  const names = { scriptName, summaryName: `${name}.json` };
  const one = await startK6({ program, folder, ...names, joinPaths, niceness, signal });
  running.add(one);
  return one;
}

function sumOf(a: Acknowledged, b: Acknowledged): Acknowledged {
  return {
    createdCount: a.createdCount + b.createdCount,
    deletedCount: a.deletedCount + b.deletedCount,
    uncertainCount: a.uncertainCount + b.uncertainCount,
  };
}

function msUntil(timeNs: number): number {
  return (timeNs - Number(process.hrtime.bigint())) / 1e6;
}

/** What it got; null: it is gone. */
function nicenessOf(pid: number): number | null {
  try {
    return getPriority(pid);
  } catch {
    return null;
  }
}
