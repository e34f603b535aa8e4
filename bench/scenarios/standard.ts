import type { Scenario, ScenarioCell } from '../../src/model/scenario.ts';

/** A warm-up of 5,000 requests, long enough for the JITs, then 20 s measured. */
const profile: ScenarioCell['profile'] = {
  kind: 'constant',
  steps: null,
  warmupCount: 5_000,
  warmupRatePerSec: 500,
  measureMs: 20_000,
  drainMs: 5_000,
  timeoutMs: 5_000,
  maxInFlightCount: 512,
  connectionCount: 64,
};

/** What a quiet half hour or two can tell: cost against rate, young and warm, and the authentication path alone. */
export const scenario: Scenario = {
  id: 'standard',
  description: 'file history at 25, 100 and 200/s and young at 25/s, authentication at 100/s; full warm-up',
  cells: [
    { service: 'crud', workload: 'history', ratesPerSec: [25, 100, 200], temperature: 'warm', trialCount: 3, profile },
    {
      service: 'crud',
      workload: 'history',
      ratesPerSec: [25],
      temperature: 'young',
      trialCount: 3,
      profile: { ...profile, warmupCount: 0, measureMs: 60_000 },
    },
    { service: 'crud', workload: 'authenticate', ratesPerSec: [100], temperature: 'warm', trialCount: 3, profile },
  ],
  idleMs: 3_000,
  workerCount: 2,
  dbPoolTotal: 8,
  seed: 20_260_101,
};
