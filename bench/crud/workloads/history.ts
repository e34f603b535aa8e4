import type { Workload } from '../../../src/model/workload.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { openFiles } from '../operations/files.ts';
import { historyDraws } from '../operations/history-draws.ts';
import { sessionOf, weightedDraw } from '../operations/session.ts';
import { sessionLife } from '../operations/session-life.ts';

/**
 * Of 200. Four of five requests read; as many files are made as deleted, so that a long run looks like a short one. Some look at what
 * another connection has just changed or ended, so that caches of rows or sessions are detected.
 */
const mix = {
  read: 38,
  content: 48,
  'read-changed': 14,
  revalidate: 32,
  list: 16,
  'list-next': 8,
  create: 12,
  replace: 16,
  delete: 12,
  'use-session': 1,
  'log-out': 1,
  'use-ended': 2,
} as const;

export const workload: Workload = {
  id: 'history',
  service: 'crud',
  version: 2,
  description:
    'file history: 4 KiB files read (zipf, exponent 0.99, of 10,000), also just after a change, listed, made, replaced and deleted',
  mix,
  fixedRatePerSec: null,
  open(context) {
    const random = createRandom(context.seed);
    const files = openFiles(context);
    const draws = { ...historyDraws(files, random), ...sessionLife(context.seed) };
    return sessionOf(weightedDraw(random, mix, draws), files.acknowledged);
  },
};
