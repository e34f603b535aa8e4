import type { Scenario } from '../../src/model/scenario.ts';
import { idleEntry, raftEntry } from '../raft/entries.ts';

/** Every kind of question about Raft once, as short as can be. */
export const scenario: Scenario = {
  id: 'raft-smoke',
  description: 'every question about Raft once, in a few seconds each: for a first look',
  primitives: null,
  entries: [
    idleEntry('election', { cluster: { crashCount: 5 } }),
    raftEntry('put', { ratesPerSec: [100], loadPlan: { warmupCount: 100, measureMs: 2_000 } }),
    raftEntry('mixed', { ratesPerSec: [100], loadPlan: { warmupCount: 100, measureMs: 2_000 } }),
    raftEntry('leader-loss', {
      ratesPerSec: [100],
      cluster: { crashCount: 3 },
      loadPlan: { warmupCount: 100, measureMs: 4_000 },
    }),
    idleEntry('idle', { cluster: { sizes: [3, 5] }, loadPlan: { measureMs: 1_000 } }),
    idleEntry('scale', {
      trialCount: 3,
      cluster: { sizes: [3, 5], searchesSize: true },
      loadPlan: { measureMs: 1_000 },
    }),
  ],
  includesOptional: false,
  idleMs: 300,
  workerCount: 2,
  databaseConnectionCount: 8,
  seed: 20_260_101,
};
