import { setTimeout as sleep } from 'node:timers/promises';
import { Interruption } from '../../os/interruption.ts';
import type { CleanupRegistry, RemoveEntry } from './cleanup-registry.ts';

/** From the signal until everything has ended, on whatever step the run was: supervisors kill after a few seconds. */
const gracefulMs = 2_000;
const forcedMs = 700;

/**
 * After SIGTERM, or when npm has gone, whatever still stands is removed by its record and the process ends with the signal's code.
 * What cannot be removed in time stays recorded for the next run. Ctrl-C is patient: somebody is there to press it. The result
 * ends the watch.
 */
export function endInTime(signal: AbortSignal, registry: CleanupRegistry, remove: RemoveEntry): () => void {
  const closing = new AbortController();
  const begin = async () => {
    const { reason } = signal;
    if (!(reason instanceof Interruption) || reason.isInteractive) return;
    await sleep(gracefulMs, undefined, { signal: closing.signal, ref: false });
    const removed = Promise.allSettled(registry.entries().map(remove));
    await Promise.race([removed, sleep(forcedMs)]);
    process.exit(reason.exitCode);
  };
  const onAbort = () => {
    begin().catch(() => {});
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return () => {
    signal.removeEventListener('abort', onAbort);
    closing.abort();
  };
}
