import type { Scenario } from '../../src/model/scenario.ts';
import { idleEntry, raftEntry } from '../raft/entries.ts';

/** Every question about Raft at moderate length, but the largest cluster (raft-scale) and the published experiment (election-paper). */
export const scenario: Scenario = {
  id: 'raft',
  description: 'Raft: elections, puts and reads, what clients see when the leader is lost, and what a quiet node costs',
  primitives: null,
  entries: [
    idleEntry('election', { cluster: { sizes: [3, 5], crashCount: 50 } }),
    raftEntry('put', { ratesPerSec: [100, 1_000], trialCount: 3, cluster: { sizes: [3, 5] } }),
    raftEntry('mixed', { ratesPerSec: [100], trialCount: 3 }),
    raftEntry('leader-loss', { ratesPerSec: [100], cluster: { crashCount: 15 }, loadPlan: { measureMs: 30_000 } }),
    idleEntry('idle', { trialCount: 3, cluster: { sizes: [3, 5, 9, 25] }, loadPlan: { measureMs: 5_000 } }),
  ],
  includesOptional: false,
  idleMs: 1_000,
  workerCount: 2,
  databaseConnectionCount: 8,
  seed: 20_260_101,
};
