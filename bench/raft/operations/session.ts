import type { Operation, WorkloadSession } from '../../../src/model/workload.ts';
import { createValues, type Values } from './values.ts';

const nothing = { createdCount: 0, deletedCount: 0, uncertainCount: 0 };

/** A client that draws one operation after another; null: nothing is asked. */
export function sessionOf(seed: number, draw: ((values: Values) => Operation) | null): WorkloadSession {
  const values = createValues(seed);
  return {
    next: () => draw?.(values) ?? null,
    streams: [],
    onEvent: () => null,
    acknowledged: () => nothing,
  };
}
