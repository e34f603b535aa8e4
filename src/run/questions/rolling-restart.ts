import type { LoadPlan } from '../../model/scenario.ts';
import { pause } from '../../os/child-process.ts';
import { pickFreePort } from '../../os/port.ts';
import { percentileMs } from '../../stats/histogram.ts';
import type { PreparedImplementation } from '../prepared-implementation.ts';
import { TrialFailure } from '../trial/observations.ts';
import { startInGroup, type TargetGroup } from '../trial/target-group.ts';
import { beginObservedLoad, startQuestionGenerator } from './observed-load.ts';
import { startProxy } from './proxy.ts';
import { countWithin, histogramIn, type ObservedLoad, pool } from './second-figures.ts';
import type { Subject } from './subject.ts';
import { loadPlanBase, subjectTrial, warmupBelow, withDatabaseCopy } from './subject-load.ts';

/** Whole seconds: before the first replacement, and from the beginning of each to the next. */
export interface RestartPlan {
  readonly ratePerSec: number;
  readonly baseSec: number;
  readonly everySec: number;
}

/** One instance, asked to end by SIGTERM and started again on its port. */
export interface Replacement {
  readonly drainMs: number;
  /** It had to be killed, or left processes behind. */
  readonly forced: boolean;
  readonly exitCode: number | null;
  /** From SIGTERM until the next one was ready. */
  readonly downMs: number;
}

export interface RollingRestart {
  readonly status: 'measured';
  readonly scheduledCount: number;
  /** Due at any time and not answered rightly. */
  readonly lostCount: number;
  /** Answered rightly, due after the first SIGTERM, and later than the limit. */
  readonly lateCount: number;
  /** Twice the p95 of the seconds before. */
  readonly limitMs: number;
  /** By the proxy, elsewhere or later. */
  readonly retriedCount: number;
  /** The longest stretch of due times without a right answer in it, to the gap between two requests. */
  readonly gapMs: number;
  readonly responseMaxMs: number | null;
  readonly reasons: readonly string[];
  readonly replacements: readonly Replacement[];
}

export interface FailedRestart {
  readonly status: 'failed';
  readonly reason: string;
}

const host = '127.0.0.1';
const instanceCount = 2;
const limitFactor = 2;

interface RestartRequest {
  readonly plan: RestartPlan;
  readonly proxy: PreparedImplementation;
  /** About once a second. */
  onProgress(elapsedMs: number): void;
}

export function restartMs({ baseSec, everySec }: RestartPlan): number {
  return 1000 * (baseSec + instanceCount * everySec);
}

/** Two instances on one database behind a proxy, replaced one after the other under load. */
export async function rollingRestart(
  subject: Subject,
  request: RestartRequest,
): Promise<RollingRestart | FailedRestart> {
  const { ratePerSec } = request.plan;
  const measureMs = restartMs(request.plan);
  const spec = subjectTrial(subject, { ...loadPlanBase, ...warmupBelow(2 * ratePerSec), ratePerSec, measureMs });
  const replaceAll = async (databaseUrl: string | null) => {
    const disposers: (() => Promise<void>)[] = [];
    try {
      return await replaceUnderLoad(subject, spec.loadPlan, databaseUrl, request, disposers);
    } finally {
      for (const dispose of disposers.reverse()) await dispose();
    }
  };
  try {
    return await withDatabaseCopy(subject, spec, replaceAll);
  } catch (error) {
    if (error instanceof TrialFailure) return { status: 'failed', reason: error.message };
    throw error;
  }
}

