import type { Scenario } from '../../src/model/scenario.ts';
import { quietCell, raftCell } from '../raft/cells.ts';

/** Every question about Raft at moderate length, but the largest cluster (raft-scale) and the published experiment (election-paper). */
export const scenario: Scenario = {
  id: 'raft',
  description: 'Raft: elections, puts and reads, what clients see when the leader is lost, and what a quiet node costs',
  primitives: null,
  cells: [
    quietCell('election', { cluster: { sizes: [3, 5], crashCount: 50 } }),
    raftCell('put', { ratesPerSec: [100, 1_000], trialCount: 3, cluster: { sizes: [3, 5] } }),
    raftCell('mixed', { ratesPerSec: [100], trialCount: 3 }),
    raftCell('leader-loss', { ratesPerSec: [100], cluster: { crashCount: 15 }, profile: { measureMs: 30_000 } }),
    quietCell('idle', { trialCount: 3, cluster: { sizes: [3, 5, 9, 25] }, profile: { measureMs: 5_000 } }),
  ],
  idleMs: 1_000,
  workerCount: 2,
  dbPoolTotal: 8,
  seed: 20_260_101,
};
