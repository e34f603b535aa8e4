import type { PrimitiveCheck, PrimitiveSpec } from '../model/primitive-result.ts';
import type { RunnerLine, TimeLine } from '../target/runner-output.ts';
import { PrimitiveFailure } from './primitive-failure.ts';

/** What a case's result must be; null where nothing was sorted. */
export interface Expected {
  readonly sortedHash: string | null;
}

/** Throws PrimitiveFailure where the line belongs to another case: its figures would be filed under a wrong name. */
export function refuseOtherCase(line: Extract<RunnerLine, { type: 'time' | 'memory' }>, spec: PrimitiveSpec): void {
  const got = [line.primitive, line.variant, line.size ?? 0].join(' ');
  const asked = [spec.primitive, spec.variant, spec.size ?? 0].join(' ');
  if (got !== asked) throw new PrimitiveFailure('bad-output', `asked for ${asked}, the result is of ${got}`);
}

/** Fast but wrong is no result: every operation must have left its trace, and what was sorted must be sorted. */
export function refuseWrongTime({ check, samples }: TimeLine, { sortedHash }: Expected): void {
  refuseWrongCounts(check);
  const sampledCount = samples.reduce((sum, { operationCount }) => sum + operationCount, 0);
  if (check.askedCount < sampledCount)
    throw wrong(`the samples hold ${sampledCount} operations, but only ${check.askedCount} were ever asked for`);
  if (sortedHash !== null && check.hash !== sortedHash)
    throw wrong(`the sorted integers have the hash ${check.hash ?? 'none'} instead of ${sortedHash}`);
}

export function refuseWrongMemory(check: PrimitiveCheck, spec: PrimitiveSpec, readyCount: number): void {
  refuseWrongCounts(check);
  const asked = spec.size ?? 0;
  if (check.askedCount !== asked) throw wrong(`${asked} were asked for, ${check.askedCount} made`);
  if (readyCount !== asked) throw wrong(`only ${readyCount} of ${asked} were there when memory was read`);
}

function refuseWrongCounts({ askedCount, doneCount }: PrimitiveCheck): void {
  if (askedCount !== doneCount) throw wrong(`${askedCount} operations were asked for, ${doneCount} left their trace`);
}

function wrong(message: string): PrimitiveFailure {
  return new PrimitiveFailure('wrong-result', message);
}
