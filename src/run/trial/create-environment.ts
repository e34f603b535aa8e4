import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseUse, TrialDatabase } from '../../database/trial-database.ts';
import { startK6Generator } from '../../k6/generator.ts';
import type { K6Program } from '../../k6/program.ts';
import { startGenerator } from '../../load/generator.ts';
import { HarnessError } from '../../model/harness-error.ts';
import type { Service } from '../../model/service.ts';
import type { Trial, TrialSpec } from '../../model/trial.ts';
import { pause } from '../../os/child-process.ts';
import type { EventReader } from '../../probe/event-counts.ts';
import { openProbe, type Probe } from '../../probe/probe.ts';
import { slowdownFactor } from '../../probe/slowdown-factor.ts';
import type { StrayWatch } from '../../probe/stray-processes.ts';
import { type ClusterControl, ClusterFailure, connectToCluster } from '../../target/cluster-control.ts';
import type { Declarations } from '../declarations.ts';
import type { PreparedImplementation } from '../prepared-implementation.ts';
import type { DeclaredWorkload } from '../project.ts';
import type { RunReporter } from '../reporter.ts';
import type { Session } from '../session/session.ts';
import { type TrackedGroup, trackProcessGroup } from '../session/tracked-resources.ts';
import { trialLimits } from './classify-trial.ts';
import { createSecondMeter, type SecondMeter } from './live-seconds.ts';
import {
  type DatabaseCopy,
  type RunningGenerator,
  type RunningTarget,
  type TrialEnvironment,
  TrialFailure,
} from './observations.ts';
import { openTarget } from './running-target.ts';
import { limitText } from './target-group.ts';
import { runTrial } from './trial.ts';
import { warmUpPartCount } from './warm-up.ts';
import { observeWindow } from './window.ts';

export interface TrialEnvironmentOptions {
  readonly spec: TrialSpec;
  readonly service: Service;
  readonly workload: DeclaredWorkload;
  readonly preparedImplementation: PreparedImplementation;
  readonly session: Session;
  readonly observer: TrialObserver;
  /** Hears all that the target writes to its log. */
  onTargetLog?(chunk: Buffer): void;
}

/** Hears how a trial goes. */
export type TrialObserver = Pick<RunReporter, 'onPhase' | 'onSecond' | 'noteWatchers'>;

/** The generator asks for it where permitted; what it got is in the result. */
const generatorNiceness = -10;

/** What a trial touches: the session's database, a fresh process in a fresh control group, the generator in another. */
export function createTrialEnvironment(options: TrialEnvironmentOptions): TrialEnvironment {
  const { session, spec, observer } = options;
  const { signal } = session;
  const meter = createSecondMeter(spec.loadPlan.measureMs, (second) => observer.onSecond?.(second));
  const generators = new WeakMap<RunningGenerator, GeneratorProcess>();
  const watches = new WeakMap<RunningTarget, TargetWatch>();
  return {
    signal,
    onPhase: (phase) => options.observer.onPhase(phase),
    noteWatchers: () => options.observer.noteWatchers?.() ?? (() => false),
    nowText: () => new Date().toISOString(),
    nowMs: () => performance.now(),
    sleepMs: (durationMs) => pause(durationMs, signal),
    slowdownFactor: () => settledSlowdownFactor(session),
    copyDatabase: () => copyDatabase(options),
    async startTarget(databaseUrl) {
      const { target, watch } = await startTrackedTarget(options, databaseUrl);
      watches.set(target, watch);
      return target;
    },
    async startGenerator(targetUrl) {
      const { generator, process } = await startTrackedGenerator(options, targetUrl, meter);
      generators.set(generator, process);
      return generator;
    },
    cluster: ({ url }) => orFailedTrial(connectToCluster(url, signal)),
    observeWindow: async (target, generator) => {
      const generatorProcess = generator === null ? null : generators.get(generator);
      if (generatorProcess === undefined) throw new Error('a generator of another environment');
      const generatorProbe =
        generatorProcess === null ? null : openProbe({ ...generatorProcess, force: session.probe });
      const watch = watches.get(target);
      if (watch === undefined) throw new Error('a target of another environment');
      const { strays, events } = watch;
      const roles = { target: target.probe, generator: generatorProbe, database: session.databaseProbe() };
      return observeWindow({ ...roles, targetEvents: events }, strays, meter.onTargetCpu);
    },
  };
}

const maxSlowdownReadings = 6;
const slowdownPauseMs = 1_500;

