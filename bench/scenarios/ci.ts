import type { Scenario } from '../../src/model/scenario.ts';
import { scenario as quick } from './quick.ts';

/** What `paceline ci` asks of both commits: quick's questions at the rate that repeats best, in as many pairs as it chooses. */
export const scenario: Scenario = {
  ...quick,
  id: 'ci',
  description: 'two commits in alternating pairs: file history at 400 requests/s, short warm-up',
  primitives: null,
  entries: quick.entries.map((cell) => ({
    ...cell,
    ratesPerSec: cell.service === 'crud' ? [400] : cell.ratesPerSec,
    trialCount: 12,
  })),
};
