import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** The living processes of a group, whoever their parent is now. Zombies only wait to be counted by their parent. */
export async function livingMembers(groupId: number): Promise<readonly number[]> {
  const names = await readdir('/proc').catch(() => null);
  if (names === null) return isSignalable(groupId) ? [groupId] : [];
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map(async (pid) => ({ pid, ...(await groupAndState(pid)) })));
  return found.filter(({ group, state }) => group === groupId && state !== 'Z' && state !== 'X').map(({ pid }) => pid);
}

/** /proc/PID/stat: pid (name) state ppid pgrp …; the name may hold spaces and brackets. */
async function groupAndState(pid: number): Promise<{ group: number; state: string }> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [state = 'X', , group = '-1'] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { group: Number(group), state };
}

function isSignalable(groupId: number): boolean {
  return signalGroup(groupId, 0);
}

/** False where the group is no more. */
export function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-groupId, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** The last bytes of a log, however long it grows. */
export interface LogTail {
  add(chunk: Uint8Array): void;
  /** At most the limit's bytes, cut at a line's start where one was dropped. */
  text(): string;
}

export function createLogTail(limitBytes = 16_384): LogTail {
  let kept = Buffer.alloc(0);
  let dropped = false;
  return {
    add(chunk) {
      const joined = Buffer.concat([kept, chunk]);
      dropped ||= joined.length > limitBytes;
      kept = joined.subarray(Math.max(0, joined.length - limitBytes));
    },
    text() {
      const text = kept.toString('utf8');
      return dropped ? text.slice(text.indexOf('\n') + 1) : text;
    },
  };
}

/** Waits; an abort throws the signal's own reason (the timer alone would wrap it in an AbortError). */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}
