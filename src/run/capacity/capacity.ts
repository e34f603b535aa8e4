import { startDriver } from '../../load/driver.ts';
import { createWorkload, type RequestSpec, requestWorkloadPath } from '../../load/request-workload.ts';
import { HarnessError } from '../../model/harness-error.ts';
import type { LoadPlan, Scenario } from '../../model/scenario.ts';
import type { Service } from '../../model/service.ts';
import type { TrialSpec } from '../../model/trial.ts';
import type { Workload } from '../../model/workload.ts';
import { scanImplementations } from '../../target/manifest.ts';
import { checkToolchain } from '../../target/toolchain.ts';
import { type ClosedLoopResult, closedLoop } from '../closed-loop.ts';
import { conformToVectors } from '../conform/conform.ts';
import { loadService, loadWorkload, unknownName, workloadIds } from '../declarations.ts';
import { implsDir } from '../paths.ts';
import { plan } from '../plan.ts';
import { nothingMeasured, type PreparedImplementation, prepare } from '../prepare.ts';
import { openSession, type Session, trackProcessGroup } from '../session/session.ts';
import { createTrialEnvironment } from '../trial/create-environment.ts';
import { runTrial } from '../trial/trial.ts';
import { type Objective, stepDurationMs, stepOfLoad, stepOfTrial } from './objective.ts';
import type { RateStep } from './search.ts';

/** Something whose capacity can be looked for. */
export interface CapacityTarget {
  /** autocannon's figure: the upper bracket. */
  measureClosedLoop(): Promise<ClosedLoopResult>;
  tryRate(ratePerSec: number): Promise<RateStep>;
  close(): Promise<void>;
}

export interface CapacityContext {
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  readonly objective: Objective;
  /** Of one probe, at least. */
  readonly measureMs: number;
  onStep(text: string): void;
}

