import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrialDatabase } from '../../database/trial-database.ts';
import { type Driver, startDriver } from '../../load/driver.ts';
import { HarnessError } from '../../model/harness-error.ts';
import type { Service } from '../../model/service.ts';
import type { Phase, TrialSpec } from '../../model/trial.ts';
import { openProbe } from '../../probe/probe.ts';
import { slowdownFactor } from '../../probe/slowdown-factor.ts';
import { type ClusterControl, ClusterFailure, connectToCluster } from '../../target/cluster-control.ts';
import type { ExitStatus } from '../../target/process.ts';
import { workloadPath } from '../declarations.ts';
import type { PreparedImplementation } from '../prepare.ts';
import { type Session, type TrackedGroup, trackProcessGroup } from '../session/session.ts';
import { trialLimits } from './classify-trial.ts';
import {
  type DatabaseCopy,
  type RunningGenerator,
  type RunningTarget,
  type TrialEnvironment,
  TrialFailure,
} from './environment.ts';
import { memoryText, startInGroup, type TargetGroup } from './target-group.ts';
import { observeWindow } from './window.ts';

export interface TrialEnvironmentOptions {
  readonly spec: TrialSpec;
  readonly service: Service;
  readonly preparedImplementation: PreparedImplementation;
  readonly session: Session;
  onPhase(phase: Phase): void;
}

/** The generator asks for it where permitted; what it got is in the result. */
const generatorNiceness = -10;

/** A trial's world as it is: the session's database, a fresh process in a fresh control group, the driver in another. */
export function createTrialEnvironment(options: TrialEnvironmentOptions): TrialEnvironment {
  const { session } = options;
  const { signal } = session;
  const drivers = new WeakMap<RunningGenerator, GeneratorProcess>();
  return {
    signal,
    onPhase: options.onPhase,
    nowText: () => new Date().toISOString(),
    sleepMs: (durationMs) => sleep(durationMs, undefined, { signal }).catch(() => signal.throwIfAborted()),
    slowdownFactor: () => settledSlowdownFactor(session),
    copyDatabase: () => copyDatabase(options),
    startTarget: (databaseUrl) => startTrackedTarget(options, databaseUrl),
    async startGenerator(targetUrl) {
      const { driver, part } = await startTrackedGenerator(options, targetUrl);
      drivers.set(driver, part);
      return driver;
    },
    cluster: ({ url }) => orFailedTrial(connectToCluster(url, signal)),
    observeWindow: async (target, driver) => {
      const part = driver === null ? null : drivers.get(driver);
      if (part === undefined) throw new Error('a driver of another world');
      const generator = part === null ? null : openProbe({ ...part, force: session.probe });
      return observeWindow({ target: target.probe, generator, database: session.databaseProbe() });
    },
  };
}

const maxSlowdownReadings = 6;
const slowdownPauseMs = 1_500;

/** Waits a few seconds for a visitor of the machine to go; the last look counts, quiet or not. */
async function settledSlowdownFactor({ cacheDir, machine, signal }: Session): Promise<number> {
  const look = () => slowdownFactor({ referencePath: join(cacheDir, 'spin.json'), machineId: machine.id });
  let ratio = look();
  for (let count = 1; count < maxSlowdownReadings && ratio > trialLimits.slowdownFactor; count += 1) {
    await sleep(slowdownPauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    ratio = look();
  }
  return ratio;
}

async function copyDatabase({ session, service, spec }: TrialEnvironmentOptions): Promise<DatabaseCopy | null> {
  const copy = await session.copyDatabase(service, spec.loadPlan.seed);
  if (copy === null) return null;
  return { url: copy.url, count: (sql) => orDatabaseLost(copy.count(sql)), drop: () => dropIfThere(copy) };
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

async function startTrackedTarget(
  options: TrialEnvironmentOptions,
  databaseUrl: string | null,
): Promise<RunningTarget> {
  const { spec, service, preparedImplementation, session } = options;
  const { workerCount, databaseConnectionCount: dbPoolTotal, cluster, resourceLimit: limit } = spec;
  const environment = service.environment({ workerCount, dbPoolTotal, seed: trialSeed(spec), cluster });
  const usesDataDir = service.isCluster;
  const where = { preparedImplementation, environment, databaseUrl, usesDataDir, limit, session };
  const { target, group, dispose } = await startInGroup(where);
  return {
    url: target.baseUrl,
    startupMs: target.startupMs,
    probe: openProbe({ group, rootPid: target.pid, force: session.probe }),
    died: target.died.then((exit) => deathText(exit, group, limit)),
    logTail: target.logTail,
    stop: target.stop,
    dispose,
  };
}

/** Trials of a cluster must not all draw the same time-outs; everything else starts from the scenario's seed. */
function trialSeed({ loadPlan: profile, cluster, repetition, attempt }: TrialSpec): number {
  return cluster === null ? profile.seed : profile.seed + 1_000 * repetition + attempt;
}

function deathText(
  { exitCode, signal }: ExitStatus,
  group: TargetGroup['group'],
  limit: TrialSpec['resourceLimit'],
): string {
  return `it ended by itself with ${signal ?? `exit code ${exitCode}`}${memoryText(group, limit)}`;
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
  { spec, session }: TrialEnvironmentOptions,
  targetUrl: string,
): Promise<{ driver: RunningGenerator; part: GeneratorProcess }> {
  const ledgered = await session.openGroup();
  try {
    const driver = await startDriver({
      workloadPath: workloadPath(spec.service, spec.workload),
      targetUrl,
      profile: spec.loadPlan,
      joinPaths: ledgered.group?.joinPaths ?? [],
      niceness: generatorNiceness,
      transport: session.transport,
      signal: session.signal,
      onProgress: () => {},
    });
    return {
      driver: trackedGenerator(driver, session, ledgered.dispose),
      part: { group: ledgered.group, rootPid: driver.pid },
    };
  } catch (error) {
    await ledgered.dispose();
    throw asTrialFailure(error, session.signal);
  }
}

function trackedGenerator(
  driver: Driver,
  { cleanupRegistry: ledger, signal }: Session,
  disposeGroup: () => Promise<void>,
): RunningGenerator {
  const strike = trackProcessGroup(ledger, driver.pid);
  const orFailed = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      throw asTrialFailure(error, signal);
    }
  };
  let stopped: Promise<void> | null = null;
  const stop = async () => {
    await driver.stop();
    await disposeGroup();
    strike();
  };
  return {
    warmUp: (count, ratePerSec) => orFailed(driver.warmUp(count, ratePerSec)),
    measure: (startAtNs, onWindowEnd) => orFailed(driver.measure(startAtNs, onWindowEnd)),
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
