import type { WorkloadContext } from '../../../src/model/workload.ts';
import { type UserHeaders, userHeaders } from './credentials.ts';
import { type FileBodies, openFileBodies } from './file-body.ts';
import { type FileSlots, openFileSlots } from './file-slots.ts';
import { emptyLedger, type Ledger } from './session.ts';

/** What the operations on files of one session share. */
export interface Files {
  readonly seed: number;
  readonly slots: FileSlots;
  readonly bodies: FileBodies;
  headers(user: number): UserHeaders;
  readonly ledger: Ledger;
}

export function openFiles({ seed }: WorkloadContext): Files {
  return {
    seed,
    slots: openFileSlots(seed),
    bodies: openFileBodies(seed),
    headers: userHeaders(seed),
    ledger: emptyLedger(),
  };
}
