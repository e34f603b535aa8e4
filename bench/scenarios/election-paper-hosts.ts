import type { Scenario } from '../../src/model/scenario.ts';
import { paperEntry } from '../raft/entries.ts';
import { fittedDelayMs } from '../raft/published.ts';
import { scenario as paper } from './election-paper.ts';

/** Does it matter for elections which implementation runs the algorithm? The usual line, and the narrowest, where each tenth of a millisecond counts. */
export const scenario: Scenario = {
  ...paper,
  id: 'election-paper-hosts',
  description: 'the lines 150–300 and 150–155 ms of the published election experiment on every implementation',
  entries: [paperEntry(150, 300, 300, 1000 * fittedDelayMs), paperEntry(150, 155, 300, 1000 * fittedDelayMs)],
};
