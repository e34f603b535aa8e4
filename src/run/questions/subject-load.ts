import type { LoadPlan, Scenario } from '../../model/scenario.ts';
import type { TrialSpec } from '../../model/trial.ts';
import { type ClosedLoopResult, closedLoop } from '../closed-loop.ts';
import { defaultSeed } from '../declarations.ts';
import { plan } from '../plan.ts';
import { createTrialEnvironment } from '../trial/create-environment.ts';
import type { RunningTarget, TrialEnvironment } from '../trial/observations.ts';
import type { Subject } from './subject.ts';

const workerCount = 2;
const dbPoolTotal = 8;
export const closedLoopBase = { connectionCount: 50, seed: defaultSeed } as const;
export const loadPlanBase = {
  arrivals: 'constant',
  steps: null,
  drainMs: 2_000,
  timeoutMs: 5_000,
  maxInFlightCount: 2_000,
  connectionCount: 64,
} as const satisfies Omit<LoadPlan, 'ratePerSec' | 'measureMs' | 'seed' | keyof Warmup>;

type Warmup = Pick<LoadPlan, 'warmupCount' | 'warmupRatePerSec'>;
const maxWarmup = { count: 1_000, ratePerSec: 200, lengthSec: 10 } as const;

/**
 * Well below what a closed loop reaches: a warm-up that asks for more than the target can do would leave it with a queue, and
 * every step would fail.
 */
export function warmupBelow(closedLoopPerSec: number): Warmup {
  const warmupRatePerSec = Math.min(maxWarmup.ratePerSec, Math.max(1, closedLoopPerSec / 2));
  const warmupCount = Math.min(maxWarmup.count, Math.ceil(warmupRatePerSec * maxWarmup.lengthSec));
  return { warmupCount, warmupRatePerSec };
}

/** One trial of a subject as a plan would have it. `limit`: of the group that the target is put into; null: none. */
export function subjectTrial(
  { preparedImplementation, service, workload }: Subject,
  { ratePerSec, ...loadPlan }: Omit<LoadPlan, 'seed'>,
  limit: TrialSpec['resourceLimit'] = null,
): TrialSpec {
  const scenario: Scenario = {
    id: 'question',
    description: 'one rate',
    entries: [
      {
        ...{ service: service.id, workload: workload.id, ratesPerSec: [ratePerSec] },
        ...{ temperature: 'warm', trialCount: 1, cluster: null, loadPlan },
      },
    ],
    primitives: null,
    includesOptional: false,
    ...{ idleMs: 200, workerCount, databaseConnectionCount: dbPoolTotal, seed: defaultSeed },
  };
  const [spec] = plan({
    scenario,
    implementations: [preparedImplementation.located.implementation],
    services: new Map([[service.id, service]]),
    workloads: new Map([[`${service.id}/${workload.id}`, workload]]),
    limit,
  });
  if (spec === undefined) throw new Error('a question without a trial');
  return spec;
}

/** The one load that is no trial: a fresh process on a fresh database, as fast as it answers. */
export async function closedLoopOf(
  subject: Subject,
  spec: TrialSpec,
  durationMs: number,
  signal: AbortSignal,
): Promise<ClosedLoopResult> {
  return withFreshTarget(subject, spec, ({ url }) =>
    closedLoop({ ...closedLoopBase, origin: url, workload: subject.workload, durationMs, signal }),
  );
}

/** A fresh copy of the subject's database as long as it is used; its URL, null where the service has none. */
export async function withDatabaseCopy<T>(
  subject: Subject,
  spec: TrialSpec,
  use: (databaseUrl: string | null, environment: TrialEnvironment) => Promise<T>,
  hears: TargetLogListener = {},
): Promise<T> {
  const environment = createTrialEnvironment({ ...subject, ...hears, spec, observer: { onPhase() {} } });
  const database = await environment.copyDatabase();
  try {
    return await use(database?.url ?? null, environment);
  } finally {
    await database?.drop();
  }
}

interface TargetLogListener {
  onTargetLog?(chunk: Buffer): void;
}

/** A fresh program on a fresh database as long as it is used. */
export function withFreshTarget<T>(
  subject: Subject,
  spec: TrialSpec,
  use: (target: RunningTarget) => Promise<T>,
  hears: TargetLogListener = {},
): Promise<T> {
  const start = async (databaseUrl: string | null, environment: TrialEnvironment) => {
    const target = await environment.startTarget(databaseUrl);
    try {
      return await use(target);
    } finally {
      await target.dispose();
    }
  };
  return withDatabaseCopy(subject, spec, start, hears);
}
