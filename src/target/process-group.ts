import { readdir, readFile } from 'node:fs/promises';

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
