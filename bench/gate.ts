import type { GatePolicy } from '../src/model/gate-policy.ts';

/** What fails a commit. docs/comparing-commits.md says why these numbers. */
export const gate: GatePolicy = {
  alpha: 0.05,
  informativeAlpha: 0.01,
  intervalLevelRatio: 0.95,
  metrics: {
    'cpu-per-request': { smallestEffectRatio: 0.025 },
    'memory-idle': { smallestEffectRatio: 0.05 },
    'memory-median': { smallestEffectRatio: 0.05 },
    startup: { smallestEffectRatio: 0.1 },
    'response-p50': { smallestEffectRatio: 0.1 },
  },
  informativeEffectRatio: 0.05,
  errors: { leastMoreCount: 3, alpha: 0.01 },
  primary: {
    crud: { workload: 'history', temperature: 'warm', ratePerSec: 100 },
  },
};
