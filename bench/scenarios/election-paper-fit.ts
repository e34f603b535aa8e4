import type { Scenario } from '../../src/model/scenario.ts';
import { paperCell } from '../raft/cells.ts';

const delaysMs = [0, 1, 2, 3, 4, 5, 6, 7.5];

/** Which one-way delay makes the published line 150–300 ours? election-paper then predicts the other lines with it. */
export const scenario: Scenario = {
  id: 'election-paper-fit',
  description: 'the published election experiment, line 150–300 ms, at a ladder of one-way delays',
  primitives: null,
  cells: delaysMs.map((delayMs) => paperCell(150, 300, 300, 1000 * delayMs)),
  idleMs: 500,
  workerCount: 2,
  dbPoolTotal: 8,
  seed: 20_260_101,
};
