import type { Workload } from '../../../src/model/workload.ts';
import { sessionOf } from '../operations.ts';

/** Up to which size a concurrency model carries a whole cluster. */
export const workload: Workload = {
  id: 'scale',
  service: 'raft',
  version: 1,
  description: 'fresh starts of ever larger clusters that must elect a leader and keep it',
  mix: {},
  fixedRatePerSec: 0,
  clusterFault: 'none',
  open: ({ seed }) => sessionOf(seed, null),
};
