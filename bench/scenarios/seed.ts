import type { Scenario, ScenarioCell } from '../../src/model/scenario.ts';

const profile: ScenarioCell['profile'] = {
  kind: 'constant',
  steps: null,
  warmupCount: 1_500,
  warmupRatePerSec: 250,
  measureMs: 10_000,
  drainMs: 2_000,
  timeoutMs: 5_000,
  maxInFlightCount: 512,
  connectionCount: 64,
};

function cell(workload: string): ScenarioCell {
  return { service: 'crud', workload, ratesPerSec: [], temperature: 'warm', trialCount: 3, cluster: null, profile };
}

/** The first seed's own load: 25 requests a second on each API, the whole platform and its two halves apart. */
export const scenario: Scenario = {
  id: 'seed',
  description: 'the first seed’s load, 25/s on each API: the whole platform, authentication alone, files alone',
  cells: [cell('seed'), cell('seed-auth'), cell('seed-files')],
  primitives: null,
  idleMs: 1_500,
  workerCount: 2,
  dbPoolTotal: 8,
  seed: 20_260_101,
};
