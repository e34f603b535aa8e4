import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { k6Plan, k6Script } from '../../src/k6/export.ts';
import { type MergedLoad, mergeInstances, type PercentileRange, readSummary } from '../../src/k6/merge.ts';
import { boundFactor } from '../../src/k6/plan.ts';
import { findK6 } from '../../src/k6/program.ts';
import { checkoutProject } from '../../src/run/declarations.ts';
import { cacheDir } from '../../src/run/paths.ts';
import type { NullTarget } from './null-target.ts';

/** One k6 and three that share its load, against a target that answers after about 20 ms. */
export interface InstanceFigures {
  readonly okCount: number;
  readonly droppedCount: number;
  /** Upper bounds of the counters that they are in. */
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p99Ms: number | null;
}

const ratePerSec = 300;
const segments = { 1: ['0:1'], 3: ['0:1/3', '1/3:2/3', '2/3:1'] } as const;

export async function runInstances(
  target: NullTarget,
  instanceCount: 1 | 3,
  seconds: number,
  signal: AbortSignal,
): Promise<InstanceFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'paceline-instances-'));
  try {
    const [{ path }, workload] = await Promise.all([
      findK6({ env: process.env, cacheDir: cacheDir(process.env) }),
      checkoutProject.loadWorkload('echo', 'echo'),
    ]);
    const exported = { ...workload, contractVersion: 1 };
    const aim = { target: new URL(target.url).origin, expectedP99Ms: 50, workerCount: 1, databaseConnectionCount: 1 };
    const plan = k6Plan(exported, loadPlanOf(seconds), { ...aim, instanceCount: 3 });
    await writeFile(join(folder, 'script.js'), await k6Script(exported, plan));
    await target.reset('constant');
    const summaries = await Promise.all(
      segments[instanceCount].map(async (segment, index) => {
        const name = `summary-${index}.json`;
        const part = ['--execution-segment', segment, '--execution-segment-sequence', sequence(instanceCount)];
        const args = ['run', '--quiet', '--address', '', '-e', `SUMMARY=${name}`, ...part, 'script.js'];
        const env = { K6_NO_USAGE_REPORT: 'true' };
        await execa(path, args, { cwd: folder, env, cancelSignal: signal, reject: false });
        return readSummary(await readFile(join(folder, name), 'utf8'), name);
      }),
    );
    return figuresOf(mergeInstances(summaries));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function loadPlanOf(seconds: number) {
  return {
    ...{ arrivals: 'constant' as const, ratePerSec, steps: null, warmupCount: 0, warmupRatePerSec: ratePerSec },
    ...{ measureMs: 1_000 * seconds, drainMs: 1_000, timeoutMs: 1_000, maxInFlightCount: 256, connectionCount: 64 },
    seed: 1,
  };
}

function sequence(instanceCount: number): string {
  return ['0', ...Array.from({ length: instanceCount - 1 }, (_, index) => `${index + 1}/${instanceCount}`), '1'].join();
}

function figuresOf({ counts, droppedCount, response }: MergedLoad): InstanceFigures {
  const high = (range: PercentileRange | null) => range?.highMs ?? null;
  const { p50, p90, p99 } = response;
  return { okCount: counts.ok, droppedCount, p50Ms: high(p50), p90Ms: high(p90), p99Ms: high(p99) };
}

/** Whether each percentile is in the same counter or the next one; one that needs more requests is unknown in both. */
export function areWithinOneCounter(a: InstanceFigures, b: InstanceFigures): boolean {
  return (['p50Ms', 'p90Ms', 'p99Ms'] as const).every((name) => {
    const [one, other] = [a[name], b[name]];
    if (one === null || other === null) return one === other;
    return Math.max(one, other) / Math.min(one, other) < boundFactor * 1.01;
  });
}
