import { startGenerator } from '../../load/generator.ts';
import { createWorkload, type RequestSpec, requestWorkloadPath } from '../../load/request-workload.ts';
import { HarnessError } from '../../model/harness-error.ts';
import type { LoadPlan, Scenario } from '../../model/scenario.ts';
import type { Service } from '../../model/service.ts';
import type { TrialSpec } from '../../model/trial.ts';
import type { LocatedImplementation } from '../../target/manifest.ts';
import { type ClosedLoopResult, closedLoop } from '../closed-loop.ts';
import { defaultSeed, unknownName } from '../declarations.ts';
import { plan } from '../plan.ts';
import { checkCandidates, nothingMeasured, prepareAll } from '../prepare.ts';
import type { PreparedImplementation } from '../prepared-implementation.ts';
import { type DeclaredWorkload, locateAll, type Project } from '../project.ts';
import type { RunContext } from '../run-scenario.ts';
import { installMissing } from '../runtimes.ts';
import { openSession, type Session } from '../session/session.ts';
import { createTrialEnvironment, createTrialRunner } from '../trial/create-environment.ts';
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
  /** Of one step, at least. */
  readonly measureMs: number;
  onStep(text: string): void;
}

const workerCount = 2;
const dbPoolTotal = 8;
const closedLoopBase = { connectionCount: 50, seed: defaultSeed } as const;
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
 * every step would fail.
 */
export function warmupBelow(closedLoopPerSec: number): Warmup {
  const warmupRatePerSec = Math.min(maxWarmup.ratePerSec, Math.max(1, closedLoopPerSec / 2));
  const warmupCount = Math.min(maxWarmup.count, Math.ceil(warmupRatePerSec * maxWarmup.lengthSec));
  return { warmupCount, warmupRatePerSec };
}

interface ImplementationRequest {
  readonly id: string;
  readonly implementationDirs: readonly string[];
  /** null: the first that its service declares, `history` where there is one. */
  readonly workload: string | null;
}

