import type { Scenario } from '../../src/model/scenario.ts';
import { idleEntry, raftEntry } from '../raft/entries.ts';

/** The main job: one workload of crud at one rate, three interleaved trials of every implementation; then a look at Raft. */
export const scenario: Scenario = {
  id: 'quick',
  description:
    'file history at 100 requests/s, three interleaved trials of each implementation, short warm-up; 20 Raft elections and puts at 100/s',
  entries: [
    {
      service: 'crud',
      workload: 'history',
      ratesPerSec: [100],
      temperature: 'warm',
      trialCount: 3,
      cluster: null,
      loadPlan: {
        arrivals: 'constant',
        steps: null,
        warmupCount: 1_000,
        warmupRatePerSec: 500,
        measureMs: 7_000,
        drainMs: 2_000,
        timeoutMs: 5_000,
        maxInFlightCount: 256,
        connectionCount: 32,
      },
    },
    idleEntry('election', { cluster: { crashCount: 20 } }),
    raftEntry('put', {
      ratesPerSec: [100],
      loadPlan: { warmupCount: 400, measureMs: 3_000, drainMs: 2_000 },
    }),
  ],
  primitives: {
    ids: ['spawn', 'memory-empty', 'start'],
    repetitionCount: 1,
    sampleCount: 5,
    minSampleMs: 20,
    warmupMs: 200,
    budgetMs: 1_000,
    memoryLimitBytes: 2 * 2 ** 30,
  },
  includesOptional: false,
  idleMs: 1_000,
  workerCount: 2,
  databaseConnectionCount: 8,
  seed: 20_260_101,
};
