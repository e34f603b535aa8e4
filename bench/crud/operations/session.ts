import type { Acknowledged, WorkloadRequest, WorkloadSession } from '../../../src/model/workload.ts';
import type { Draw } from './draw.ts';

/** Counted while answers come in. */
export type Ledger = { -readonly [Count in keyof Acknowledged]: Acknowledged[Count] };

export function emptyLedger(): Ledger {
  return { createdCount: 0, deletedCount: 0, uncertainCount: 0 };
}

export interface EventStreams {
  readonly requests: readonly WorkloadRequest[];
  readonly onEvent: WorkloadSession['onEvent'];
}

const noStreams: EventStreams = { requests: [], onEvent: () => null };

export function sessionOf(
  next: Draw,
  ledger: Ledger = emptyLedger(),
  { requests, onEvent }: EventStreams = noStreams,
): WorkloadSession {
  return { next, streams: requests, onEvent, acknowledged: () => ({ ...ledger }) };
}
