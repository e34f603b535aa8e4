import type { RowInvariant } from '../../model/service.ts';
import type { Phase, Trial, TrialSpec } from '../../model/trial.ts';
import type { Warning } from '../../model/warning.ts';
import type { Reading } from '../../probe/probe.ts';
import { classifyTrial } from './classify-trial.ts';
import { clusterFigures, injectFaults } from './cluster-faults.ts';
import { databaseBudgetProblem } from './database-budget.ts';
import {
  assembleMeasurement,
  type DatabaseCopy,
  type Observations,
  type RunningGenerator,
  type RunningTarget,
  type TrialEnvironment,
  TrialFailure,
} from './observations.ts';
import { isStillFalling, warmupParts } from './warm-up.ts';

/** What the phases know so far; each fills its own part. */
interface TrialState {
  readonly spec: TrialSpec;
  readonly invariants: readonly RowInvariant[];
  readonly observed: Observations;
  readonly warnings: Warning[];
  phase: Phase;
  database: DatabaseCopy | null;
  target: RunningTarget | null;
  generator: RunningGenerator | null;
  rowsBefore: Map<string, number>;
  windowEndMs: number;
}

type Disposer = () => Promise<void>;
type PhaseFunction = (state: TrialState, environment: TrialEnvironment) => Promise<Disposer | undefined>;

/** The order of a trial. Every phase returns what undoes it; disposers run in reverse on every path. */
const phaseSequence: readonly (readonly [Phase, PhaseFunction])[] = [
  ['copy-database', copyDatabase],
  ['start', start],
  ['idle', idle],
  ['connect', connect],
  ['warm-up', warmUp],
  ['measure', measureWindow],
  ['after-load', afterLoad],
  ['invariants', invariants],
  ['stop', stop],
];

/**
 * Runs one trial from a fresh database and a fresh process to a classified result. A target that misbehaves is data (a
 * `failed` trial); an interruption and a bug of the harness are thrown, after everything was cleaned up.
 */
export async function runTrial(
  spec: TrialSpec,
  rowInvariants: readonly RowInvariant[],
  environment: TrialEnvironment,
): Promise<Trial> {
  const startedAt = environment.nowText();
  const state = newTrialState(spec, rowInvariants);
  const disposers: Disposer[] = [];
  let failure: TrialFailure | null = null;
  try {
    for (const [phase, run] of phaseSequence) {
      state.phase = phase;
      environment.signal.throwIfAborted();
      environment.onPhase(phase);
      await runPhase(state, environment, run, disposers);
    }
  } catch (error) {
    failure = asFailure(error, state, environment.signal);
  } finally {
    await disposeAll(disposers);
  }
  const measurement = assembleMeasurement(spec, state.observed);
  if (failure !== null) return failedTrial(state, startedAt, failure, measurement);
  if (measurement === null) throw new Error('a trial ended without failure and without a measurement');
  return classifyTrial({ spec, startedAt, measurement, warnings: state.warnings, targetLog: state.observed.targetLog });
}

function newTrialState(spec: TrialSpec, rowInvariants: readonly RowInvariant[]): TrialState {
  return {
    spec,
    invariants: rowInvariants,
    observed: { targetLog: '' },
    warnings: [],
    phase: 'copy-database',
    database: null,
    target: null,
    generator: null,
    rowsBefore: new Map(),
    windowEndMs: 0,
  };
}

/**
 * Performs a phase and keeps what undoes it. It ends early when the target dies under it (nothing waits for the answers of a
 * dead process), but never before the phase itself has settled: what it was about to open must be closed too.
 */
async function runPhase(
  state: TrialState,
  environment: TrialEnvironment,
  run: PhaseFunction,
  disposers: Disposer[],
): Promise<void> {
  const phase = run(state, environment).then((dispose) => {
    if (dispose) disposers.push(dispose);
  });
  if (state.target === null || state.phase === 'stop') return phase;
  const cause = await Promise.race([phase.then(() => null), state.target.died]);
  if (cause === null) return;
  await state.generator?.stop();
  await phase.catch(() => {});
  throw new TrialFailure('target-died', cause);
}

