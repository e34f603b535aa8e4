import type { Scenario } from '../../src/model/scenario.ts';
import { paperEntry } from '../raft/entries.ts';
import { fittedDelayMs } from '../raft/published.ts';

/** Minimum and maximum time-out in milliseconds, and crashes. */
const lines = [
  [150, 300, 1_000],
  [12, 24, 1_000],
  [150, 155, 300],
  [150, 200, 300],
  [50, 100, 300],
  [25, 50, 300],
  [150, 150, 20],
] as const;

/** The published election experiment, line by line; about twenty minutes for one implementation. */
export const scenario: Scenario = {
  id: 'election-paper',
  description: 'the published election experiment (Raft dissertation 9.4) line by line, with one fitted delay',
  primitives: null,
  entries: lines.map(([minMs, maxMs, count]) => paperEntry(minMs, maxMs, count, 1000 * fittedDelayMs)),
  includesOptional: false,
  idleMs: 500,
  workerCount: 2,
  databaseConnectionCount: 8,
  seed: 20_260_101,
};
