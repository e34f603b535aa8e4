import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Profiler } from '../../model/implementation.ts';
import { createLogTail, signalGroup } from '../../os/child-process.ts';
import { samplesPerSec } from '../../profile/collapsed.ts';
import type { ProfileWindow } from '../../profile/cpuprofile.ts';
import { expandAll } from '../../target/manifest.ts';
import type { PreparedImplementation } from '../prepared-implementation.ts';
import type { Session } from '../session/session.ts';
import { trackProcessGroup } from '../session/tracked-resources.ts';
import type { TrialEnvironment } from '../trial/observations.ts';

/** The profiler itself failed: what it watched may be well. */
export class ProfilerFailure extends Error {}

interface WatchedTrial {
  readonly environment: TrialEnvironment;
  /** null: the window was not opened. */
  window(): ProfileWindow | null;
  /** Ends a profiler that runs beside the target, and gives its output time to be written. */
  end(): Promise<void>;
}

/** A trial whose window, and nothing else, is profiled. */
export function watchedByProfiler(
  environment: TrialEnvironment,
  profiler: Profiler,
  prepared: PreparedImplementation,
  session: Session,
): WatchedTrial {
  let window: ProfileWindow | null = null;
  let beside: ProfilerBeside | null = null;
  return {
    window: () => window,
    end: async () => beside?.end(),
    environment: {
      ...environment,
      async observeWindow(target, generator) {
        const { pid } = target;
        if (pid === null) throw new ProfilerFailure('a target that runs already is not profiled');
        if (profiler.attach !== undefined) beside = await attach(profiler.attach, pid, prepared, session);
        const observer = await environment.observeWindow(target, generator);
        window = { fromNs: observer.startAtNs, toNs: Number.POSITIVE_INFINITY };
        const opening = setTimeout(
          () => sendTo(pid, profiler.signals?.open),
          Math.max(0, (observer.startAtNs - nowNs()) / 1e6),
        );
        return {
          ...observer,
          close() {
            observer.close();
            clearTimeout(opening);
            window = { fromNs: observer.startAtNs, toNs: nowNs() };
            sendTo(pid, profiler.signals?.close);
            beside?.interrupt();
          },
        };
      },
    },
  };
}

function nowNs(): number {
  return Number(process.hrtime.bigint());
}

function sendTo(pid: number, signal: NodeJS.Signals | undefined): void {
  if (signal === undefined) return;
  try {
    process.kill(pid, signal);
  } catch (error) {
    // A target that has died fails its trial by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

interface ProfilerBeside {
  interrupt(): void;
  end(): Promise<void>;
}

const beginLimitMs = 20_000;
const endLimitMs = 20_000;

/** Starts a profiler on a process, in the cleanup registry, and waits until it says that it has begun. */
async function attach(
  command: readonly string[],
  pid: number,
  { located, toolchain, buildDir }: PreparedImplementation,
  session: Session,
): Promise<ProfilerBeside> {
  const values = {
    ...toolchain.placeholders,
    build: buildDir,
    dir: located.dir,
    pid: String(pid),
    hz: `${samplesPerSec}`,
  };
  const [program = '', ...rest] = expandAll(command, values);
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const log = createLogTail();
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => log.add(chunk));
  const ended = endOf(child);
  const release = child.pid === undefined ? () => {} : trackProcessGroup(session.cleanupRegistry, child.pid);
  const begun = Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data')]).then(() => 'begun' as const);
  const first = await Promise.race([begun, ended, sleep(beginLimitMs, 'silent' as const, { ref: false })]);
  const stop = async () => {
    const isOver = await Promise.race([ended, sleep(endLimitMs, null, { ref: false })]);
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    release();
    if (isOver === null) throw new ProfilerFailure(`${program} did not end within ${endLimitMs / 1000} s`);
    if (isOver !== 0) throw new ProfilerFailure(`${program} failed: ${lastLines(log.text()) || isOver}`);
  };
  if (first !== 'begun') {
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    release();
    throw new ProfilerFailure(`${program} could not watch process ${pid}: ${lastLines(log.text()) || first}`);
  }
  return { interrupt: () => child.pid !== undefined && signalGroup(child.pid, 'SIGINT'), end: stop };
}

/** Resolves with the exit code, or with what ended it. */
function endOf(child: ChildProcess): Promise<number | string> {
  const { promise, resolve } = Promise.withResolvers<number | string>();
  child.once('exit', (code, signal) => resolve(code ?? signal ?? 'a signal'));
  child.once('error', (error) => resolve(error.message));
  return promise;
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).join('; ');
}
