import type { Scenario } from '../../src/model/scenario.ts';

/** Every phase once, as short as it can be: for the tests and for a first look. Its numbers are not worth quoting. */
export const scenario: Scenario = {
  id: 'smoke',
  description: 'one very short trial of each implementation: does everything work?',
  entries: [
    {
      service: 'crud',
      workload: 'history',
      ratesPerSec: [50],
      temperature: 'warm',
      trialCount: 1,
      cluster: null,
      loadPlan: {
        arrivals: 'constant',
        steps: null,
        warmupCount: 80,
        warmupRatePerSec: 200,
        measureMs: 1_500,
        drainMs: 1_000,
        timeoutMs: 5_000,
        maxInFlightCount: 256,
        connectionCount: 32,
      },
    },
  ],
  primitives: null,
  includesOptional: false,
  idleMs: 200,
  workerCount: 2,
  databaseConnectionCount: 8,
  seed: 20_260_101,
};
