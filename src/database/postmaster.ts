import { spawn } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identityOf, type ProcessIdentity } from '../os/process-identity.ts';
import { type Account, type Binaries, runAs } from './binaries.ts';

const readyWithinMs = 30_000;
const pollMs = 20;

/** A cluster on disk: `directory` holds `data` and `log`. */
export interface DatabaseFiles {
  readonly binaries: Binaries;
  readonly account: Account | null;
  readonly directory: string;
}

/** Enough to find a server again after its harness was killed, and to be sure that it is the same process. */
export interface PostmasterRecord extends ProcessIdentity {
  /** The cluster's directory: to be removed. */
  readonly dataDir: string;
}

export interface Postmaster {
  readonly record: PostmasterRecord;
  /** Resolves when the process has ended, however that came about. */
  readonly exited: Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

/**
 * Spawns the server. It joins its process groups before this returns, and so before it has had the time to fork. In a
 * session of its own, so that a Ctrl-C meant for the harness does not stop it halfway through a trial's cleanup.
 * Note: not execa, which takes no file descriptor as an output; a pipe to us would break when we are killed.
 */
export function spawnPostmaster(cluster: DatabaseFiles, port: number, joinPaths: readonly string[]): Postmaster {
  const log = openSync(join(cluster.directory, 'log'), 'a');
  const child = spawn(cluster.binaries.postgres, ['-D', join(cluster.directory, 'data'), '-c', `port=${port}`], {
    ...runAs(cluster.account),
    cwd: cluster.directory,
    env: { LC_ALL: 'C' },
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const pid = child.pid ?? 0;
  if (pid !== 0) for (const path of joinPaths) writeFileSync(path, String(pid));
  return {
    record: { ...identityOf(pid), dataDir: cluster.directory },
    exited,
    signal: (signal) => child.kill(signal),
  };
}

/** Whether the server came up: false when it ended, or was not ready in time. */
export async function becomesReady(postmaster: Postmaster, signal: AbortSignal): Promise<boolean> {
  const { pid, dataDir } = postmaster.record;
  const deadlineMs = performance.now() + readyWithinMs;
  let ended = false;
  void postmaster.exited.then(() => {
    ended = true;
  });
  while (!ended && performance.now() < deadlineMs) {
    signal.throwIfAborted();
    if (await reportsReady(dataDir, pid)) return true;
    await sleep(pollMs);
  }
  return false;
}

/** The first and the eighth line of postmaster.pid, as pg_ctl reads them: no connection is spent on asking. */
async function reportsReady(directory: string, pid: number): Promise<boolean> {
  const lines = (await readFile(join(directory, 'data', 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  return lines[0] === String(pid) && lines[7]?.trim() === 'ready';
}

/** Fast (sessions are ended, a checkpoint is written), then immediate, then by force. */
const stopEscalation: readonly { signal: NodeJS.Signals; timeoutMs: number }[] = [
  { signal: 'SIGINT', timeoutMs: 10_000 },
  { signal: 'SIGQUIT', timeoutMs: 3_000 },
  { signal: 'SIGKILL', timeoutMs: 5_000 },
];

/** Nobody needs what is in it any more: no checkpoint. */
const hurriedEscalation: readonly { signal: NodeJS.Signals; timeoutMs: number }[] = [
  { signal: 'SIGQUIT', timeoutMs: 700 },
  { signal: 'SIGKILL', timeoutMs: 5_000 },
];

export async function stopPostmaster(postmaster: Postmaster, { isHurried = false } = {}): Promise<void> {
  for (const { signal, timeoutMs } of isHurried ? hurriedEscalation : stopEscalation) {
    postmaster.signal(signal);
    if (await endsWithin(postmaster.exited, timeoutMs)) return;
  }
}

async function endsWithin(exited: Promise<void>, timeoutMs: number): Promise<boolean> {
  const timer = new AbortController();
  const gaveUp = sleep(timeoutMs, false, { signal: timer.signal }).catch(() => false);
  const ended = await Promise.race([exited.then(() => true), gaveUp]);
  timer.abort();
  return ended;
}

export async function readLog(directory: string): Promise<string> {
  return readFile(join(directory, 'log'), 'utf8').catch(() => '');
}
