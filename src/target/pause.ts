import { setTimeout as sleep } from 'node:timers/promises';

/** Waits; an abort throws the signal's own reason (the timer alone would wrap it in an AbortError). */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}
