import type { K6Plan } from '../../src/k6/plan.ts';

/** An exported load of `echo`, ten seconds at 30/s. */
export const k6Plan: K6Plan = {
  ...{ service: 'echo', workload: 'echo', workloadVersion: 1, contractVersion: 1, description: '' },
  ...{ operations: ['echo'], target: 'http://127.0.0.1:8080', ratePerSec: 30, measureMs: 10_000 },
  ...{ warmupCount: 0, warmupRatePerSec: 1, timeoutMs: 1_000, virtualUserCount: 6, ignoresBodies: false, seed: 1 },
  ...{ firstIteration: 0, workerCount: 2, databaseConnectionCount: 20 },
};
