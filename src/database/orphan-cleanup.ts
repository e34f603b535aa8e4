import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { isAlive } from '../os/process-identity.ts';
import type { PostmasterRecord } from './postmaster.ts';

/** What every directory of an embedded server is called; nothing else is ever removed. */
export const directoryPrefix = 'paceline-pg-';

const immediateStopMs = 3_000;
const detachMs = 3_000;
const pollMs = 50;

/**
 * Ends a server left behind by a killed harness and removes what it kept. A process that has the recorded pid but another
 * start time is somebody else's and stays; so does any directory that is not of our naming.
 */
export async function removeOrphan(record: PostmasterRecord): Promise<void> {
  if (isServerAlive(record)) {
    // Immediate, not by force: the server still takes its shared memory with it.
    signalIfAlive(record, 'SIGQUIT');
    if (!(await pollUntil(immediateStopMs, () => !isServerAlive(record)))) signalIfAlive(record, 'SIGKILL');
    await pollUntil(immediateStopMs, () => !isServerAlive(record));
  }
  await removeServerFiles(record);
}

/** The directory of a server that has ended, and the shared memory segment if it could not remove it itself. */
export async function removeServerFiles({ pid, dataDir }: PostmasterRecord): Promise<void> {
  if (!basename(dataDir).startsWith(directoryPrefix)) return;
  const segment = await sharedMemory(dataDir);
  if (segment !== null && (await pollUntil(detachMs, () => isDetached(segment, pid)))) {
    await execa('ipcrm', ['-m', segment.id], { reject: false });
  }
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
}

/** Without a start time nothing says that the process is ours. */
function isServerAlive(record: PostmasterRecord): boolean {
  return record.startTicks !== null && isAlive(record);
}

function signalIfAlive(record: PostmasterRecord, signal: NodeJS.Signals): void {
  try {
    if (isServerAlive(record)) process.kill(record.pid, signal);
  } catch {
    // It ended between the check and the signal.
  }
}

interface Segment {
  readonly key: string;
  readonly id: string;
}

/** The seventh line of postmaster.pid, which a server that stopped by itself has removed. */
async function sharedMemory(directory: string): Promise<Segment | null> {
  const file = await readFile(join(directory, 'data', 'postmaster.pid'), 'utf8').catch(() => '');
  const [, key, id] = /^\s*(\d+)\s+(\d+)\s*$/.exec(file.split('\n')[6] ?? '') ?? [];
  return key === undefined || id === undefined ? null : { key, id };
}

/** Made by that server and used by no process (its children outlive a killed server for a moment). */
async function isDetached(segment: Segment, pid: number): Promise<boolean> {
  const table = await readFile('/proc/sysvipc/shm', 'utf8').catch(() => '');
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/));
  const row = rows.find(([key, id]) => id === segment.id && Number(key) >>> 0 === Number(segment.key) >>> 0);
  return row !== undefined && Number(row[4]) === pid && row[6] === '0';
}

async function pollUntil(timeoutMs: number, holds: () => boolean | Promise<boolean>): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() >= deadlineMs) return false;
    await sleep(pollMs);
  }
  return true;
}
