import type { Scenario } from '../../src/model/scenario.ts';
import { paperCell } from '../raft/cells.ts';
import { fittedDelayMs } from '../raft/published.ts';
import { scenario as paper } from './election-paper.ts';

/** Does it matter for elections who runs the algorithm? The usual line, and the narrowest, where each tenth of a millisecond counts. */
export const scenario: Scenario = {
  ...paper,
  id: 'election-paper-hosts',
  description: 'the lines 150–300 and 150–155 ms of the published election experiment on every implementation',
  cells: [paperCell(150, 300, 300, 1000 * fittedDelayMs), paperCell(150, 155, 300, 1000 * fittedDelayMs)],
};
