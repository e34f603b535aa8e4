import type { GatePolicy } from '../src/model/gate-policy.ts';

/** What fails a commit. docs/comparing-commits.md says why these numbers. */
export const gate: GatePolicy = {
  alpha: 0.05,
  informativeAlpha: 0.01,
  intervalLevelRatio: 0.95,
  metrics: {
    'cpu-per-request': {
      smallestEffectRatio: 0.025,
      control: { metricId: 'database-cpu-per-request', referenceId: 'generator-cpu-per-request' },
    },
    'memory-idle': { smallestEffectRatio: 0.05, control: null },
    'memory-median': { smallestEffectRatio: 0.05, control: null },
    startup: { smallestEffectRatio: 0.1, control: null },
    'response-p50': { smallestEffectRatio: 0.1, control: null },
  },
  informativeEffectRatio: 0.05,
  errors: { leastMoreCount: 3, alpha: 0.01 },
  primary: {
    crud: { workload: 'history', temperature: 'warm', ratePerSec: 400 },
  },
};
