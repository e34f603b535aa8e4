import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { cacheDir } from '../../src/run/paths.ts';

export type TargetMode = 'null' | 'constant' | 'stall' | 'freeze' | `delay-${number}us`;

export interface Percentiles {
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** What the target saw of a load (null-target/recording.go). */
export interface TargetReport {
  readonly mode: TargetMode;
  readonly count: number;
  readonly answeredCount: number;
  readonly firstArrivalUnixMs: number | null;
  readonly spanMs: number | null;
  readonly arrivalGapCv: number | null;
  readonly buckets: {
    readonly evenCount: number;
    readonly maxCount: number;
    readonly overTwiceEvenRatio: number;
  } | null;
  readonly fromArrival: Percentiles | null;
  readonly fromDue: Percentiles | null;
}

export interface NullTarget {
  readonly pid: number;
  readonly url: string;
  reset(mode: TargetMode): Promise<void>;
  count(): Promise<number>;
  report(options: { skipMs: number; ratePerSec: number; dueCount: number }): Promise<TargetReport>;
  stop(): Promise<void>;
}

/** Builds and starts it. Throws where there is no Go. */
export async function startNullTarget(signal: AbortSignal): Promise<NullTarget> {
  const sources = join(import.meta.dirname, 'null-target');
  const path = join(cacheDir(process.env), 'peers', 'null-target');
  await execa('go', ['build', '-o', path, '.'], { cwd: sources, cancelSignal: signal });
  const child = spawn(path, [], { stdio: ['ignore', 'pipe', 'inherit'] });
  const { url, controlUrl } = await addressesOf(child);
  const ask = async (path: string, method = 'GET') => {
    const answer = await fetch(`${controlUrl}${path}`, { method, signal });
    if (!answer.ok) throw new Error(`the null target refused ${path}: ${await answer.text()}`);
    return answer;
  };
  return {
    pid: child.pid ?? 0,
    url: `${url}/`,
    reset: async (mode) => {
      await ask(`/reset?mode=${mode}`, 'POST');
    },
    count: async () => Number(await (await ask('/count')).text()),
    report: async ({ skipMs, ratePerSec, dueCount }) =>
      (await ask(`/report?skipMs=${skipMs}&rate=${ratePerSec}&due=${dueCount}`)).json() as Promise<TargetReport>,
    stop: async () => {
      const ended = once(child, 'close');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function addressesOf(child: ChildProcess): Promise<{ url: string; controlUrl: string }> {
  const { stdout } = child;
  if (stdout === null) throw new Error('the null target has no output');
  for await (const line of createInterface({ input: stdout })) {
    // What follows is its report at the end, which nobody needs; unread, it would block it.
    stdout.resume();
    return JSON.parse(line) as { url: string; controlUrl: string };
  }
  throw new Error('the null target ended before it listened');
}