/** Each step is a whole trial: a fresh process on a fresh database, warmed up, checked, classified. */
export async function openImplementation(
  request: ImplementationRequest,
  context: CapacityContext & Pick<RunContext, 'project'>,
): Promise<CapacityTarget> {
  const { project } = context;
  const chosen = await implementationOf(project, request);
  const { service: serviceId } = chosen.implementation;
  const service = await project.loadService(serviceId);
  const workload = await project.loadWorkload(
    serviceId,
    request.workload ?? (await defaultWorkload(project, serviceId)),
  );
  if (workload.fixedRatePerSec !== null) {
    const message = `${workload.id} is defined at ${workload.fixedRatePerSec}/s: it has no capacity to look for`;
    throw new HarnessError('usage', message, 'choose another with --workload');
  }
  const session = await openSession({ signal: context.signal, env: context.env, probe: null, onStep: context.onStep });
  try {
    const preparedImplementation = await prepareOne(chosen, service, session, context);
    return implementationTarget({ preparedImplementation, service, workload, session }, context);
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** Of a service that answers requests: a primitive has no rate. */
async function implementationOf(
  project: Project,
  { id, implementationDirs }: ImplementationRequest,
): Promise<LocatedImplementation> {
  const located = await locateAll(project, implementationDirs);
  const services = await project.serviceIds();
  const answering = located.filter(({ implementation }) => services.includes(implementation.service));
  const chosen = answering.find(({ implementation }) => implementation.id === id);
  if (chosen !== undefined) return chosen;
  if (located.some(({ implementation }) => implementation.id === id)) {
    throw new HarnessError('usage', `${id} answers no requests: it has no capacity to look for`, 'name a service');
  }
  throw unknownName(
    'implementation',
    id,
    answering.map(({ implementation }) => implementation.id),
  );
}

async function prepareOne(
  located: LocatedImplementation,
  service: Service,
  session: Session,
  { project, onStep }: CapacityContext & Pick<RunContext, 'project'>,
): Promise<PreparedImplementation> {
  const options = {
    rootDir: project.rootDir,
    cacheDir: session.cacheDir,
    services: new Map([[service.id, service]]),
    workloads: new Map(),
    seed: defaultSeed,
  };
  await installMissing([located], session, onStep);
  const candidates = await checkCandidates([located], session);
  const { preparations, byId } = await prepareAll(session, candidates, options, { onStep, onPrepared: () => {} });
  const preparedImplementation = byId.get(located.implementation.id);
  if (preparedImplementation === undefined) throw nothingMeasured(preparations);
  return preparedImplementation;
}

async function defaultWorkload(project: Project, serviceId: string): Promise<string> {
  const known = await project.workloadIds(serviceId);
  return ['history', 'put'].find((id) => known.includes(id)) ?? known[0] ?? 'none';
}

interface CapacityParts {
  readonly preparedImplementation: PreparedImplementation;
  readonly service: Service;
  readonly workload: DeclaredWorkload;
  readonly session: Session;
}

function implementationTarget(parts: CapacityParts, { objective, measureMs, signal }: CapacityContext): CapacityTarget {
  const { service, workload, preparedImplementation, session } = parts;
  const services = new Map([[service.id, service]]);
  const workloads = new Map([[`${service.id}/${workload.id}`, workload]]);
  const runTrial = createTrialRunner(session, { services, workloads }, () => {});
  let reachedPerSec = Number.POSITIVE_INFINITY;
  return {
    async measureClosedLoop() {
      const spec = specAt(parts, 1, measureMs, warmupBelow(reachedPerSec));
      const reached = await closedLoopOf(parts, spec, measureMs, signal);
      reachedPerSec = reached.answeredPerSec;
      return reached;
    },
    async tryRate(ratePerSec) {
      const stepMs = stepDurationMs(objective, ratePerSec, measureMs);
      const spec = specAt(parts, ratePerSec, stepMs, warmupBelow(reachedPerSec));
      return stepOfTrial(await runTrial(spec, preparedImplementation), objective);
    },
    close: () => session.close(),
  };
}

/** The one load that is no trial: a fresh process on a fresh database, as fast as it answers. */
async function closedLoopOf(
  { service, preparedImplementation, session, workload }: CapacityParts,
  spec: TrialSpec,
  durationMs: number,
  signal: AbortSignal,
): Promise<ClosedLoopResult> {
  const environment = createTrialEnvironment({
    ...{ spec, service, workload, preparedImplementation, session },
    onPhase: () => {},
  });
  const database = await environment.copyDatabase();
  try {
    const target = await environment.startTarget(database?.url ?? null);
    try {
      return await closedLoop({ ...closedLoopBase, origin: target.url, workload, durationMs, signal });
    } finally {
      await target.dispose();
    }
  } finally {
    await database?.drop();
  }
}

function specAt(
  { preparedImplementation, service, workload }: CapacityParts,
  ratePerSec: number,
  measureMs: number,
  warmup: Warmup,
): TrialSpec {
  const scenario: Scenario = {
    id: 'capacity',
    description: 'one rate',
    entries: [
      {
        ...{ service: service.id, workload: workload.id, ratesPerSec: [ratePerSec] },
        ...{ temperature: 'warm', trialCount: 1, cluster: null, loadPlan: { ...loadPlanBase, ...warmup, measureMs } },
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
    limit: null,
  });
  if (spec === undefined) throw new Error('a step without a trial');
  return spec;
}

/** A service that is there already: each step is a load of its own, on fresh connections. */
export function openUrl(origin: string, request: RequestSpec, context: CapacityContext): CapacityTarget {
  const { objective, measureMs, signal } = context;
  let reachedPerSec = Number.POSITIVE_INFINITY;
  return {
    async measureClosedLoop() {
      const workload = createWorkload(request);
      const reached = await closedLoop({ ...closedLoopBase, origin, workload, durationMs: measureMs, signal });
      reachedPerSec = reached.answeredPerSec;
      return reached;
    },
    tryRate(ratePerSec) {
      const stepMs = stepDurationMs(objective, ratePerSec, measureMs);
      const base = { ...loadPlanBase, ...warmupBelow(reachedPerSec), seed: defaultSeed };
      return stepOfUrl({ ...base, ratePerSec, measureMs: stepMs }, origin, request, context);
    },
    close: async () => {},
  };
}

async function stepOfUrl(
  loadPlan: LoadPlan,
  targetUrl: string,
  workloadArgument: RequestSpec,
  { objective, signal }: CapacityContext,
): Promise<RateStep> {
  const generator = await startGenerator({
    ...{ workloadPath: requestWorkloadPath, workloadArgument, targetUrl, loadPlan, signal },
    ...{ joinPaths: [], niceness: -10, onProgress: () => {} },
  });
  try {
    await generator.warmUp(loadPlan.warmupCount, loadPlan.warmupRatePerSec);
    const startAtNs = Number(process.hrtime.bigint()) + 100e6;
    return stepOfLoad(await generator.measure(startAtNs, () => {}), loadPlan.ratePerSec, objective);
  } finally {
    await generator.stop();
  }
}
