import { setTimeout as sleep } from 'node:timers/promises';
import type { PrimitiveCheck, PrimitiveFailureCode, PrimitiveSpec } from '../../model/primitive.ts';
import type { ProcessGroup } from '../../probe/cgroup.ts';
import type { Probe } from '../../probe/probe.ts';
import type { RunnerLine, TimeLine } from '../../target/runner.ts';

/** Ends a case of a primitive, not the run. */
export class PrimitiveFailure extends Error {
  readonly code: PrimitiveFailureCode;

  constructor(code: PrimitiveFailureCode, message: string) {
    super(message);
    this.name = 'PrimitiveFailure';
    this.code = code;
  }
}

/** The runner says that its machine or version cannot do it. */
export class PrimitiveUnsupported extends Error {}

/** What a case's result must be; null where nothing was sorted. */
interface ExpectedResult {
  readonly sortedHash: string | null;
}

/** Throws PrimitiveFailure where the line belongs to another case: its figures would be filed under a wrong name. */
export function assertSameCase(line: Extract<RunnerLine, { type: 'time' | 'memory' }>, spec: PrimitiveSpec): void {
  const got = [line.primitive, line.variant, line.size ?? 0].join(' ');
  const asked = [spec.primitive, spec.caseId, spec.size ?? 0].join(' ');
  if (got !== asked) throw new PrimitiveFailure('bad-output', `asked for ${asked}, the result is of ${got}`);
}

/** Fast but wrong is no result: every operation must have left its trace, and what was sorted must be sorted. */
export function assertTimeCorrect({ check, samples }: TimeLine, { sortedHash }: ExpectedResult): void {
  assertCountsAgree(check);
  const sampledCount = samples.reduce((sum, { operationCount }) => sum + operationCount, 0);
  if (check.askedCount < sampledCount)
    throw wrong(`the samples hold ${sampledCount} operations, but only ${check.askedCount} were ever asked for`);
  if (sortedHash !== null && check.hash !== sortedHash)
    throw wrong(`the sorted integers have the hash ${check.hash ?? 'none'} instead of ${sortedHash}`);
}

export function assertMemoryCorrect(check: PrimitiveCheck, spec: PrimitiveSpec, readyCount: number): void {
  assertCountsAgree(check);
  const asked = spec.size ?? 0;
  if (check.askedCount !== asked) throw wrong(`${asked} were asked for, ${check.askedCount} made`);
  if (readyCount !== asked) throw wrong(`only ${readyCount} of ${asked} were there when memory was read`);
}

function assertCountsAgree({ askedCount, doneCount }: PrimitiveCheck): void {
  if (askedCount !== doneCount) throw wrong(`${askedCount} operations were asked for, ${doneCount} left their trace`);
}

function wrong(message: string): PrimitiveFailure {
  return new PrimitiveFailure('wrong-result', message);
}

interface LimitOptions {
  readonly probe: Probe;
  readonly group: ProcessGroup | null;
  readonly memoryLimitBytes: number;
  readonly timeLimitMs: number;
  readonly signal: AbortSignal;
}

const pollIntervalMs = 100;

/** Reads ten times a second; `exceeded` rejects as soon as a limit is passed, or the run is interrupted. */
export function enforceLimits(options: LimitOptions): { readonly exceeded: Promise<never>; end(): void } {
  const ending = new AbortController();
  const exceeded = enforce(options, AbortSignal.any([options.signal, ending.signal]), ending.signal);
  // Nobody may be waiting any more when it rejects.
  exceeded.catch(() => {});
  return { exceeded, end: () => ending.abort() };
}

async function enforce(options: LimitOptions, signal: AbortSignal, ended: AbortSignal): Promise<never> {
  const deadlineMs = performance.now() + options.timeLimitMs;
  while (!signal.aborted) {
    if (performance.now() > deadlineMs)
      throw new PrimitiveFailure('timed-out', `it had no result within ${options.timeLimitMs / 1000} s`);
    if (await isOutOfMemory(options)) throw outOfMemory(options.memoryLimitBytes);
    await sleep(pollIntervalMs, undefined, { signal }).catch(() => {});
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
