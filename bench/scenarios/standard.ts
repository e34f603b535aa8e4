import type { Scenario, ScenarioEntry } from '../../src/model/scenario.ts';
import { idleEntry, raftEntry } from '../raft/entries.ts';

/** A warm-up of 5,000 requests, long enough for the JITs, then 8 s measured. */
const loadPlan: ScenarioEntry['loadPlan'] = {
  arrivals: 'constant',
  steps: null,
  warmupCount: 5_000,
  warmupRatePerSec: 500,
  measureMs: 8_000,
  drainMs: 2_000,
  timeoutMs: 5_000,
  maxInFlightCount: 512,
  connectionCount: 64,
};

/** What a quiet half hour can show: cost against rate (the slope: one more request), and cold beside warm. */
export const scenario: Scenario = {
  id: 'standard',
  description:
    'file history at 25, 100 and 200/s after a full warm-up, and cold at 25/s; Raft elections, and puts at 100/s',
  entries: [
    {
      service: 'crud',
      workload: 'history',
      ratesPerSec: [25, 100, 200],
      temperature: 'warm',
      trialCount: 3,
      cluster: null,
      loadPlan: loadPlan,
    },
    {
      service: 'crud',
      workload: 'history',
      ratesPerSec: [25],
      temperature: 'cold',
      trialCount: 1,
      cluster: null,
      loadPlan: { ...loadPlan, warmupCount: 0, measureMs: 30_000 },
    },
    idleEntry('election', { cluster: { sizes: [3, 5], crashCount: 50 } }),
    raftEntry('put', { ratesPerSec: [100], trialCount: 3, loadPlan: { measureMs: 8_000 } }),
  ],
  primitives: null,
  includesOptional: false,
  idleMs: 1_500,
  workerCount: 2,
  databaseConnectionCount: 8,
  seed: 20_260_101,
};
