import type { Scenario } from '../../src/model/scenario.ts';
import { quietCell, raftCell } from '../raft/cells.ts';

/** Every kind of question about Raft once, as short as can be. */
export const scenario: Scenario = {
  id: 'raft-smoke',
  description: 'every question about Raft once, in a few seconds each: for a first look',
  primitives: null,
  cells: [
    quietCell('election', { cluster: { crashCount: 5 } }),
    raftCell('put', { ratesPerSec: [100], profile: { warmupCount: 100, measureMs: 2_000 } }),
    raftCell('mixed', { ratesPerSec: [100], profile: { warmupCount: 100, measureMs: 2_000 } }),
    raftCell('leader-loss', {
      ratesPerSec: [100],
      cluster: { crashCount: 3 },
      profile: { warmupCount: 100, measureMs: 4_000 },
    }),
    quietCell('idle', { cluster: { sizes: [3, 5] }, profile: { measureMs: 1_000 } }),
    quietCell('scale', { trialCount: 3, cluster: { sizes: [3, 5], climbs: true }, profile: { measureMs: 1_000 } }),
  ],
  idleMs: 300,
  workerCount: 2,
  dbPoolTotal: 8,
  seed: 20_260_101,
};
