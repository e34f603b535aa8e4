import type { Scenario } from '../../src/model/scenario.ts';

/** The generator against its null target: what it costs and how late it is at a ladder of rates. */
export const scenario: Scenario = {
  id: 'calibrate',
  description: 'the load generator against a target that does nothing, at a ladder of rates',
  entries: [
    {
      service: 'echo',
      workload: 'echo',
      ratesPerSec: [25, 100, 1_000, 5_000],
      temperature: 'warm',
      trialCount: 3,
      cluster: null,
      loadPlan: {
        arrivals: 'constant',
        steps: null,
        warmupCount: 4_000,
        warmupRatePerSec: 1_000,
        measureMs: 5_000,
        drainMs: 1_000,
        timeoutMs: 2_000,
        maxInFlightCount: 1_000,
        connectionCount: 64,
      },
    },
    {
      service: 'echo',
      workload: 'echo',
      // Up to where no rate is sustained: the highest sustained one is the limit of `paceline load`.
      ratesPerSec: [10_000, 15_000, 20_000, 30_000, 40_000],
      temperature: 'warm',
      trialCount: 2,
      cluster: null,
      loadPlan: {
        arrivals: 'constant',
        steps: null,
        warmupCount: 8_000,
        warmupRatePerSec: 4_000,
        measureMs: 3_000,
        drainMs: 1_000,
        timeoutMs: 2_000,
        maxInFlightCount: 4_000,
        connectionCount: 64,
      },
    },
  ],
  primitives: null,
  includesOptional: false,
  idleMs: 200,
  workerCount: 1,
  databaseConnectionCount: 8,
  seed: 20_260_101,
};
