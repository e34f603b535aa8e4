import type { GatePolicy } from '../src/model/gate-policy.ts';

/** What fails a commit. docs/explanation/verdicts.md says why these numbers. */
export const gate: GatePolicy = {
  alpha: 0.05,
  informativeAlpha: 0.01,
  intervalLevelRatio: 0.95,
  metrics: {
    'cpu-per-request': {
      minEffectRatio: 0.025,
      control: { metricId: 'database-cpu-per-request', referenceId: 'generator-cpu-per-request', alpha: 0.01 },
    },
    'memory-idle': { minEffectRatio: 0.05, control: null },
    'memory-median': { minEffectRatio: 0.05, control: null },
    startup: { minEffectRatio: 0.1, control: null },
    'response-p50': { minEffectRatio: 0.1, control: null },
  },
  informativeMinEffectRatio: 0.05,
  errors: { minMoreCount: 3, alpha: 0.01 },
  primary: {
    crud: { workload: 'history', temperature: 'warm', ratePerSec: 400 },
  },
};