function asFailure(error: unknown, state: TrialState, signal: AbortSignal): TrialFailure {
  if (signal.aborted || !(error instanceof TrialFailure)) throw error;
  state.observed.targetLog = state.target?.logTail() ?? error.logTail;
  return error;
}

async function disposeAll(disposers: Disposer[]): Promise<void> {
  const errors: unknown[] = [];
  for (const dispose of disposers.reverse()) await dispose().catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw new AggregateError(errors, 'could not clean up a trial');
}

function failedTrial(
  state: TrialState,
  startedAt: string,
  failure: TrialFailure,
  measurement: ReturnType<typeof assembleMeasurement>,
): Trial {
  const { code, message } = failure;
  const logTail = state.observed.targetLog;
  return {
    status: 'failed',
    spec: state.spec,
    startedAt,
    phase: state.phase,
    code,
    message,
    logTail,
    measurement,
    warnings: state.warnings,
  };
}

async function copyDatabase(state: TrialState, environment: TrialEnvironment): Promise<Disposer | undefined> {
  const database = await environment.copyDatabase();
  if (database === null) return undefined;
  state.database = database;
  for (const rule of state.invariants) state.rowsBefore.set(rule.id, await database.count(rule.sql));
  return () => database.drop();
}

async function start(state: TrialState, environment: TrialEnvironment): Promise<Disposer> {
  state.observed.slowdownFactor = await environment.slowdownFactor();
  const target = await environment.startTarget(state.database?.url ?? null);
  state.target = target;
  state.observed.startupMs = target.startupMs;
  return () => target.dispose();
}

async function idle(state: TrialState, environment: TrialEnvironment): Promise<undefined> {
  const { probe } = required(state.target);
  if (probe === null) return;
  const before = await probe.read();
  await environment.sleepMs(state.spec.idleMs);
  const reading = await probe.read();
  state.observed.idle = { before, after: reading };
}

async function connect(state: TrialState, environment: TrialEnvironment): Promise<Disposer | undefined> {
  if (state.spec.loadPlan.ratePerSec === 0) return;
  const generator = await environment.startGenerator(required(state.target).url);
  state.generator = generator;
  return () => generator.stop();
}

/** A number of requests at a rate of its own, in parts. Where the last of them still fall, half as many again follow, and are judged. */
async function warmUp(state: TrialState, environment: TrialEnvironment): Promise<undefined> {
  const { warmupCount, warmupRatePerSec } = state.spec.loadPlan;
  if (warmupCount === 0 || state.generator === null) return;
  const parts = warmupParts(warmupCount, state.generator.warmUpPartCount);
  const costs: number[] = [];
  const drive = async (counts: readonly number[]) => {
    for (const count of counts) {
      const cost = await warmUpPart(state, count, warmupRatePerSec, environment);
      if (cost !== null) costs.push(cost);
    }
  };
  await drive(parts);
  if (isStillFalling(costs)) await drive(parts.slice(parts.length / 2));
  const isStill = isStillFalling(costs);
  if (isStill !== null) state.observed.warmupConverged = !isStill;
}

/** CPU of a request in ms; null: the target's CPU is not known. */
async function warmUpPart(
  state: TrialState,
  count: number,
  ratePerSec: number,
  environment: TrialEnvironment,
): Promise<number | null> {
  environment.signal.throwIfAborted();
  const { probe } = required(state.target);
  const before = (await probe?.read()) ?? null;
  const { sentCount } = await required(state.generator).warmUp(count, ratePerSec);
  state.observed.warmupSentCount = (state.observed.warmupSentCount ?? 0) + sentCount;
  if (probe === null || before === null) return null;
  return (cpuMsOf(await probe.read()) - cpuMsOf(before)) / Math.max(1, sentCount);
}

