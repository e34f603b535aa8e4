import type { Workload } from '../../../src/model/workload.ts';
import { put, sessionOf } from '../operations.ts';

/** Every request is a proposal of its own through the leader, committed by a majority before it is answered. */
export const workload: Workload = {
  id: 'put',
  service: 'raft',
  version: 1,
  description: 'PUT of 64 bytes to one of 100 keys: one log entry each, committed by a majority',
  mix: { put: 1 },
  fixedRatePerSec: null,
  clusterFault: 'none',
  open: ({ seed }) => sessionOf(seed, put),
};
