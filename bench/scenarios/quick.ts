import type { Scenario } from '../../src/model/scenario.ts';
import { idleEntry, raftEntry } from '../raft/entries.ts';

/**
 * The main job: one workload of crud at one rate, five interleaved trials of every implementation; then a look at Raft. Its minutes are
 * shared out by decision 0019.
 */
export const scenario: Scenario = {
  id: 'quick',
  description:
    'file history at 400 requests/s, five interleaved trials of each implementation; 20 Raft elections and puts at 100/s',
  entries: [
    {
      service: 'crud',
      workload: 'history',
      ratesPerSec: [400],
      temperature: 'warm',
      trialCount: 5,
      cluster: null,
      loadPlan: {
        arrivals: 'constant',
        steps: null,
        // Faster than it measures: the same number of requests in less time.
        warmupCount: 1_600,
        warmupRatePerSec: 800,
        measureMs: 2_500,
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
  idleMs: 500,
  workerCount: 2,
  databaseConnectionCount: 8,
  seed: 20_260_101,
};
