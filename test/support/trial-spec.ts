import type { LoadPlan } from '../../src/model/scenario.ts';
import type { TrialSpec } from '../../src/model/trial.ts';

export function loadPlan(change: Partial<LoadPlan> = {}): LoadPlan {
  return {
    arrivals: 'constant',
    ratePerSec: 1000,
    steps: null,
    warmupCount: 400,
    warmupRatePerSec: 400,
    measureMs: 1000,
    drainMs: 500,
    timeoutMs: 5000,
    maxInFlightCount: 256,
    connectionCount: 32,
    seed: 1,
    ...change,
  };
}

export function trialSpec(change: Partial<TrialSpec> = {}): TrialSpec {
  return {
    implementation: 'crud-node-async',
    service: 'crud',
    contractVersion: 1,
    workload: 'history',
    workloadVersion: 1,
    temperature: 'warm',
    repetition: 1,
    attempt: 1,
    position: 0,
    pair: null,
    workerCount: 2,
    databaseConnectionCount: 8,
    resourceLimit: null,
    idleMs: 300,
    cluster: null,
    loadPlan: loadPlan(),
    ...change,
  };
}
