import { writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { HarnessError } from '../../model/harness-error.ts';
import type { LoadPlan } from '../../model/scenario.ts';
import { pickFreePort } from '../../os/port.ts';
import { type Settling, settlingOf } from '../../stats/change-point.ts';
import { TrialFailure } from '../trial/observations.ts';
import { assertOurs } from '../trial/running-target.ts';
import { type StartedTarget, startInGroup } from '../trial/target-group.ts';
import { type BegunLoad, beginObservedLoad, groupProbe, startQuestionGenerator } from './observed-load.ts';
import { firstRightMs, type ObservedLoad, type SecondFigures, secondFigures } from './second-figures.ts';
import type { Subject } from './subject.ts';
import { loadPlanBase, subjectTrial, withDatabaseCopy } from './subject-load.ts';

/** What a start was like for those who asked from its first moment on. */
export interface ColdStart {
  readonly status: 'measured';
  /** From the first due time until the program was there: what the harness itself added. */
  readonly spawnDelayMs: number;
  /** Until the first 200 of the health route. */
  readonly readyMs: number;
  readonly firstRightMs: number | null;
  /** Due in the whole window and not answered rightly. */
  readonly lostCount: number;
  readonly steady: SteadyState | null;
  readonly seconds: readonly SecondFigures[];
}

export interface SteadyState {
  /** Seconds from the first due time, and the interval (95 %) of that; null: no change of the cost could be shown. */
  readonly afterSec: number;
  readonly interval: { readonly lowSec: number; readonly highSec: number } | null;
  readonly cpuPerRequestMs: number;
  /** CPU of the seconds before, beyond what their right answers cost later … */
  readonly extraCpuMs: number;
  /** … and how many requests that would pay for. */
  readonly extraRequestCount: number;
}

export interface FailedStart {
  readonly status: 'failed';
  readonly reason: string;
}

/** null: too few seconds with an answer and a reading to say. */
export function steadyStateOf(seconds: readonly SecondFigures[]): SteadyState | null {
  const known = seconds.flatMap(({ second, cpuPerRequestMs }) =>
    cpuPerRequestMs === null || cpuPerRequestMs === 0 ? [] : [{ second, cpuPerRequestMs }],
  );
  const settling = settlingOf(known.map(({ cpuPerRequestMs }) => cpuPerRequestMs));
  if (settling === null) return null;
  const secondAt = (index: number) => known[Math.min(known.length - 1, Math.round(index))]?.second ?? 0;
  const afterSec = secondAt(settling.index);
  return {
    afterSec,
    interval: intervalOf(settling, secondAt),
    cpuPerRequestMs: settling.level,
    ...firstPhaseCost(
      seconds.filter(({ second }) => second < afterSec),
      settling.level,
    ),
  };
}

function intervalOf({ interval }: Settling, secondAt: (index: number) => number): SteadyState['interval'] {
  return interval === null ? null : { lowSec: secondAt(interval.low), highSec: secondAt(interval.high) };
}

function firstPhaseCost(
  before: readonly SecondFigures[],
  steadyMs: number,
): Pick<SteadyState, 'extraCpuMs' | 'extraRequestCount'> {
  const cpuMs = before.reduce((sum, second) => sum + (second.cpuMs ?? 0), 0);
  const okCount = before.reduce((sum, second) => sum + second.okCount, 0);
  const extraCpuMs = Math.max(0, cpuMs - okCount * steadyMs);
  return { extraCpuMs, extraRequestCount: steadyMs === 0 ? 0 : extraCpuMs / steadyMs };
}

interface ColdStartRequest {
  readonly ratePerSec: number;
  readonly measureMs: number;
  /** About once a second. */
  onProgress(elapsedMs: number): void;
}

const host = '127.0.0.1';

/** Starts the program once while requests are due already. A program that does not get there is a failed start, no error. */
export async function coldStart(subject: Subject, request: ColdStartRequest): Promise<ColdStart | FailedStart> {
  const { ratePerSec, measureMs } = request;
  const loadPlan = { ...loadPlanBase, warmupCount: 0, warmupRatePerSec: 1, ratePerSec, measureMs };
  const spec = subjectTrial(subject, loadPlan);
  const { seed } = spec.loadPlan;
  try {
    return await withDatabaseCopy(subject, spec, (url) => startUnderLoad(subject, { ...loadPlan, seed }, url, request));
  } catch (error) {
    if (error instanceof TrialFailure) return { status: 'failed', reason: error.message };
    throw error;
  }
}

async function startUnderLoad(
  subject: Subject,
  loadPlan: LoadPlan,
  databaseUrl: string | null,
  { onProgress }: ColdStartRequest,
): Promise<ColdStart> {
  const { preparedImplementation, service, session } = subject;
  const port = preparedImplementation.located.implementation.fixedPort ?? (await pickFreePort(host));
  const generator = await startQuestionGenerator(subject, `http://${host}:${port}`, loadPlan, { onProgress });
  let begun: BegunLoad | null = null;
  let spawnedAtNs = 0;
  let running: StartedTarget | null = null;
  try {
    const { workerCount, databaseConnectionCount } = subjectTrial(subject, loadPlan);
    running = await startInGroup({
      preparedImplementation,
      environment: service.environment({
        ...{ workerCount, dbPoolTotal: databaseConnectionCount, seed: loadPlan.seed, cluster: null },
      }),
      ...{ databaseUrl, usesDataDir: service.isCluster, limit: null, session, port },
      async beforeStart(group) {
        begun = beginObservedLoad(generator, groupProbe(group), loadPlan.measureMs);
        await begun.opened;
      },
      onStarted() {
        spawnedAtNs = Number(process.hrtime.bigint());
      },
    });
    const observed = await untilEnd(begun, running);
    const { startedAtNs } = observed.result;
    return asColdStart(observed, (spawnedAtNs - startedAtNs) / 1e6, running.target.startupMs);
  } finally {
    await generator.stop();
    await running?.dispose();
  }
}

async function untilEnd(begun: BegunLoad | null, { target }: StartedTarget): Promise<ObservedLoad> {
  if (begun === null) throw new Error('a target was started without a load');
  const death = target.died.then(({ exitCode, signal }) => {
    throw new TrialFailure('target-died', `it ended by itself with ${signal ?? `exit code ${exitCode}`}`);
  });
  death.catch(() => {});
  return Promise.race([begun.ended, death]);
}

function asColdStart(observed: ObservedLoad, spawnDelayMs: number, readyMs: number): ColdStart {
  const { counts } = observed.result;
  const seconds = secondFigures(observed);
  return {
    ...{ status: 'measured', spawnDelayMs, readyMs, firstRightMs: firstRightMs(observed.result) },
    lostCount: counts.scheduledCount - counts.okCount,
    steady: steadyStateOf(seconds),
    seconds,
  };
}

/**
 * The kernel lets go of all file pages that no running program has mapped (proc_sys_vm(5), drop_caches), on the whole machine. Throws
 * HarnessError cannot-measure where this user may not ask for that.
 */
export async function emptyFileCache(): Promise<void> {
  // Only what is written can be let go.
  await execa('sync');
  try {
    await writeFile('/proc/sys/vm/drop_caches', '1');
  } catch (error) {
    throw new HarnessError(
      'cannot-measure',
      `the kernel does not empty its file cache for this user (${(error as NodeJS.ErrnoException).code})`,
      'run as root on a machine of your own, or leave out --empty-cache',
    );
  }
}

/** Streams are opened, and a set-up asked, before there is anybody to answer. Throws HarnessError usage. */
export function assertStartable({ workload, preparedImplementation }: Subject, question: string): void {
  assertOurs(preparedImplementation.located.implementation, `${question} starts it itself`);
  const { streams } = workload.open({ seed: 1, timeoutMs: 1_000, ratePerSec: 1, nowNs: () => 0 });
  if (streams.length === 0 && workload.setUp === undefined) return;
  const message = `${workload.id} asks something before its first request, which nobody answers before the start`;
  throw new HarnessError('usage', message, 'choose another with --workload, such as history');
}
