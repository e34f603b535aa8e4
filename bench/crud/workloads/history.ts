import type { Workload } from '../../../src/model/workload.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { openFiles } from '../operations/files.ts';
import { historyDraws } from '../operations/history-draws.ts';
import { sessionOf, weightedDraw } from '../operations/session.ts';

/** Four of five requests read; as many files are made as deleted, so that a long run looks like a short one. */
const mix = {
  read: 24,
  content: 28,
  revalidate: 16,
  list: 8,
  'list-next': 4,
  create: 6,
  replace: 8,
  delete: 6,
} as const;

export const workload: Workload = {
  id: 'history',
  service: 'crud',
  version: 1,
  description: 'file history: 4 KiB files read (zipf, exponent 0.99, of 10,000), listed, made, replaced and deleted',
  mix,
  fixedRatePerSec: null,
  open(context) {
    const random = createRandom(context.seed);
    const files = openFiles(context);
    return sessionOf(weightedDraw(random, mix, historyDraws(files, random)), files.acknowledged);
  },
};
