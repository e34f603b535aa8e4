import type { Scenario } from '../../src/model/scenario.ts';
import { paperCell } from '../raft/cells.ts';
import { fittedDelayMs } from '../raft/published.ts';
import { scenario as paper } from './election-paper.ts';

/** Does it matter for elections who runs the algorithm? One published line on every host. */
export const scenario: Scenario = {
  ...paper,
  id: 'election-paper-hosts',
  description: 'the line 150–300 ms of the published election experiment on every implementation',
  cells: [paperCell(150, 300, 300, 1000 * fittedDelayMs)],
};
