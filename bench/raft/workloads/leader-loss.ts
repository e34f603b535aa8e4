import type { Workload } from '../../../src/model/workload.ts';
import { workload as puts } from './put.ts';

/** What clients see of an election: puts stay due while there is no leader to take them. */
export const workload: Workload = {
  ...puts,
  id: 'leader-loss',
  description: 'the leader is crashed while puts are due at a fixed rate',
  clusterFault: 'crash-under-load',
};
