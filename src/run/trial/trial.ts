import type { RowInvariant } from '../../model/service.ts';
import type { Phase, Trial, TrialSpec } from '../../model/trial.ts';
import type { Warning } from '../../model/warning.ts';
import { classifyTrial } from './classify-trial.ts';
import { clusterFigures, injectFaults } from './cluster-faults.ts';
import {
  type DatabaseCopy,
  type RunningGenerator,
  type RunningTarget,
  type TrialEnvironment,
  TrialFailure,
} from './environment.ts';
import { assembleMeasurement, type Observations } from './observations.ts';

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
}

type Disposer = () => Promise<void>;
type PhaseFunction = (draft: TrialState, world: TrialEnvironment) => Promise<Disposer | undefined>;

/** The order of a trial. Every phase returns what undoes it; disposers run in reverse on every path. */
const phaseSequence: readonly (readonly [Phase, PhaseFunction])[] = [
  ['copy-database', copyDatabase],
  ['start', start],
  ['idle', idle],
  ['connect', connect],
  ['warm-up', warmUp],
  ['measure', measureWindow],
  ['after-load', after],
  ['invariants', invariants],
  ['stop', stop],
];

/**
 * Runs one trial from a fresh database and a fresh process to a judged result. A target that misbehaves is data (a
 * `failed` trial); an interruption and a bug of the harness are thrown, after everything was put away.
 */
export async function runTrial(
  spec: TrialSpec,
  rules: readonly RowInvariant[],
  world: TrialEnvironment,
): Promise<Trial> {
  const startedAt = world.nowText();
  const draft = newTrialState(spec, rules);
  const disposers: Disposer[] = [];
  let failure: TrialFailure | null = null;
  try {
    for (const [phase, run] of phaseSequence) {
      draft.phase = phase;
      world.signal.throwIfAborted();
      world.onPhase(phase);
      await runPhase(draft, world, run, disposers);
    }
  } catch (error) {
    failure = asFailure(error, draft, world.signal);
  } finally {
    await disposeAll(disposers);
  }
  const measurement = assembleMeasurement(spec, draft.observed);
  if (failure !== null) return failedTrial(draft, startedAt, failure, measurement);
  if (measurement === null) throw new Error('a trial ended without failure and without a measurement');
  return classifyTrial({ spec, startedAt, measurement, warnings: draft.warnings, targetLog: draft.observed.targetLog });
}

function newTrialState(spec: TrialSpec, rules: readonly RowInvariant[]): TrialState {
  return {
    spec,
    invariants: rules,
    observed: { targetLog: '' },
    warnings: [],
    phase: 'copy-database',
    database: null,
    target: null,
    generator: null,
    rowsBefore: new Map(),
  };
}

/**
 * Performs a phase and keeps what undoes it. It ends early when the target dies under it (nothing waits for the answers of a
 * dead process), but never before the phase itself has settled: what it was about to open must be closed too.
 */
async function runPhase(
  draft: TrialState,
  world: TrialEnvironment,
  run: PhaseFunction,
  disposers: Disposer[],
): Promise<void> {
  const phase = run(draft, world).then((dispose) => {
    if (dispose) disposers.push(dispose);
  });
  if (draft.target === null || draft.phase === 'stop') return phase;
  const cause = await Promise.race([phase.then(() => null), draft.target.died]);
  if (cause === null) return;
  await draft.generator?.stop();
  await phase.catch(() => {});
  throw new TrialFailure('target-died', cause);
}

function asFailure(error: unknown, draft: TrialState, signal: AbortSignal): TrialFailure {
  if (signal.aborted || !(error instanceof TrialFailure)) throw error;
  draft.observed.targetLog = draft.target?.logTail() ?? error.logTail;
  return error;
}

async function disposeAll(disposers: Disposer[]): Promise<void> {
  const errors: unknown[] = [];
  for (const dispose of disposers.reverse()) await dispose().catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw new AggregateError(errors, 'could not put a trial away');
}

function failedTrial(
  draft: TrialState,
  startedAt: string,
  failure: TrialFailure,
  measurement: ReturnType<typeof assembleMeasurement>,
): Trial {
  const { code, message } = failure;
  const logTail = draft.observed.targetLog;
  return {
    status: 'failed',
    spec: draft.spec,
    startedAt,
    phase: draft.phase,
    code,
    message,
    logTail,
    measurement,
    warnings: draft.warnings,
  };
}

async function copyDatabase(draft: TrialState, world: TrialEnvironment): Promise<Disposer | undefined> {
  const database = await world.copyDatabase();
  if (database === null) return undefined;
  draft.database = database;
  for (const rule of draft.invariants) draft.rowsBefore.set(rule.id, await database.count(rule.sql));
  return () => database.drop();
}

async function start(draft: TrialState, world: TrialEnvironment): Promise<Disposer> {
  draft.observed.slowdownFactor = await world.slowdownFactor();
  const target = await world.startTarget(draft.database?.url ?? null);
  draft.target = target;
  draft.observed.startupMs = target.startupMs;
  return () => target.dispose();
}