/** Waits a few seconds for other work on the machine to end; the last reading counts, quiet or not. */
async function settledSlowdownFactor({ cacheDir, machine, signal }: Session): Promise<number> {
  const read = () => slowdownFactor({ referencePath: join(cacheDir, 'spin.json'), machineId: machine.id });
  let factor = read();
  for (let count = 1; count < maxSlowdownReadings && factor > trialLimits.slowdownFactor; count += 1) {
    await pause(slowdownPauseMs, signal);
    factor = read();
  }
  return factor;
}

async function copyDatabase({ session, service, spec }: TrialEnvironmentOptions): Promise<DatabaseCopy | null> {
  if (service.resetOwnDatabase !== undefined) return ownDatabase(await service.resetOwnDatabase(session.signal));
  const copy = await session.copyDatabase(service, spec.loadPlan.seed);
  if (copy === null) return null;
  const { isUnbounded } = service.database ?? {};
  return {
    url: copy.url,
    count: (sql) => orDatabaseLost(copy.count(sql)),
    use: () => (isUnbounded ? Promise.resolve(noUse) : orDatabaseLost(copy.use())),
    drop: () => dropIfThere(copy),
  };
}

const noUse: DatabaseUse = { connectionCount: 0, storedSettings: [] };

/** It is the user's, and stays as the trial leaves it. */
function ownDatabase(url: string): DatabaseCopy {
  return { url, count: async () => 0, use: async () => noUse, drop: async () => {} };
}

/** A server that is gone by now has taken the copy with it. */
async function dropIfThere(copy: TrialDatabase): Promise<void> {
  await copy.drop().catch((error: unknown) => {
    if (!(error instanceof HarnessError)) throw error;
  });
}

/** A database that cannot be asked any more fails the trial, not the run. */
async function orDatabaseLost<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof HarnessError) throw new TrialFailure('database-lost', error.message);
    throw error;
  }
}

/** What is watched of a target beside what its probe reads. */
interface TargetWatch {
  readonly strays: StrayWatch;
  readonly events: EventReader | null;
}

async function startTrackedTarget(
  options: TrialEnvironmentOptions,
  databaseUrl: string | null,
): Promise<{ target: RunningTarget; watch: TargetWatch }> {
  const { spec, service, preparedImplementation, session } = options;
  const { workerCount, databaseConnectionCount, cluster, resourceLimit } = spec;
  const environment = service.environment({
    workerCount,
    dbPoolTotal: databaseConnectionCount,
    seed: trialSeed(spec),
    cluster,
  });
  const usesDataDir = service.isCluster;
  const where = {
    ...{ preparedImplementation, environment, databaseUrl, usesDataDir, limit: resourceLimit, session },
    ...(options.onTargetLog === undefined ? {} : { onLog: options.onTargetLog }),
  };
  const { target, died, probe, events, group, strays, dispose } = await openTarget(where);
  const { anyExitCode, running: isNotOurs } = preparedImplementation.located.implementation;
  const running: RunningTarget = {
    pid: target.pid,
    url: target.baseUrl,
    startupMs: target.startupMs,
    probe,
    died,
    logTail: target.logTail,
    limitText: () => limitText(group, resourceLimit),
    async stop() {
      if (isNotOurs !== undefined || probe === null) return null;
      const stopped = target.stop();
      const cpuMs = await cpuAtExit(probe, stopped);
      const report = await stopped;
      return { ...report, ...(anyExitCode === true ? { exitCode: 0 } : {}), cpuMs };
    },
    dispose,
  };
  return { target: running, watch: { strays, events } };
}

const exitReadingMs = 50;

/** A control group counts on after the exit; of a process tree only what was read while it lived is known. */
async function cpuAtExit(probe: Probe, stopped: Promise<unknown>): Promise<number | null> {
  let isRunning = true;
  const ended = stopped.finally(() => {
    isRunning = false;
  });
  ended.catch(() => {});
  let cpuMs: number | null = null;
  const read = async () => {
    const { cpuUserMs, cpuSystemMs } = await probe.read();
    cpuMs = Math.max(cpuMs ?? 0, cpuUserMs + cpuSystemMs);
  };
  while (probe.method !== 'cgroup' && isRunning) {
    await read();
    await Promise.race([ended, sleep(exitReadingMs)]);
  }
  await ended;
  await read();
  return cpuMs;
}

/** Trials of a cluster must not all draw the same time-outs; everything else starts from the scenario's seed. */
function trialSeed({ loadPlan, cluster, repetition, attempt }: TrialSpec): number {
  return cluster === null ? loadPlan.seed : loadPlan.seed + 1_000 * repetition + attempt;
}

