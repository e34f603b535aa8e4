import type { Workload } from '../../../src/model/workload.ts';
import { sessionOf } from '../operations/session.ts';

/** Up to which size a concurrency model carries a whole cluster. */
export const workload: Workload = {
  id: 'scale',
  service: 'raft',
  version: 1,
  description: 'fresh starts of ever larger clusters that must elect a leader and keep it',
  mix: {},
  fixedRatePerSec: 0,
  clusterAct: 'watch',
  open: ({ seed }) => sessionOf(seed, null),
};
