import type { Workload } from '../../../src/model/workload.ts';
import { sessionOf } from '../operations.ts';

/** How long a cluster is without a leader, and how often a vote is split. */
export const workload: Workload = {
  id: 'election',
  service: 'raft',
  version: 1,
  description: 'the leader is crashed again and again; no request is sent',
  mix: {},
  fixedRatePerSec: 0,
  clusterFault: 'crash-leaders',
  open: ({ seed }) => sessionOf(seed, null),
};
