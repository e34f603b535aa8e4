import type { Scenario } from '../../src/model/scenario.ts';
import { scenario as quick } from './quick.ts';

/** What `paceline ci` asks of both commits: quick's questions with longer windows, in as many pairs as it chooses. */
export const scenario: Scenario = {
  ...quick,
  id: 'ci',
  description: 'two commits in alternating pairs: file history at 400 requests/s, short warm-up',
  primitives: null,
  idleMs: 1_000,
  entries: quick.entries.map((cell) => ({
    ...cell,
    trialCount: 12,
    loadPlan:
      cell.service === 'crud'
        ? { ...cell.loadPlan, warmupCount: 1_000, warmupRatePerSec: 500, measureMs: 7_000 }
        : cell.loadPlan,
  })),
};