async function replaceUnderLoad(
  subject: Subject,
  loadPlan: LoadPlan,
  databaseUrl: string | null,
  { plan, proxy, onProgress }: RestartRequest,
  disposers: (() => Promise<void>)[],
): Promise<RollingRestart> {
  const { session } = subject;
  const ports = await freePorts(instanceCount + 1);
  const [proxyPort = 0, ...instancePorts] = ports;
  const running: (TargetGroup | null)[] = [];
  disposers.push(async () => {
    for (const instance of running) await instance?.dispose();
  });
  const start = (port: number) => startInstance(subject, loadPlan, databaseUrl, port);
  for (const port of instancePorts) running.push(await start(port));
  const front = await startProxy({ proxy, session, port: proxyPort, upstreamPorts: instancePorts, host });
  disposers.push(front.dispose);
  const generator = await startQuestionGenerator(subject, front.url, loadPlan, { onProgress });
  disposers.push(generator.stop);
  await generator.warmUp(loadPlan.warmupCount, loadPlan.warmupRatePerSec);
  const { probe } = front.running;
  if (probe === null) throw new Error('a proxy of ours without a probe');
  const retriedBefore = front.retriedCount();
  const begun = beginObservedLoad(generator, probe, loadPlan.measureMs);
  await begun.opened;
  const openedMs = performance.now();
  const replacements: Replacement[] = [];
  for (const [index, port] of instancePorts.entries()) {
    const dueMs = 1000 * (plan.baseSec + index * plan.everySec) - (performance.now() - openedMs);
    await pause(Math.max(0, dueMs), session.signal);
    replacements.push(await replace(running, index, () => start(port)));
  }
  const observed = await begun.ended;
  return restartOf(observed, plan, front.retriedCount() - retriedBefore, replacements);
}

/** Different ones: a port that was picked and is not used yet may be picked again. */
async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await pickFreePort(host));
  return [...ports];
}

function startInstance(
  subject: Subject,
  loadPlan: LoadPlan,
  databaseUrl: string | null,
  port: number,
): Promise<TargetGroup> {
  const { preparedImplementation, service, session } = subject;
  const { workerCount, databaseConnectionCount } = subjectTrial(subject, loadPlan);
  const environment = service.environment({
    ...{ workerCount, dbPoolTotal: databaseConnectionCount, seed: loadPlan.seed, cluster: null },
  });
  return startInGroup({
    ...{ preparedImplementation, environment, databaseUrl, usesDataDir: service.isCluster, limit: null, session, port },
  });
}

async function replace(
  running: (TargetGroup | null)[],
  index: number,
  start: () => Promise<TargetGroup>,
): Promise<Replacement> {
  const old = running[index];
  if (old == null) throw new Error('no such instance');
  const startedMs = performance.now();
  const { stopMs, forced, exitCode } = await old.target.stop();
  running[index] = null;
  await old.dispose();
  running[index] = await start();
  return { drainMs: stopMs, forced, exitCode, downMs: performance.now() - startedMs };
}

/** Pure: from the seconds of the load. */
export function restartOf(
  { result, secondHistograms }: ObservedLoad,
  { baseSec }: RestartPlan,
  retriedCount: number,
  replacements: readonly Replacement[],
): RollingRestart {
  const { counts, seconds, outages, errors } = result;
  const base = pool(Array.from({ length: baseSec }, (_, second) => histogramIn(secondHistograms, second)));
  const limitMs = Math.min(limitFactor * (percentileMs(base, 95) ?? 0), loadPlanBase.timeoutMs - 1);
  const after = seconds.filter(({ second }) => second >= baseSec);
  const inTimeCount = (second: number) => countWithin(histogramIn(secondHistograms, second), limitMs);
  const lateCount = after.reduce((sum, { second, okCount }) => sum + okCount - inTimeCount(second), 0);
  return {
    ...{ status: 'measured', scheduledCount: counts.scheduledCount },
    ...{ lostCount: counts.scheduledCount - counts.okCount, lateCount, limitMs, retriedCount },
    gapMs: Math.max(0, ...outages.map(({ durationMs }) => durationMs)),
    responseMaxMs: result.responseTime.maxMs,
    reasons: errors.map(({ reason, count }) => `${count} × ${reason}`),
    replacements,
  };
}
