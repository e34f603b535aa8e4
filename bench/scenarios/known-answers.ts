import type { Scenario } from '../../src/model/scenario.ts';

/** Fixtures whose latency, CPU and memory are known beforehand: does paceline measure them right? */
export const scenario: Scenario = {
  id: 'known-answers',
  description: 'fixtures of known latency, CPU and memory (with --impls test/fixtures/impls)',
  entries: [
    {
      service: 'echo',
      workload: 'echo',
      ratesPerSec: [50],
      temperature: 'warm',
      trialCount: 3,
      cluster: null,
      loadPlan: {
        arrivals: 'constant',
        steps: null,
        warmupCount: 300,
        warmupRatePerSec: 100,
        measureMs: 12_000,
        drainMs: 2_000,
        timeoutMs: 5_000,
        maxInFlightCount: 256,
        connectionCount: 64,
      },
    },
  ],
  primitives: null,
  includesOptional: false,
  idleMs: 1_000,
  workerCount: 2,
  databaseConnectionCount: 8,
  seed: 20_260_101,
};
