import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrialDatabase } from '../database/trial-database.ts';
import { type Driver, startDriver } from '../load/driver.ts';
import { HarnessError } from '../model/harness-error.ts';
import type { Service } from '../model/service.ts';
import type { Phase, TrialSpec } from '../model/trial.ts';
import { openProbe } from '../probe/probe.ts';
import { spinRatio } from '../probe/spin.ts';
import { type ClusterControl, ClusterFailure, clusterAt } from '../target/cluster.ts';
import type { ExitStatus } from '../target/process.ts';
import { workloadPath } from './declarations.ts';
import { limits } from './judge.ts';
import type { Startable } from './prepare.ts';
import { type LedgeredGroup, noteProcessGroup, type Session } from './session.ts';
import { memoryText, startInGroup, type TargetGroup } from './target-group.ts';
import { TrialFailure } from './trial-failure.ts';
import { watchWindow } from './watch.ts';
import type { DatabaseCopy, RunningDriver, RunningTarget, TrialWorld } from './world.ts';

export interface RealWorldOptions {
  readonly spec: TrialSpec;
  readonly service: Service;
  readonly startable: Startable;
  readonly session: Session;
  onPhase(phase: Phase): void;
}

/** The generator asks for it where permitted; what it got is in the result. */
const generatorNiceness = -10;

/** A trial's world as it is: the session's database, a fresh process in a fresh control group, the driver in another. */
export function realWorld(options: RealWorldOptions): TrialWorld {
  const { session } = options;
  const { signal } = session;
  const drivers = new WeakMap<RunningDriver, GeneratorPart>();
  return {
    signal,
    onPhase: options.onPhase,
    nowText: () => new Date().toISOString(),
    sleepMs: (durationMs) => sleep(durationMs, undefined, { signal }).catch(() => signal.throwIfAborted()),
    spinRatio: () => quietSpinRatio(session),
    copyDatabase: () => copyDatabase(options),
    startTarget: (databaseUrl) => startMeasured(options, databaseUrl),
    async startDriver(targetUrl) {
      const { driver, part } = await startGenerator(options, targetUrl);
      drivers.set(driver, part);
      return driver;
    },
    cluster: ({ url }) => orFailedTrial(clusterAt(url, signal)),
    watch: async (target, driver) => {
      const part = driver === null ? null : drivers.get(driver);
      if (part === undefined) throw new Error('a driver of another world');
      const generator = part === null ? null : openProbe({ ...part, force: session.probe });
      return watchWindow({ target: target.probe, generator, database: session.databaseProbe() });
    },
  };
}

const quietLooks = 6;
const quietPauseMs = 1_500;

/** Waits a few seconds for a visitor of the machine to go; the last look counts, quiet or not. */
async function quietSpinRatio({ cacheDir, machine, signal }: Session): Promise<number> {
  const look = () => spinRatio({ referencePath: join(cacheDir, 'spin.json'), machineId: machine.id });
  let ratio = look();
  for (let count = 1; count < quietLooks && ratio > limits.spinRatio; count += 1) {
    await sleep(quietPauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    ratio = look();
  }
  return ratio;
}

async function copyDatabase({ session, service, spec }: RealWorldOptions): Promise<DatabaseCopy | null> {
  const copy = await session.copyDatabase(service, spec.profile.seed);
  if (copy === null) return null;
  return { url: copy.url, count: (sql) => orLost(copy.count(sql)), drop: () => dropIfThere(copy) };
}

/** A server that is gone by now has taken the copy with it. */
async function dropIfThere(copy: TrialDatabase): Promise<void> {
  await copy.drop().catch((error: unknown) => {
    if (!(error instanceof HarnessError)) throw error;
  });
}

/** A database that cannot be asked any more fails the trial, not the run. */
async function orLost<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof HarnessError) throw new TrialFailure('database-lost', error.message);
    throw error;
  }
}

async function startMeasured(options: RealWorldOptions, databaseUrl: string | null): Promise<RunningTarget> {
  const { spec, service, startable, session } = options;
  const { workerCount, dbPoolTotal, cluster, limit } = spec;
  const environment = service.environment({ workerCount, dbPoolTotal, seed: trialSeed(spec), cluster });
  const usesDataDir = service.isCluster;
  const where = { startable, environment, databaseUrl, usesDataDir, limit, session };
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
function trialSeed({ profile, cluster, repetition, attempt }: TrialSpec): number {
  return cluster === null ? profile.seed : profile.seed + 1_000 * repetition + attempt;
}

function deathText({ exitCode, signal }: ExitStatus, group: TargetGroup['group'], limit: TrialSpec['limit']): string {
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

interface GeneratorPart {
  readonly group: LedgeredGroup['group'];
  readonly rootPid: number;
}

async function startGenerator(
  { spec, session }: RealWorldOptions,
  targetUrl: string,
): Promise<{ driver: RunningDriver; part: GeneratorPart }> {
  const ledgered = await session.openGroup();
  try {
    const driver = await startDriver({
      workloadPath: workloadPath(spec.service, spec.workload),
      targetUrl,
      profile: spec.profile,
      joinPaths: ledgered.group?.joinPaths ?? [],
      niceness: generatorNiceness,
      signal: session.signal,
      onProgress: () => {},
    });
    return {
      driver: runningDriver(driver, session, ledgered.dispose),
      part: { group: ledgered.group, rootPid: driver.pid },
    };
  } catch (error) {
    await ledgered.dispose();
    throw asTrialFailure(error, session.signal);
  }
}

function runningDriver(driver: Driver, { ledger, signal }: Session, disposeGroup: () => Promise<void>): RunningDriver {
  const strike = noteProcessGroup(ledger, driver.pid);
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