async function idle(draft: TrialState, world: TrialEnvironment): Promise<undefined> {
  const { probe } = required(draft.target);
  const before = await probe.read();
  await world.sleepMs(draft.spec.idleMs);
  const reading = await probe.read();
  draft.observed.idle = { before, after: reading };
}

async function connect(draft: TrialState, world: TrialEnvironment): Promise<Disposer | undefined> {
  if (draft.spec.loadPlan.ratePerSec === 0) return;
  const driver = await world.startGenerator(required(draft.target).url);
  draft.generator = driver;
  return () => driver.stop();
}

/**
 * A number of requests at a rate of its own, in blocks; steady when the last two blocks cost the same within 3 %.
 * A target that is not steady is given half as many blocks again, then the trial says so.
 */
async function warmUp(draft: TrialState, world: TrialEnvironment): Promise<undefined> {
  const { warmupCount, warmupRatePerSec } = draft.spec.loadPlan;
  if (warmupCount === 0 || draft.generator === null) return;
  const costs: number[] = [];
  while (costs.length < warmupBlockCount || (costs.length < maxWarmupBlockCount && !hasConverged(costs))) {
    costs.push(await warmUpBlock(draft, Math.ceil(warmupCount / warmupBlockCount), warmupRatePerSec, world));
  }
  draft.observed.warmupConverged = hasConverged(costs);
}

const warmupBlockCount = 4;
const maxWarmupBlockCount = 6;
const convergenceRatio = 0.03;

async function warmUpBlock(
  draft: TrialState,
  count: number,
  ratePerSec: number,
  world: TrialEnvironment,
): Promise<number> {
  world.signal.throwIfAborted();
  const { probe } = required(draft.target);
  const before = await probe.read();
  const { sentCount } = await required(draft.generator).warmUp(count, ratePerSec);
  const reading = await probe.read();
  draft.observed.warmupSentCount = (draft.observed.warmupSentCount ?? 0) + sentCount;
  const cpuMs = reading.cpuUserMs + reading.cpuSystemMs - before.cpuUserMs - before.cpuSystemMs;
  return cpuMs / Math.max(1, sentCount);
}

function hasConverged(costs: readonly number[]): boolean {
  const last = costs.at(-1);
  const previous = costs.at(-2);
  if (last === undefined || previous === undefined || previous === 0) return false;
  return Math.abs(last - previous) / previous < convergenceRatio;
}

async function measureWindow(draft: TrialState, world: TrialEnvironment): Promise<undefined> {
  const { spec, generator, observed } = draft;
  const target = required(draft.target);
  const cluster = spec.cluster === null ? null : world.cluster(target);
  const before = (await cluster?.state()) ?? null;
  const watch = await world.observeWindow(target, generator);
  try {
    const act = cluster === null ? Promise.resolve([]) : injectFaults(spec, cluster, world);
    // Awaited below: should the load fail first, nobody else hears of the act.
    act.catch(() => {});
    observed.load = (await generator?.measure(watch.startAtNs, () => watch.close())) ?? null;
    const elections = await act;
    if (generator === null) watch.close();
    if (cluster !== null && before !== null) observed.cluster = await clusterFigures(cluster, before, elections);
  } finally {
    observed.window = await watch.end();
  }
}

async function after(draft: TrialState): Promise<undefined> {
  draft.observed.afterDrainBytes = (await required(draft.target).probe.read()).anonBytes;
}

async function invariants(draft: TrialState): Promise<undefined> {
  const { database } = draft;
  const load = draft.observed.load;
  if (database === null || load == null) return;
  for (const rule of draft.invariants) {
    const rowCount = await database.count(rule.sql);
    const { minCount, maxCount } = rule.expected(draft.rowsBefore.get(rule.id) ?? 0, load.acknowledged);
    if (rowCount < minCount || rowCount > maxCount) {
      const expected = minCount === maxCount ? `${minCount}` : `${minCount} to ${maxCount}`;
      throw new TrialFailure('rows-disagree', `${rule.id}: ${rowCount} rows where the answers imply ${expected}`);
    }
  }
}

async function stop(draft: TrialState): Promise<undefined> {
  await draft.generator?.stop();
  const target = required(draft.target);
  const stopped = await target.stop();
  draft.observed.targetLog = target.logTail();
  draft.observed.stopMs = stopped.stopMs;
  if (stopped.forced)
    throw new TrialFailure('ignored-sigterm', `still running ${Math.round(stopped.stopMs)} ms after SIGTERM: killed`);
  if (stopped.exitCode !== 0)
    throw new TrialFailure('bad-exit', `exit code ${stopped.exitCode} after SIGTERM (the contract asks for 0)`);
}

function required<T>(value: T | null): T {
  if (value === null) throw new Error('a phase ran before the one it builds on');
  return value;
}
