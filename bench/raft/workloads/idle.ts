import type { Workload } from '../../../src/model/workload.ts';
import { sessionOf } from '../operations.ts';

/** What a node costs without requests. */
export const workload: Workload = {
  id: 'idle',
  service: 'raft',
  version: 1,
  description: 'a quiet cluster: heartbeats and nothing else',
  mix: {},
  fixedRatePerSec: 0,
  clusterFault: 'none',
  open: ({ seed }) => sessionOf(seed, null),
};
