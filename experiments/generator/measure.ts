import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGroup, type ProcessGroup, readGroupCpu } from '../../src/probe/cgroup.ts';
import { type CgroupLayout, findCgroupLayout } from '../../src/probe/cgroup-layout.ts';
import type { NullTarget, TargetMode, TargetReport } from './null-target.ts';
import type { LoadOrder, ReportedLatency, Tool } from './tool.ts';

/** One run of one generator: what it says, what the target saw, what it cost. */
export interface Sample {
  readonly claim: ReportedLatency;
  readonly seen: TargetReport;
  readonly dueCount: number;
  /** While it drives, its start and end left out; null without control groups. */
  readonly cpuUsPerRequest: number | null;
  /** From its start to its end, over all requests. */
  readonly wholeCpuUsPerRequest: number | null;
  /** From the start of its process to the first request at the target. */
  readonly firstRequestMs: number | null;
  readonly stdout: Buffer;
}

/** Joins the group, then takes the priority that paceline's own generator takes: equal terms. */
const joinScript =
  'while [ "$1" != -- ]; do echo $$ > "$1" || exit 97; shift; done; shift; renice -n -10 -p $$ >/dev/null 2>&1; exec "$@"';

/** What the first part of a run is left out of evenness and cost: connections open, code gets warm. */
const settleMs = 1_000;
const pollMs = 20;
const startWithinMs = 15_000;
const endSlackMs = 30_000;

/** Drives the target once. Throws when the tool fails, with its last words. */
export async function measure(
  tool: Tool,
  mode: TargetMode,
  order: Omit<LoadOrder, 'url'>,
  target: NullTarget,
  signal: AbortSignal,
): Promise<Sample> {
  await target.reset(mode);
  const layout = findCgroupLayout();
  const group = layout === null ? null : createGroup(layout satisfies CgroupLayout);
  try {
    return await runIn(group, tool, order, target, signal);
  } finally {
    await group?.kill();
    await group?.remove();
  }
}

async function runIn(
  group: ProcessGroup | null,
  tool: Tool,
  order: Omit<LoadOrder, 'url'>,
  target: NullTarget,
  signal: AbortSignal,
): Promise<Sample> {
  const { argv, input } = tool.command({ ...order, url: target.url });
  const startedUnixMs = Date.now();
  const child = spawn('sh', ['-c', joinScript, 'sh', ...(group?.joinPaths ?? []), '--', ...argv], { signal });
  const output = collect(child.stdout);
  const complaint = collect(child.stderr);
  child.stdin.on('error', () => undefined).end(input);
  const ended = once(child, 'close');
  const steady = steadyStateCost(group, order.seconds, target, signal);
  // Where the tool itself fails, that is what is told.
  steady.catch(() => undefined);
  const timer = setTimeout(() => child.kill('SIGKILL'), order.seconds * 1000 + startWithinMs + endSlackMs);
  const [code] = (await ended) as [number | null];
  clearTimeout(timer);
  const cpuUsPerRequest = await steady;
  const stdout = Buffer.concat(output);
  // paceline's own exit code 3 says that the pace was not kept: that is what is measured here.
  if (code !== 0 && stdout.length === 0) {
    throw new Error(`${tool.id} ended with ${code}: ${Buffer.concat(complaint).toString().trim().slice(-400)}`);
  }
  const dueCount = Math.round(order.ratePerSec * order.seconds);
  const seen = await target.report({ skipMs: settleMs, ratePerSec: order.ratePerSec, dueCount });
  const wholeUs = groupCpuUs(group);
  return {
    claim: tool.readClaim(stdout),
    seen,
    dueCount,
    cpuUsPerRequest,
    wholeCpuUsPerRequest: wholeUs === null ? null : wholeUs / Math.max(1, seen.count),
    firstRequestMs: seen.firstArrivalUnixMs === null ? null : seen.firstArrivalUnixMs - startedUnixMs,
    stdout,
  };
}

/** CPU over requests between two looks a whole number of seconds apart, once the load runs. */
async function steadyStateCost(
  group: ProcessGroup | null,
  seconds: number,
  target: NullTarget,
  signal: AbortSignal,
): Promise<number | null> {
  if (!(await hasBegun(target, signal))) return null;
  await sleep(settleMs, undefined, { signal });
  const before = await look(group, target);
  await sleep(Math.max(1, Math.floor(seconds - 1.5)) * 1000, undefined, { signal });
  const after = await look(group, target);
  if (before.cpuUs === null || after.cpuUs === null || after.count === before.count) return null;
  return (after.cpuUs - before.cpuUs) / (after.count - before.count);
}

async function hasBegun(target: NullTarget, signal: AbortSignal): Promise<boolean> {
  const deadlineMs = performance.now() + startWithinMs;
  while (performance.now() < deadlineMs) {
    if ((await target.count()) > 0) return true;
    await sleep(pollMs, undefined, { signal });
  }
  return false;
}

async function look(group: ProcessGroup | null, target: NullTarget): Promise<{ cpuUs: number | null; count: number }> {
  const count = await target.count();
  return { cpuUs: groupCpuUs(group), count };
}

function groupCpuUs(group: ProcessGroup | null): number | null {
  if (group === null) return null;
  const { userMs, systemMs } = readGroupCpu(group);
  return 1000 * (userMs + systemMs);
}

function collect(stream: NodeJS.ReadableStream): Buffer[] {
  const pieces: Buffer[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  return pieces;
}
