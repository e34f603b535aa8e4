import type { Scenario } from '../../src/model/scenario.ts';
import { idleEntry } from '../raft/entries.ts';

/** The largest cluster that elects a leader and keeps it for 10 s in nine of ten fresh starts, within 4 GiB. */
export const scenario: Scenario = {
  id: 'raft-scale',
  description:
    'the largest cluster of each implementation that elects a leader and keeps it for 10 s in 9 of 10 starts',
  primitives: null,
  entries: [
    idleEntry('scale', {
      trialCount: 11,
      cluster: { sizes: [3, 5, 9, 25, 51, 101, 301, 1_001], searchesSize: true, memoryLimitBytes: 4 * 2 ** 30 },
      loadPlan: { measureMs: 10_000 },
    }),
  ],
  includesOptional: false,
  idleMs: 500,
  workerCount: 2,
  databaseConnectionCount: 8,
  seed: 20_260_101,
};
