import { readRunDelayNs, readThreadIds } from './proc-file.ts';

/** Sums the run-queue delay of all threads of some processes; what a thread waited before it ended stays in the sum. */
export interface RunDelay {
  /** Milliseconds so far; null where the kernel keeps no such count. */
  readMs(pids: readonly number[]): number | null;
}

export function createRunDelay(
  threadIdsOf: (pid: number) => readonly string[] = readThreadIds,
  delayNsOf: (threadId: string) => number | null = readRunDelayNs,
): RunDelay {
  let lastNs = new Map<string, number>();
  let totalNs = 0;
  let known = false;
  return {
    readMs(pids) {
      const currentNs = new Map<string, number>();
      for (const threadId of pids.flatMap(threadIdsOf)) {
        const delayNs = delayNsOf(threadId);
        if (delayNs === null) continue;
        const previousNs = lastNs.get(threadId) ?? 0;
        // Less than before: the id was given to a new thread.
        totalNs += delayNs >= previousNs ? delayNs - previousNs : delayNs;
        currentNs.set(threadId, delayNs);
      }
      known ||= currentNs.size > 0;
      lastNs = currentNs;
      return known ? totalNs / 1e6 : null;
    },
  };
}