const seed = 20_260_101;
const workerCount = 2;
const dbPoolTotal = 8;
const closedLoopConnections = 50;
const loadPlanBase = {
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
 * every probe would fail.
 */
export function warmupBelow(closedLoopPerSec: number): Warmup {
  const warmupRatePerSec = Math.min(maxWarmup.ratePerSec, Math.max(1, closedLoopPerSec / 2));
  const warmupCount = Math.min(maxWarmup.count, Math.ceil(warmupRatePerSec * maxWarmup.lengthSec));
  return { warmupCount, warmupRatePerSec };
}

export interface ImplementationRequest {
  readonly id: string;
  readonly implementationDirs: readonly string[];
  /** null: the first that its service declares, `history` where there is one. */
  readonly workload: string | null;
}

/** Each probe is a whole trial: a fresh process on a fresh database, warmed up, checked, judged. */
export async function openImplementation(
  request: ImplementationRequest,
  context: CapacityContext,
): Promise<CapacityTarget> {
  const located = await scanImplementations([implsDir, ...request.implementationDirs]);
  const ids = located.map(({ implementation }) => implementation.id);
  const chosen = located.find(({ implementation }) => implementation.id === request.id);
  if (chosen === undefined) throw unknownName('implementation', request.id, ids);
  const { service: serviceId } = chosen.implementation;
  const service = await loadService(serviceId);
  const workload = await loadWorkload(serviceId, request.workload ?? (await defaultWorkload(serviceId)));
  if (workload.fixedRatePerSec !== null) {
    const message = `${workload.id} is defined at ${workload.fixedRatePerSec}/s: it has no capacity to look for`;
    throw new HarnessError('usage', message, 'choose another with --workload');
  }
  const session = await openSession({ signal: context.signal, env: context.env, probe: null, onStep: context.onStep });
  try {
    const available = await checkToolchain(chosen.implementation);
    if (available.status === 'available') await session.openTemplate(service, seed);
    const { preparation, preparedImplementation } = await prepare(chosen, available, {
      rootDir: null,
      cacheDir: session.cacheDir,
      signal: session.signal,
      onStep: context.onStep,
      trackProcessGroup: (pid) => trackProcessGroup(session.cleanupRegistry, pid),
      conform: (one) => conformToVectors({ preparedImplementation: one, service, seed, session }),
    });
    if (preparedImplementation === null) throw nothingMeasured([preparation]);
    return implementationTarget({ preparedImplementation, service, workload, session }, context);
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function defaultWorkload(serviceId: string): Promise<string> {
  const known = await workloadIds(serviceId);
  return ['history', 'put'].find((id) => known.includes(id)) ?? known[0] ?? 'none';
}

interface CapacityParts {
  readonly preparedImplementation: PreparedImplementation;
  readonly service: Service;
  readonly workload: Workload;
  readonly session: Session;
}

function implementationTarget(parts: CapacityParts, { objective, measureMs, signal }: CapacityContext): CapacityTarget {
  const { service, preparedImplementation, session, workload } = parts;
  const worldOf = (spec: TrialSpec) =>
    createTrialEnvironment({ spec, service, preparedImplementation, session, onPhase: () => {} });
  let reachedPerSec = Number.POSITIVE_INFINITY;
  const saturate = async () => {
    const world = worldOf(specAt(parts, 1, measureMs, warmupBelow(reachedPerSec)));
    const database = await world.copyDatabase();
    try {
      const target = await world.startTarget(database?.url ?? null);
      try {
        const reached = await closedLoop({
          ...{ origin: target.url, workload, seed, signal },
          ...{ connectionCount: closedLoopConnections, durationMs: measureMs },
        });
        reachedPerSec = reached.answeredPerSec;
        return reached;
      } finally {
        await target.dispose();
      }
    } finally {
      await database?.drop();
    }
  };
  const probe = async (ratePerSec: number) => {
    const lengthMs = stepDurationMs(objective, ratePerSec, measureMs);
    const spec = specAt(parts, ratePerSec, lengthMs, warmupBelow(reachedPerSec));
    return stepOfTrial(await runTrial(spec, service.database?.invariants ?? [], worldOf(spec)), objective);
  };
  return { measureClosedLoop: saturate, tryRate: probe, close: () => session.close() };
}

function specAt(
  { preparedImplementation, service, workload }: CapacityParts,
  ratePerSec: number,
  measureMs: number,
  warmup: Warmup,
): TrialSpec {
  const scenario: Scenario = {
    id: 'capacity',
    description: 'one probe',
    entries: [
      {
        ...{ service: service.id, workload: workload.id, ratesPerSec: [ratePerSec] },
        ...{ temperature: 'warm', trialCount: 1, cluster: null, loadPlan: { ...loadPlanBase, ...warmup, measureMs } },
      },
    ],
    primitives: null,
    ...{ idleMs: 200, workerCount, databaseConnectionCount: dbPoolTotal, seed },
  };
  const [spec] = plan({
    scenario,
    implementations: [preparedImplementation.located.implementation],
    services: new Map([[service.id, service]]),
    workloads: new Map([[`${service.id}/${workload.id}`, workload]]),
    limit: null,
  });
  if (spec === undefined) throw new Error('a probe without a trial');
  return spec;
}

/** A service that is there already: each probe is a load of its own, on fresh connections. */
export function openUrl(origin: string, request: RequestSpec, context: CapacityContext): CapacityTarget {
  const { objective, measureMs, signal } = context;
  let reachedPerSec = Number.POSITIVE_INFINITY;
  const saturate = async () => {
    const reached = await closedLoop({
      ...{ origin, workload: createWorkload(request), seed, signal },
      ...{ connectionCount: closedLoopConnections, durationMs: measureMs },
    });
    reachedPerSec = reached.answeredPerSec;
    return reached;
  };
  const probe = async (ratePerSec: number) => {
    const lengthMs = stepDurationMs(objective, ratePerSec, measureMs);
    const profile: LoadPlan = {
      ...loadPlanBase,
      ...warmupBelow(reachedPerSec),
      ratePerSec,
      measureMs: lengthMs,
      seed,
    };
    const driver = await startDriver({
      ...{ workloadPath: requestWorkloadPath, workloadArgument: request, targetUrl: origin, profile, signal },
      ...{ joinPaths: [], niceness: -10, onProgress: () => {} },
    });
    try {
      await driver.warmUp(profile.warmupCount, profile.warmupRatePerSec);
      const startAtNs = Number(process.hrtime.bigint()) + 100e6;
      return stepOfLoad(await driver.measure(startAtNs, () => {}), ratePerSec, objective);
    } finally {
      await driver.stop();
    }
  };
  return { measureClosedLoop: saturate, tryRate: probe, close: async () => {} };
}