/** A control route that does not do what the contract says fails the trial, not the run. */
function orFailedTrial(control: ClusterControl): ClusterControl {
  const guarded =
    <A extends unknown[], T>(method: (...given: A) => Promise<T>) =>
    (...given: A) =>
      method(...given).catch((error: unknown) => {
        throw error instanceof ClusterFailure ? new TrialFailure('cluster-uncontrollable', error.message) : error;
      });
  return {
    state: guarded(control.state),
    crashLeader: guarded(control.crashLeader),
    restart: guarded(control.restart),
    electionsAfter: guarded(control.electionsAfter),
  };
}

interface GeneratorProcess {
  readonly group: TrackedGroup['group'];
  readonly rootPid: number;
}

async function startTrackedGenerator(
  options: TrialEnvironmentOptions,
  targetUrl: string,
  { onProgress }: SecondMeter,
): Promise<{ generator: RunningGenerator; process: GeneratorProcess }> {
  const { session } = options;
  const tracked = await session.openGroup();
  try {
    const joinPaths = tracked.group?.joinPaths ?? [];
    const generator = await (session.k6 === null
      ? startOwnGenerator(options, targetUrl, joinPaths, onProgress)
      : startK6(session.k6, options, targetUrl, joinPaths));
    return {
      generator: trackedGenerator(generator, session, tracked.dispose),
      process: { group: tracked.group, rootPid: generator.pid },
    };
  } catch (error) {
    await tracked.dispose();
    throw asTrialFailure(error, session.signal);
  }
}

type StartedGenerator = RunningGenerator & { readonly pid: number };

async function startOwnGenerator(
  { spec, workload, session }: TrialEnvironmentOptions,
  targetUrl: string,
  joinPaths: readonly string[],
  onProgress: SecondMeter['onProgress'],
): Promise<StartedGenerator> {
  const { path, argument } = workload.module;
  const generator = await startGenerator({
    ...{ workloadPath: path, workloadArgument: argument, targetUrl, loadPlan: spec.loadPlan, joinPaths },
    ...{ niceness: generatorNiceness, transport: session.transport, signal: session.signal },
    onProgress,
  });
  return { ...generator, warmUpPartCount };
}

/** Its scripts and summaries lie in a folder that ends with it. */
async function startK6(
  program: K6Program,
  { spec, service, workload, session }: TrialEnvironmentOptions,
  targetUrl: string,
  joinPaths: readonly string[],
): Promise<StartedGenerator> {
  const folder = await session.openDataFolder();
  try {
    const generator = await startK6Generator({
      program,
      workload: { ...workload, contractVersion: service.contractVersion },
      ...{ targetUrl, loadPlan: spec.loadPlan, folder: folder.path, joinPaths },
      ...{ workerCount: spec.workerCount, databaseConnectionCount: spec.databaseConnectionCount },
      ...{ niceness: generatorNiceness, signal: session.signal },
    });
    const stop = async () => {
      await generator.stop();
      await folder.dispose();
    };
    return { ...generator, stop, warmUpPartCount: 1 };
  } catch (error) {
    await folder.dispose();
    throw error;
  }
}

function trackedGenerator(
  generator: StartedGenerator,
  { cleanupRegistry, signal }: Session,
  disposeGroup: () => Promise<void>,
): RunningGenerator {
  const release = trackProcessGroup(cleanupRegistry, generator.pid);
  const orFailed = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      throw asTrialFailure(error, signal);
    }
  };
  let stopped: Promise<void> | null = null;
  const stop = async () => {
    await generator.stop();
    await disposeGroup();
    release();
  };
  return {
    warmUpPartCount: generator.warmUpPartCount,
    warmUp: (count, ratePerSec) => orFailed(generator.warmUp(count, ratePerSec)),
    measure: (startAtNs, onWindowEnd) => orFailed(generator.measure(startAtNs, onWindowEnd)),
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

function asTrialFailure(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted || !(error instanceof HarnessError)) return error;
  return new TrialFailure('generator-died', error.message);
}

/** Runs one trial of an implementation that was prepared. */
type TrialRunner = (spec: TrialSpec, implementation: PreparedImplementation) => Promise<Trial>;

/** Trials within a session. */
export function createTrialRunner(
  session: Session,
  { services, workloads }: Pick<Declarations, 'services' | 'workloads'>,
  observer: TrialObserver,
): TrialRunner {
  return (spec, preparedImplementation) => {
    const service = services.get(spec.service);
    const workload = workloads.get(`${spec.service}/${spec.workload}`);
    if (service === undefined || workload === undefined)
      throw new Error(`a trial of the unknown ${spec.service}/${spec.workload}`);
    const environment = createTrialEnvironment({ spec, service, workload, preparedImplementation, session, observer });
    return runTrial(spec, service.database?.invariants ?? [], environment);
  };
}
