import type { Scenario } from '../../src/model/scenario.ts';

/** What a unit of concurrency costs: every primitive in every language, three fresh processes of each case. */
export const scenario: Scenario = {
  id: 'primitives',
  description:
    'what a task, a message, a lock, a timer and a variable cost in each language: fresh processes of each case, by turns',
  entries: [],
  primitives: {
    ids: [],
    repetitionCount: 3,
    sampleCount: 20,
    minSampleMs: 20,
    warmupMs: 300,
    budgetMs: 4_000,
    memoryLimitBytes: 4 * 2 ** 30,
  },
  includesOptional: false,
  idleMs: 0,
  workerCount: 2,
  databaseConnectionCount: 8,
  seed: 20_260_101,
};
