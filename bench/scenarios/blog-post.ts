import type { Scenario, ScenarioEntry } from '../../src/model/scenario.ts';

const loadPlan: ScenarioEntry['loadPlan'] = {
  arrivals: 'constant',
  steps: null,
  warmupCount: 1_500,
  warmupRatePerSec: 250,
  measureMs: 10_000,
  drainMs: 2_000,
  timeoutMs: 5_000,
  maxInFlightCount: 512,
  connectionCount: 64,
};

function entry(workload: string): ScenarioEntry {
  return {
    service: 'crud',
    workload,
    ratesPerSec: [],
    temperature: 'warm',
    trialCount: 3,
    cluster: null,
    loadPlan: loadPlan,
  };
}

/** The blog post's own load: 25 requests a second on each API, the whole platform and its two halves apart. */
export const scenario: Scenario = {
  id: 'blog-post',
  description: 'the blog post’s load, 25/s on each API: the whole platform, authentication alone, files alone',
  entries: [entry('blog-post'), entry('blog-post-auth'), entry('blog-post-files')],
  primitives: null,
  includesOptional: false,
  idleMs: 1_500,
  workerCount: 2,
  databaseConnectionCount: 8,
  seed: 20_260_101,
};
