import type { Workload } from '../../../src/model/workload.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { put, read, sessionOf } from '../operations.ts';

/** Reads cost a round of heartbeats instead of a log entry. */
export const workload: Workload = {
  id: 'mixed',
  service: 'raft',
  version: 1,
  description: 'three linearizable reads for each put',
  mix: { read: 3, put: 1 },
  fixedRatePerSec: null,
  clusterFault: 'none',
  open({ seed }) {
    const random = createRandom(seed + 1);
    return sessionOf(seed, (values) => (random.below(4) === 0 ? put(values) : read(values)));
  },
};
