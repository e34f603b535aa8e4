import { startGenerator } from '../../load/generator.ts';
import type { LoadPlan } from '../../model/scenario.ts';
import { type ClosedLoopResult, closedLoop } from '../closed-loop.ts';
import { defaultSeed } from '../declarations.ts';
import { openSubject, type Subject, type SubjectRequest } from '../questions/subject.ts';
import { closedLoopBase, closedLoopOf, loadPlanBase, subjectTrial, warmupBelow } from '../questions/subject-load.ts';
import { createWorkload, type RequestSpec, requestWorkloadPath } from '../request-workload.ts';
import type { RunContext } from '../run-scenario.ts';
import { createTrialRunner } from '../trial/create-environment.ts';
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

/** Each step is a whole trial: a fresh process on a fresh database, warmed up, checked, classified. */
export async function openImplementation(
  request: SubjectRequest,
  context: CapacityContext & Pick<RunContext, 'project'>,
): Promise<CapacityTarget> {
  return implementationTarget(await openSubject(request, context), context);
}

function implementationTarget(parts: Subject, { objective, measureMs, signal }: CapacityContext): CapacityTarget {
  const { service, workload, preparedImplementation, session } = parts;
  const services = new Map([[service.id, service]]);
  const workloads = new Map([[`${service.id}/${workload.id}`, workload]]);
  const runTrial = createTrialRunner(session, { services, workloads }, { onPhase() {} });
  let reachedPerSec = Number.POSITIVE_INFINITY;
  return {
    async measureClosedLoop() {
      const spec = subjectTrial(parts, { ...loadPlanBase, ...warmupBelow(reachedPerSec), ratePerSec: 1, measureMs });
      const reached = await closedLoopOf(parts, spec, measureMs, signal);
      reachedPerSec = reached.answeredPerSec;
      return reached;
    },
    async tryRate(ratePerSec) {
      const stepMs = stepDurationMs(objective, ratePerSec, measureMs);
      const load = { ...loadPlanBase, ...warmupBelow(reachedPerSec), ratePerSec, measureMs: stepMs };
      const spec = subjectTrial(parts, load);
      return stepOfTrial(await runTrial(spec, preparedImplementation), objective);
    },
    close: () => session.close(),
  };
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
