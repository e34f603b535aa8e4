import { randomBytes } from 'node:crypto';
import { HarnessError } from '../../model/harness-error.ts';
import type { TrialSpec } from '../../model/trial.ts';
import { type EventReader, openEventReader } from '../../probe/event-counts.ts';
import { openProbe, type Probe } from '../../probe/probe.ts';
import { createStrayWatch, type StrayWatch } from '../../probe/stray-processes.ts';
import { type ExitStatus, type RunningTarget, type StopReport, startTarget } from '../../target/process.ts';
import type { PreparedImplementation } from '../prepared-implementation.ts';
import type { Session } from '../session/session.ts';
import { type DataFolder, type TrackedGroup, trackProcessGroup } from '../session/tracked-resources.ts';
import { TrialFailure } from './observations.ts';

export interface TargetGroupOptions {
  readonly preparedImplementation: PreparedImplementation;
  /** The service's settings; HOST, PORT, DATABASE_URL and DATA_DIR are added. */
  readonly environment: Readonly<Record<string, string>>;
  readonly databaseUrl: string | null;
  /** Whether it gets an empty folder of its own in DATA_DIR, which goes with it. */
  readonly usesDataDir: boolean;
  readonly limit: TrialSpec['resourceLimit'];
  readonly session: Session;
  /** Not given: the target's own, or a free one. */
  readonly port?: number;
  /** Takes the program's standard output, which else goes to its log. */
  onOutput?(chunk: Buffer): void;
  /** Hears all that goes to the program's log. */
  onLog?(chunk: Buffer): void;
  /** Just before the program is started, in its group that is still empty. */
  beforeStart?(group: TrackedGroup['group']): Promise<void>;
  /** The program is there, but not ready. */
  onStarted?(): void;
}

/** A target that answers: started here, or by somebody else. */
export interface TargetGroup {
  readonly target: Pick<RunningTarget, 'baseUrl' | 'logTail'> & {
    /** null: it ran already, as is its start-up. */
    readonly pid: number | null;
    readonly startupMs: number | null;
    stop(): Promise<StopReport>;
  };
  /** Resolves with the cause when it ends without having been asked to. */
  readonly died: Promise<string>;
  /** null: whose CPU and memory are its own was not said. */
  readonly probe: Probe | null;
  /** null: nothing can be counted. */
  readonly events: EventReader | null;
  readonly group: TrackedGroup['group'];
  readonly strays: StrayWatch;
  /** Ends whatever is left of the target and removes its group. */
  dispose(): Promise<void>;
}

export interface StartedTarget extends TargetGroup {
  readonly target: RunningTarget;
  readonly probe: Probe;
}

const host = '127.0.0.1';
/** By which processes are known that have left everything else behind. */
const markerName = 'PACELINE_TARGET';

/** Starts a target in a control group of its own, both in the cleanup registry. A target that does not get ready is a TrialFailure. */
export async function startInGroup(options: TargetGroupOptions): Promise<StartedTarget> {
  const { preparedImplementation, environment, databaseUrl, usesDataDir, limit, session } = options;
  const tracked = await session.openGroup();
  let folder: DataFolder | null = null;
  let release = () => {};
  const token = randomBytes(8).toString('hex');
  const cleanUp = async () => {
    await tracked.dispose();
    release();
    await folder?.dispose();
  };
  try {
    if (limit !== null) limitGroup(tracked.group, limit);
    folder = usesDataDir ? await session.openDataFolder() : null;
    await options.beforeStart?.(tracked.group);
    const outcome = await startTarget({
      ...preparedImplementation,
      env: {
        ...environment,
        [markerName]: token,
        ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }),
        ...(folder === null ? {} : { DATA_DIR: folder.path }),
      },
      host,
      port: options.port ?? null,
      joinPaths: tracked.group?.joinPaths ?? [],
      signal: session.signal,
      ...(options.onOutput === undefined ? {} : { onOutput: options.onOutput }),
      ...(options.onLog === undefined ? {} : { onLog: options.onLog }),
      onStarted(pid) {
        options.onStarted?.();
        release = trackProcessGroup(session.cleanupRegistry, pid);
      },
      killAll: () => tracked.group?.kill(),
    });
    if (outcome.status === 'failed') {
      const code = outcome.code === 'exited-early' ? 'target-died' : 'never-ready';
      throw new TrialFailure(code, `${outcome.message}${memoryText(tracked.group, limit)}`, outcome.logTail);
    }
    const { target } = outcome;
    const strays = createStrayWatch({ rootPid: target.pid, group: tracked.group, marker: `${markerName}=${token}` });
    const dispose = async () => {
      strays.look();
      await target.stop();
      strays.kill();
      await cleanUp();
    };
    const { group } = tracked;
    return {
      ...{ target, group, strays, dispose },
      probe: openProbe({ group, rootPid: target.pid, force: session.probe }),
      events: openEventReader({ group, rootPid: target.pid, force: session.probe }),
      died: target.died.then((exit) => deathText(exit, group, limit)),
    };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

function deathText(
  { exitCode, signal }: ExitStatus,
  group: TrackedGroup['group'],
  limit: TrialSpec['resourceLimit'],
): string {
  return `it ended by itself with ${signal ?? `exit code ${exitCode}`}${memoryText(group, limit)}`;
}

/** What the kernel did to it, where that is the cause: "" otherwise. */
function memoryText(group: TrackedGroup['group'], limit: TrialSpec['resourceLimit']): string {
  if ((group?.memoryKillCount() ?? 0) === 0) return '';
  const bytes = limit?.memoryBytes ?? null;
  const whose = bytes === null ? "the machine's" : `its limit is ${Math.round(bytes / 2 ** 20)} MiB`;
  return `: killed by the kernel, out of memory (${whose})`;
}

/** What its limits did to it so far; null: it has none. */
export function limitText(group: TrackedGroup['group'], limit: TrialSpec['resourceLimit']): string | null {
  if (group === null || limit === null) return null;
  const { throttledCount, throttledMs, memoryFullCount } = group.limitEvents();
  const cpu = `throttled in ${throttledCount} periods, for ${Math.round(throttledMs)} ms in all`;
  const memory = `met the memory limit ${memoryFullCount} times`;
  return [...(limit.cpuCount === null ? [] : [cpu]), ...(limit.memoryBytes === null ? [] : [memory])].join('; ');
}

function limitGroup(group: TrackedGroup['group'], limit: NonNullable<TrialSpec['resourceLimit']>): void {
  if (group === null) {
    const remedy = 'run as root, or ask for no limit';
    throw new HarnessError('cannot-measure', 'no control group can be made here, and a limit was asked for', remedy);
  }
  group.limit(limit);
}
