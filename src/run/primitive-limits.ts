import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessGroup } from '../probe/cgroup.ts';
import type { Probe } from '../probe/probe.ts';
import { PrimitiveFailure } from './primitive-failure.ts';

export interface LimitOptions {
  readonly probe: Probe;
  readonly group: ProcessGroup | null;
  readonly memoryLimitBytes: number;
  readonly timeLimitMs: number;
  readonly signal: AbortSignal;
}

const lookMs = 100;

/** Looks ten times a second; `exceeded` rejects as soon as a limit is passed, or the run is interrupted. */
export function watchLimits(options: LimitOptions): { readonly exceeded: Promise<never>; end(): void } {
  const ending = new AbortController();
  const exceeded = watch(options, AbortSignal.any([options.signal, ending.signal]), ending.signal);
  // Nobody may be waiting any more when it rejects.
  exceeded.catch(() => {});
  return { exceeded, end: () => ending.abort() };
}

async function watch(options: LimitOptions, signal: AbortSignal, ended: AbortSignal): Promise<never> {
  const deadlineMs = performance.now() + options.timeLimitMs;
  while (!signal.aborted) {
    if (performance.now() > deadlineMs)
      throw new PrimitiveFailure('timed-out', `it had no result within ${options.timeLimitMs / 1000} s`);
    if (await isOutOfMemory(options)) throw outOfMemory(options.memoryLimitBytes);
    await sleep(lookMs, undefined, { signal }).catch(() => {});
  }
  if (ended.aborted) return new Promise(() => {});
  throw options.signal.reason;
}

async function isOutOfMemory({ group, probe, memoryLimitBytes }: LimitOptions): Promise<boolean> {
  if ((group?.memoryKillCount() ?? 0) > 0) return true;
  return ((await probe.readAnonBytes()) ?? 0) > memoryLimitBytes;
}

export function outOfMemory(limitBytes: number): PrimitiveFailure {
  return new PrimitiveFailure(
    'out-of-memory',
    `it needed more than the limit of ${Math.round(limitBytes / 2 ** 20)} MiB`,
  );
}
