import type { Scenario } from '../../src/model/scenario.ts';
import { scenario as quick } from './quick.ts';

/** How well this machine repeats itself: 40 trials of what --impl names. */
export const scenario: Scenario = {
  ...quick,
  id: 'noise',
  primitives: null,
  description:
    'file history at 400/s, 40 trials: the repeat noise of this machine (choose one implementation with --impl)',
  entries: quick.entries.map((cell) => ({
    ...cell,
    trialCount: 40,
    cluster: null,
    loadPlan: { ...cell.loadPlan, measureMs: 5_000 },
  })),
};
