import type { Scenario } from '../../src/model/scenario.ts';

/** Long windows: whether private memory levels off (a heap that has filled, a cache that is full) or goes on rising (a leak). */
export const scenario: Scenario = {
  id: 'soak',
  description: 'file history at 100 requests/s for three minutes: does private memory level off?',
  entries: [
    {
      service: 'crud',
      workload: 'history',
      ratesPerSec: [100],
      temperature: 'warm',
      trialCount: 1,
      cluster: null,
      loadPlan: {
        arrivals: 'constant',
        steps: null,
        warmupCount: 5_000,
        warmupRatePerSec: 500,
        measureMs: 180_000,
        drainMs: 2_000,
        timeoutMs: 5_000,
        maxInFlightCount: 512,
        connectionCount: 64,
      },
    },
  ],
  primitives: null,
  includesOptional: false,
  idleMs: 1_500,
  workerCount: 2,
  databaseConnectionCount: 8,
  seed: 20_260_101,
};