async function measureWindow(state: TrialState, environment: TrialEnvironment): Promise<undefined> {
  const { spec, generator, observed } = state;
  const target = required(state.target);
  const cluster = spec.cluster === null ? null : environment.cluster(target);
  const before = (await cluster?.state()) ?? null;
  const wasWatched = environment.noteWatchers();
  const observer = await environment.observeWindow(target, generator);
  try {
    const faults = cluster === null ? Promise.resolve([]) : injectFaults(spec, cluster, environment);
    // Awaited below: should the load fail first, nobody else handles this one.
    faults.catch(() => {});
    observed.load = (await generator?.measure(observer.startAtNs, () => observer.close())) ?? null;
    const elections = await faults;
    if (generator === null) observer.close();
    if (cluster !== null && before !== null) observed.cluster = await clusterFigures(cluster, before, elections);
  } finally {
    observed.window = await observer.end();
    state.windowEndMs = environment.nowMs();
    noteLimits(state, target);
    if (wasWatched()) state.warnings.push(watched);
  }
  const [stray] = observed.window.strayProcesses;
  if (stray !== undefined) throw new TrialFailure('process-left', stray);
}

const watched: Warning = {
  code: 'watched',
  message: 'a page showed the run while it was measured: drawing it may have taken CPU from the target',
  advice: 'measure without --live what you want to keep',
};

function noteLimits({ warnings }: TrialState, target: RunningTarget): void {
  const message = target.limitText();
  if (message !== null) warnings.push({ code: 'limited', message, advice: null });
}

/** At most this long a target is given to show that it works on; it is given longer while it does. */
const restMs = 500;
const maxRestMs = 5_000;
/** Of the rest. A target that uses more is not at rest. */
const busyRatio = 0.1;

/** Memory after the drain; then whether it rests, for work put off until now belongs to the requests that caused it. */
async function afterLoad(state: TrialState, environment: TrialEnvironment): Promise<undefined> {
  const { probe } = required(state.target);
  if (probe === null) return;
  let before = await probe.read();
  state.observed.afterDrainBytes = before.anonBytes;
  if (state.generator === null) return;
  const pauseMs = Math.min(restMs, state.spec.idleMs);
  for (let restedMs = 0; pauseMs > 0 && restedMs < maxRestMs; restedMs += pauseMs) {
    await environment.sleepMs(pauseMs);
    const reading = await probe.read();
    const usedMs = cpuMsOf(reading) - cpuMsOf(before);
    before = reading;
    if (usedMs < busyRatio * pauseMs) return;
  }
}

function cpuMsOf({ cpuUserMs, cpuSystemMs }: Reading): number {
  return cpuUserMs + cpuSystemMs;
}

async function invariants(state: TrialState): Promise<undefined> {
  const { database } = state;
  const load = state.observed.load;
  if (database === null || load == null) return;
  const { spec, observed } = state;
  const problem = databaseBudgetProblem(await database.use(), {
    poolTotal: spec.databaseConnectionCount,
    processCount: observed.window?.processCount ?? 1,
    workerCount: spec.workerCount,
  });
  if (problem !== null) throw new TrialFailure('database-budget', problem);
  for (const rule of state.invariants) {
    const rowCount = await database.count(rule.sql);
    const { minCount, maxCount } = rule.expected(state.rowsBefore.get(rule.id) ?? 0, load.acknowledged);
    if (rowCount < minCount || rowCount > maxCount) {
      const expected = minCount === maxCount ? `${minCount}` : `${minCount} to ${maxCount}`;
      throw new TrialFailure('rows-disagree', `${rule.id}: ${rowCount} rows where the answers imply ${expected}`);
    }
  }
}

async function stop(state: TrialState, environment: TrialEnvironment): Promise<undefined> {
  await state.generator?.stop();
  const target = required(state.target);
  const stopped = await target.stop();
  state.observed.targetLog = target.logTail();
  if (stopped === null) return;
  state.observed.stopMs = stopped.stopMs;
  const { window } = state.observed;
  if (window !== undefined && window.targetCpuMs !== null && stopped.cpuMs !== null) {
    const elapsedMs = environment.nowMs() - state.windowEndMs;
    state.observed.deferred = { cpuMs: Math.max(0, stopped.cpuMs - window.targetCpuMs), elapsedMs };
  }
  if (stopped.forced)
    throw new TrialFailure('ignored-sigterm', `still running ${Math.round(stopped.stopMs)} ms after SIGTERM: killed`);
  if (stopped.exitCode !== 0)
    throw new TrialFailure('bad-exit', `exit code ${stopped.exitCode} after SIGTERM (the contract asks for 0)`);
}

function required<T>(value: T | null): T {
  if (value === null) throw new Error('a phase ran before the one it builds on');
  return value;
}
